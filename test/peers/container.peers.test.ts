import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { buildImage, containerPeers, docker, dockerEnvironment, kustomizeRun } from "./container.ts";
import { describeWithPeers } from "./registry.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

describe("the Dockerfile", () => {
  const instructions = readFileSync(join(project, "Dockerfile"), "utf8")
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => line !== "");

  test("runs nothing while it builds, so the base needs no shell", () => {
    const allowed = ["ARG", "FROM", "LABEL", "WORKDIR", "ENV", "COPY", "USER", "ENTRYPOINT"];
    expect(instructions.map((line) => line.split(" ")[0]).filter((word) => !allowed.includes(word!))).toEqual([]);
  });

  test("copies the bundle with its licences and nothing else", () => {
    const copied = instructions.filter((line) => line.startsWith("COPY")).map((line) => line.split(" ").at(-2));
    expect(copied).toEqual(["dist/decrypt-sops.cjs", "dist/chunks/", "dist/THIRD_PARTY_LICENSES.txt"]);
  });
});

describeWithPeers(containerPeers, "the image", (paths) => {
  let image: string;

  beforeAll(() => {
    image = buildImage();
  });

  /** Runs a script in a container of the image and returns what it wrote as JSON. */
  async function inside(script: string, ...options: string[]): Promise<unknown> {
    const node = ["run", "--rm", "--network", "none", ...options, "--entrypoint", "/nodejs/bin/node", image];
    const { status, stdout, stderr } = await docker([
      ...node,
      "-e",
      `console.log(JSON.stringify((() => {${script}})()))`,
    ]);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    return JSON.parse(stdout);
  }

  test("starts Node on the bundle, as nobody", () => {
    const [inspected] = JSON.parse(execFileSync(paths.podman, ["image", "inspect", image], { encoding: "utf8" }));
    expect(inspected.Config.Entrypoint).toEqual(["/nodejs/bin/node", "/app/decrypt-sops.cjs"]);
    expect(inspected.Config.Cmd ?? []).toEqual([]);
    expect(inspected.Config.User).toBe("65534:65534");
    expect(inspected.Config.Labels).toMatchObject({
      "org.opencontainers.image.title": "decrypt-sops",
      "org.opencontainers.image.licenses": "Apache-2.0",
    });
  });

  test("gives the function the place, the user and the keys folder it expects", async () => {
    const script = `return [process.getuid(), process.getgid(), process.cwd(), process.env.DECRYPT_SOPS_KEYS, fs.readdirSync("/keys")]`;
    expect(await inside(script)).toEqual([65534, 65534, "/work", "/keys", []]);
    expect(await inside(script, "--user", "nobody")).toEqual([65534, 65534, "/work", "/keys", []]);
  });

  test("holds the bundle as it was built, readable but not writable for its user", async () => {
    const chunks = readdirSync(join(project, "dist/chunks")).filter((name) => name.endsWith(".cjs"));
    const expected = [
      "THIRD_PARTY_LICENSES.txt",
      "chunks",
      "decrypt-sops.cjs",
      ...chunks.map((name) => `chunks/${name}`),
    ].toSorted();
    expect(await inside(`return fs.readdirSync("/app", { recursive: true }).toSorted()`)).toEqual(expected);
    const sizes = await inside(`
      const files = fs.readdirSync("/app", { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      return files.map((entry) => entry.parentPath + "/" + entry.name).map((path) => {
        let writable = true;
        try { fs.accessSync(path, fs.constants.W_OK) } catch { writable = false }
        return [path, fs.readFileSync(path).length, writable];
      })`);
    const built = ["THIRD_PARTY_LICENSES.txt", "decrypt-sops.cjs", ...chunks.map((name) => `chunks/${name}`)];
    expect(sizes).toHaveLength(built.length);
    expect(sizes).toEqual(
      expect.arrayContaining(
        built.map((name) => [`/app/${name}`, readFileSync(join(project, "dist", name)).length, false]),
      ),
    );
  });

  test("has no shell and no program but Node", async () => {
    const programs = await inside(`
      const found = [];
      const look = (folder) => {
        for (const entry of fs.readdirSync(folder + "/", { withFileTypes: true })) {
          const path = folder + "/" + entry.name;
          if (["/proc", "/sys", "/dev", "/run"].includes(path)) continue;
          if (entry.isDirectory()) { try { look(path) } catch (error) { if (error.code !== "EACCES") throw error } }
          else if (/(^|\\/)s?bin\\//.test(path) || /^(ba|da|a|z|k|c)?sh$|^busybox/.test(entry.name)) found.push(path);
        }
      };
      look("");
      return found;`);
    expect(programs).toEqual(["/nodejs/bin/node"]);
  });

  test("has no network where it gets none", async () => {
    expect(await inside("return Object.keys(os.networkInterfaces())")).toEqual(["lo"]);
  });

  const list =
    "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: plain\n";

  test("is a function when started as kustomize does", async () => {
    expect(await docker([...kustomizeRun, image], list)).toEqual({ status: 0, stdout: list, stderr: "" });
  });

  test("is a function on a root file system that nothing can write to", async () => {
    const readOnly = ["run", "--rm", "-i", "--network", "none", "--read-only", "--read-only-tmpfs=false", image];
    expect(await docker(readOnly, list)).toEqual({ status: 0, stdout: list, stderr: "" });
  });

  test("sees a folder of keys mounted over its own, also on a read-only root", async () => {
    const keys = mkdtempSync(join(tmpdir(), "decrypt-sops-keys-"));
    try {
      execFileSync("chmod", ["755", keys]);
      writeFileSync(join(keys, "age.agekey"), "# nothing\n", { mode: 0o644 });
      const mount = ["--read-only", "--mount", `type=bind,source=${keys},target=/keys,readonly`];
      expect(await inside(`return fs.readdirSync("/keys")`, ...mount)).toEqual(["age.agekey"]);
    } finally {
      rmSync(keys, { recursive: true });
    }
  });
});

describeWithPeers([...containerPeers, "kubectl"], "kubectl kustomize with the image as a function", (paths) => {
  test("finds our docker and starts the container as the tests do", () => {
    const image = buildImage();
    const folder = mkdtempSync(join(tmpdir(), "decrypt-sops-kustomize-"));
    try {
      const calls = join(folder, "calls");
      writeFileSync(join(folder, "kustomization.yaml"), "resources: [map.yaml]\ntransformers: [function.yaml]\n");
      writeFileSync(join(folder, "map.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: plain\n");
      writeFileSync(
        join(folder, "function.yaml"),
        `apiVersion: decrypt-sops.github.io/v1
kind: DecryptSops
metadata:
  name: decrypt
  annotations:
    config.kubernetes.io/function: |
      container:
        image: ${image}
`,
      );
      const args = ["kustomize", "--enable-alpha-plugins", folder];
      const built = execFileSync(paths.kubectl, args, { encoding: "utf8", env: dockerEnvironment(calls) });
      expect(built).toBe("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: plain\n");
      const call = readFileSync(calls, "utf8").trim().split("\t");
      expect(call.slice(0, kustomizeRun.length)).toEqual(kustomizeRun);
      expect(call.at(-1)).toBe(image);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
