/**
 * `npm run demo`: opens the Secret of examples/quick-start, by the real kustomize where there is one, otherwise by
 * giving the executable what kustomize would.
 */
import { spawnSync } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

const root = join(import.meta.dirname, "..");
const example = join(root, "examples/quick-start");
const executable = join(root, "dist/decrypt-sops.cjs");

const kustomize = findKustomize();
if (kustomize === undefined) {
  say("No kustomize here, so the function gets what kustomize would write to its standard input:");
  say("$ cd examples/quick-start && ../../dist/decrypt-sops.cjs < resource-list.yaml");
  run(process.execPath, [executable], openSync(join(example, "resource-list.yaml"), "r"));
} else {
  say("kustomize builds a Deployment and the SOPS-encrypted Secret it uses:");
  say("$ kustomize build --enable-alpha-plugins --enable-exec examples/quick-start");
  run(kustomize, ["build", "--enable-alpha-plugins", "--enable-exec", example], "ignore");
}

/** On standard error, so that standard output holds the resources alone. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function findKustomize(): string | undefined {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const peers = process.env["DECRYPT_SOPS_PEERS"] ?? join(cache, "decrypt-sops/peers");
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), join(peers, "bin")];
  const name = process.platform === "win32" ? "kustomize.exe" : "kustomize";
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function run(program: string, args: string[], stdin: number | "ignore"): void {
  const { status, error } = spawnSync(program, args, { cwd: example, stdio: [stdin, "inherit", "inherit"] });
  if (error !== undefined) say(`${program} cannot be started`);
  process.exitCode = status ?? 1;
  if (status === 0) say("Above, the Secret is in plaintext; on disk it is still encrypted.");
}
