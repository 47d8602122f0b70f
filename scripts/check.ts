/** `npm run check`: everything that can be said about the code without running it. All of it, also after a failure. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** Each by the package that brings it, the name of the program in it, and its arguments. */
const checks: readonly (readonly [packageName: string, program: string, ...args: string[]])[] = [
  ["oxlint", "oxlint", "--type-aware", "--deny-warnings"],
  ["oxfmt", "oxfmt", "--check"],
  ["typescript", "tsc", "-p", "."],
  ["knip", "knip"],
  // The next two look at what would be published.
  ["publint", "publint", "--strict"],
  ["@arethetypeswrong/cli", "attw", "--pack", ".", "--profile", "esm-only"],
];

const failed: string[] = [];
for (const [packageName, program, ...args] of [["", "build", "--quiet"] as const, ...checks]) {
  const script = packageName === "" ? join(root, "scripts/build.ts") : programOf(packageName, program);
  // With npm's output silenced, `prepack` cannot mix its words into what attw reads from `npm pack`.
  const env = { ...process.env, npm_config_loglevel: "error" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    encoding: "utf8",
    env,
  });
  process.stdout.write(`${status === 0 ? "passed" : "FAILED"}  ${[program, ...args].join(" ")}\n`);
  if (status === 0) continue;
  failed.push(program);
  process.stdout.write(`${stdout}${stderr}\n`);
}
process.stdout.write(failed.length === 0 ? "all checks passed\n" : `failed: ${failed.join(", ")}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** The script behind a program of node_modules/.bin, to run it on this Node whatever `node` means on PATH. */
function programOf(packageName: string, program: string): string {
  const folder = join(root, "node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    bin: string | Record<string, string>;
  };
  const path = typeof bin === "string" ? bin : bin[program];
  if (path === undefined) throw new Error(`${packageName} has no program ${program}`);
  return join(folder, path);
}
