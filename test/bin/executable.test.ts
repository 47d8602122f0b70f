import { spawn, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { executable, run } from "../support/executable.ts";
import { fixture, keysFolder, resourceList, testIdentity } from "../support/fixtures.ts";

const SECRET = fixture("secret-string-data.enc.yaml");
const LIST = resourceList([SECRET]);
const OPENED = resourceList([fixture("secret-string-data.plain.yaml")]);
const AGE1 = "age16ra2jdnww4eu960dglsxnqfr5zg9846vyu7uylchgy9refac8fgqc79dty";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "decrypt-sops-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("keys", () => {
  test.each([
    ["DECRYPT_SOPS_KEYS", () => ({ DECRYPT_SOPS_KEYS: keysFolder })],
    ["SOPS_AGE_KEY", () => ({ SOPS_AGE_KEY: testIdentity("age1.agekey") })],
    ["SOPS_AGE_KEY_FILE", () => ({ SOPS_AGE_KEY_FILE: join(keysFolder, "age1.agekey") })],
    ["the user's sops/age/keys.txt", () => ({ XDG_CONFIG_HOME: folder })],
  ])("from %s", async (_name, env) => {
    await mkdir(join(folder, "sops/age"), { recursive: true });
    await writeFile(join(folder, "sops/age/keys.txt"), testIdentity("age1.agekey"));
    expect(await run(LIST, { env: env() })).toEqual({ status: 0, stdout: OPENED, stderr: "" });
  });

  test("from keys.directories of the functionConfig, relative to the working directory", async () => {
    const config =
      "apiVersion: decrypt-sops.github.io/v1\nkind: DecryptSops\nkeys: {directories: [keys], environment: false}\n";
    const { status, stdout } = await run(resourceList([SECRET], config), { cwd: join(keysFolder, "..") });
    expect(status).toBe(0);
    expect(stdout).toBe(resourceList([fixture("secret-string-data.plain.yaml")], config));
  });

  test("none at hand: says what the file wants, where was looked and what to do, on a line of its own", async () => {
    const { status, stdout, stderr } = await run(LIST);
    expect(status).toBe(1);
    expect(stdout.startsWith(LIST)).toBe(true);
    expect(stdout).toContain("results:\n");
    const [first] = stderr.split("\n");
    expect(first).toMatch(/^decrypt-sops: error: Secret prod\/app: no /);
    for (const part of [AGE1, "SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "/nonexistent/.config/sops/age/keys.txt"])
      expect(first).toContain(part);
    expect(stderr).toMatch(/^decrypt-sops: hint: .*SOPS_AGE_KEY_FILE/m);
  });

  test("a wrong one: names it and where it came from", async () => {
    const { status, stderr } = await run(LIST, { env: { SOPS_AGE_KEY: testIdentity("age2.agekey") } });
    expect(status).toBe(1);
    expect(stderr).toContain("age12hv56k2jx8uegnsak0p833qdmgtgxqhz2sjlgfr35mtlumlkt5nqpn0qad");
    expect(stderr).toContain("SOPS_AGE_KEY");
  });

  test("a broken key file beside a good key is a warning; alone it is named in the error", async () => {
    const broken = join(folder, "broken.txt");
    await writeFile(broken, `# a comment\n${testIdentity("age1.agekey").slice(0, -1)}X\n`);
    const good = await run(LIST, { env: { SOPS_AGE_KEY_FILE: broken, SOPS_AGE_KEY: testIdentity("age1.agekey") } });
    expect(good.status).toBe(0);
    expect(good.stderr).toMatch(/^decrypt-sops: warning: .*broken\.txt.*line 2/m);
    const alone = await run(LIST, { env: { SOPS_AGE_KEY_FILE: broken } });
    expect(alone.status).toBe(1);
    expect(alone.stderr).toMatch(/broken\.txt.*line 2/);
  });

  test.skipIf(process.getuid?.() === 0)("one that may not be read: says so", async () => {
    const file = join(folder, "locked.agekey");
    await writeFile(file, "");
    await chmod(file, 0);
    expect((await run(LIST, { env: { SOPS_AGE_KEY_FILE: file } })).stderr).toContain("EACCES");
  });
});

describe("standard input and output", () => {
  test.each([
    ["", 2],
    ["   \n\n", 2],
    ["a: [\n", 1],
    ["a: b: c\n", 1],
    ["- just\n- a list\n", 1],
    ["apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: {}\n", 1],
    ["kind: ResourceList\nitems: []\n", 1],
    ["apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n---\na: 1\n", 1],
  ])("refuses %j with status %i, an explaining line and nothing on standard output", async (input, status) => {
    const result = await run(input);
    expect(result).toMatchObject({ status, stdout: "" });
    expect(result.stderr).toMatch(/^decrypt-sops: error: [^\n]{20,}\n/);
  });

  test("refuses an encrypted item that is no resource, and leaves others without metadata alone", async () => {
    const plain = "a: 1\n";
    const list = resourceList([plain, SECRET.replace("kind: Secret\n", "").replace(/metadata:\n(?: .*\n)+/, "")]);
    const { status, stdout, stderr } = await run(list, { env: { DECRYPT_SOPS_KEYS: keysFolder } });
    expect(status).toBe(1);
    expect(stdout.startsWith(list)).toBe(true);
    expect(stderr).toMatch(/^decrypt-sops: error: .*item 2 of the list is encrypted but lacks a kind/);
    expect(await run(resourceList([plain]))).toEqual({ status: 0, stdout: resourceList([plain]), stderr: "" });
  });

  test("refuses bytes that are not UTF-8", async () => {
    expect(await run(Buffer.from([0x61, 0x3a, 0x20, 0xff, 0x0a]))).toMatchObject({ status: 1, stdout: "" });
  });

  test("refuses 100 MB at the limit instead of filling memory", async () => {
    const chunk = `# ${"x".repeat(1_000_000)}\n`;
    const result = await run(chunk.repeat(100));
    expect(result).toMatchObject({ status: 1, stdout: "" });
    expect(result.stderr).toContain("32 MiB");
  });

  test("passes a list without SOPS data through byte for byte, Windows line ends and byte order mark included", async () => {
    const list = `\ufeff${resourceList(["apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"]).replaceAll("\n", "\r\n")}`;
    expect(await run(list)).toEqual({ status: 0, stdout: list, stderr: "" });
  });

  test("says so when the reader goes away early", async () => {
    const child = spawn(process.execPath, [executable], { env: { DECRYPT_SOPS_KEYS: keysFolder } });
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += String(chunk)));
    child.stdout.destroy();
    child.stdin.on("error", () => undefined);
    child.stdin.end(
      resourceList([
        SECRET,
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: big}\ndata: {a: ${"x".repeat(2_000_000)}}\n`,
      ]),
    );
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect(status).toBe(1);
    expect(stderr).toMatch(/^decrypt-sops: error: the reader of standard output went away/);
  });

  const hasScript = spawnSync("script", ["--version"]).status === 0 && process.platform === "linux";
  test.skipIf(!hasScript)(
    "shows help when standard input is a terminal, instead of waiting for input",
    { timeout: 10_000 },
    () => {
      const { status, stdout } = spawnSync("script", ["-qec", `${process.execPath} ${executable}`, "/dev/null"], {
        encoding: "utf8",
        input: "",
      });
      expect({ status, usage: stdout.includes("Usage:") }).toEqual({ status: 0, usage: true });
    },
  );

  test("shows help and version, and refuses other arguments", async () => {
    expect(await run("", { args: ["--help"] })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("Usage:") as string,
      stderr: "",
    });
    expect(await run("", { args: ["--version"] })).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    });
    expect(await run("", { args: ["--frobnicate"] })).toMatchObject({ status: 2, stdout: "" });
  });
});

describe("functionConfig", () => {
  const withConfig = (config: string): string => resourceList([SECRET], config);
  const decryptSops = (fields: string): string =>
    withConfig(`apiVersion: decrypt-sops.github.io/v1\nkind: DecryptSops\n${fields}`);
  const env = { DECRYPT_SOPS_KEYS: keysFolder };

  test.each([
    ["an unknown field", decryptSops("keys: {directorys: [a]}"), "did you mean directories?"],
    ["a field of the wrong type", decryptSops("keys: {directories: keys}"), "keys.directories"],
    ["a misspelt policy", decryptSops("mac: verfy"), "verify, require, warn, ignore"],
    ["another kind", withConfig("apiVersion: v1\nkind: Secret\nmetadata: {name: a}"), "DecryptSops"],
    [
      "a ConfigMap with an unknown entry",
      withConfig("apiVersion: v1\nkind: ConfigMap\ndata: {mack: warn}"),
      "did you mean mac?",
    ],
    ["a private key", decryptSops(`match: {names: [${testIdentity("age1.agekey")}]}`), "would sit in Git in clear"],
    ["a prototype key", decryptSops("__proto__: {}"), "unknown field"],
  ])("%s: status 2, the list unchanged with results", async (_name, list, words) => {
    const { status, stdout, stderr } = await run(list, { env });
    expect(status).toBe(2);
    expect(stdout.startsWith(list)).toBe(true);
    expect(stderr).toContain(words);
    if (!list.includes("AGE-SECRET")) return;
    expect(stderr + stdout.slice(list.length)).not.toContain("AGE-SECRET-KEY-1");
  });

  test("a ConfigMap sets options by path, as kpt fn eval writes it", async () => {
    const edited = SECRET.replace("namespace: prod", "namespace: test");
    const config = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: function-input}\ndata: {mac: warn, keys.directories: '${keysFolder}'}\n`;
    const { status, stderr } = await run(resourceList([edited], config));
    expect(status).toBe(0);
    expect(stderr).toMatch(/^decrypt-sops: warning: Secret test\/app, sops\.mac: /);
  });
});
