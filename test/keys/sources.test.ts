import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keySecretEntry } from "../../fn/flux/key-secret.ts";
import type { SourceFindings } from "../../fn/keys/provider.ts";
import { fromDirectory } from "../../fn/keys/sources/directory.ts";
import { fromEnvironment } from "../../fn/keys/sources/environment.ts";
import { readFailure } from "../../fn/keys/sources/key-file.ts";
import { expectNoLeak } from "./support.ts";

const CANARY = "AGE-SECRET-KEY-1CANARYCANARYCANARYCANARY";
let root = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sources-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function folder(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const path = join(root, name);
  await mkdir(path);
  for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
  return path;
}

function texts({ credentials }: SourceFindings): (readonly [origin: string, text: string])[] {
  return credentials.map(({ origin, text }) => [origin, text.revealText()]);
}

function founds({ looked }: SourceFindings): Record<string, string> {
  return Object.fromEntries(looked.map(({ where, found }) => [where, found]));
}

describe("key Secret entries", () => {
  it.each(["sops.agekey", ".agekey", "a.b.agekey"])("%s is age", (name) => {
    expect(keySecretEntry(name)).toEqual({ kind: "age" });
  });
  it.each(["age.key", "key.txt", "keys.txt", "identity.age", "identity", "sops.agekey.txt", "sops.AGEKEY", "age-key"])(
    "%s is a mistake",
    (name) => {
      expect(keySecretEntry(name)).toEqual({ note: "is ignored: Flux's layout wants the name to end in .agekey" });
    },
  );
  it.each(["me.asc", "sops.vault-token", "sops.aws-kms", "sops.gcp-kms", "sops.azure-kv"])(
    "%s is for later",
    (name) => {
      expect(keySecretEntry(name)).toEqual({ note: expect.stringMatching(/which this version does not open yet$/) });
    },
  );
  it.each(["README", "storage.txt", "image.png", "tls.key", "my.vault-token"])("%s is nothing", (name) => {
    expect(keySecretEntry(name)).toBeNull();
  });
});

describe("a directory", () => {
  it("is read through the links of a mounted Secret, sorted by name", async () => {
    const path = await folder("mounted", {});
    await mkdir(join(path, "..2026_11_23"));
    await writeFile(join(path, "..2026_11_23", "b.agekey"), CANARY);
    await writeFile(join(path, "..2026_11_23", "a.agekey"), `${CANARY}A`);
    await writeFile(join(path, "..hidden.agekey"), CANARY);
    await symlink("..2026_11_23", join(path, "..data"));
    await symlink("..data/b.agekey", join(path, "b.agekey"));
    await symlink("..data/a.agekey", join(path, "a.agekey"));
    const findings = await fromDirectory(path);
    expect(texts(findings)).toEqual([
      [join(path, "a.agekey"), `${CANARY}A`],
      [join(path, "b.agekey"), CANARY],
    ]);
    expect(findings.looked).toEqual([{ where: path, found: "2 entries" }]);
    expectNoLeak(findings, [CANARY]);
  });

  it("says what it could not use", async () => {
    const path = await folder("odd", {
      "age.key": CANARY,
      "x.asc": CANARY,
      "empty.agekey": " \n",
      "big.agekey": "x".repeat(1024 * 1024 + 1),
      other: "",
    });
    await mkdir(join(path, "dir.agekey"));
    await symlink("nowhere", join(path, "dangling.agekey"));
    await symlink("/dev/zero", join(path, "zero.agekey"));
    const findings = await fromDirectory(path);
    expect(findings.credentials).toEqual([]);
    expect(founds(findings)).toMatchObject({
      [path]: "8 entries, no usable key among them",
      [join(path, "age.key")]: "is ignored: Flux's layout wants the name to end in .agekey",
      [join(path, "x.asc")]: "holds an OpenPGP key, which this version does not open yet",
      [join(path, "empty.agekey")]: "empty",
      [join(path, "big.agekey")]: "larger than 1 MiB",
      [join(path, "dir.agekey")]: "a directory, not a file",
      [join(path, "dangling.agekey")]: "no such file",
      [join(path, "zero.agekey")]: "not a regular file",
    });
    expectNoLeak(findings, [CANARY]);
  });

  it("takes a file of exactly 1 MiB whole", async () => {
    const path = await folder("full", { "a.agekey": "x".repeat(1024 * 1024) });
    expect((await fromDirectory(path)).credentials[0]?.text.reveal().length).toBe(1024 * 1024);
  });

  it("is limited to 1000 entries and 10 notes", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 1001 }, (_, index) => [`${String(index).padStart(4, "0")}.age`, "x"]),
    );
    const { looked } = await fromDirectory(await folder("many", files));
    expect(looked).toHaveLength(12);
    expect(looked[0]?.found).toBe(
      "1001 entries, of which only the first 1000 were looked at, no usable key among them",
    );
    expect(looked.at(-1)?.found).toBe("990 more entries not usable");
  });

  it("may be missing, empty or no directory", async () => {
    const path = await folder("bare", {});
    expect((await fromDirectory(path)).looked).toEqual([{ where: path, found: "empty" }]);
    expect((await fromDirectory(join(path, "no"))).looked).toEqual([
      { where: join(path, "no"), found: "no such directory", problem: true },
    ]);
    await writeFile(join(root, "plain"), "x");
    expect((await fromDirectory(join(root, "plain"))).looked).toMatchObject([{ found: "not a directory" }]);
  });

  it.skipIf(process.getuid?.() === 0)("names files it may not read", async () => {
    const path = await folder("closed", { "a.agekey": CANARY });
    await chmod(join(path, "a.agekey"), 0);
    expect(founds(await fromDirectory(path))).toMatchObject({ [join(path, "a.agekey")]: "not readable (EACCES)" });
  });

  it("never shows a key given in place of a path", async () => {
    expectNoLeak(await fromDirectory(CANARY), [CANARY]);
  });
});

it("says of a failure only its code", () => {
  expect(readFailure(Object.assign(new Error(CANARY), { code: "EACCES" }), "x")).toEqual({
    found: "not readable (EACCES)",
    problem: true,
  });
  expect(readFailure(Object.assign(new Error(CANARY), { code: CANARY }), "x")).toEqual({
    found: "not readable",
    problem: true,
  });
});

describe("the environment", () => {
  const host = { platform: "linux", home: "/nonexistent" };

  it("gives keys from all three places", async () => {
    const config = await folder("xdg", {});
    await mkdir(join(config, "sops", "age"), { recursive: true });
    const file = join(config, "sops", "age", "keys.txt");
    await writeFile(file, "c");
    await writeFile(join(root, "b.txt"), "b");
    const env = { SOPS_AGE_KEY: "a", SOPS_AGE_KEY_FILE: join(root, "b.txt"), XDG_CONFIG_HOME: config };
    const findings = await fromEnvironment(env, host);
    expect(texts(findings)).toEqual([
      ["SOPS_AGE_KEY", "a"],
      [`SOPS_AGE_KEY_FILE (${join(root, "b.txt")})`, "b"],
      [file, "c"],
    ]);
  });

  it.each([
    [{}, host, "/nonexistent/.config/sops/age/keys.txt", "no such file"],
    [{ XDG_CONFIG_HOME: "/x" }, host, "/x/sops/age/keys.txt", "no such file"],
    [{ XDG_CONFIG_HOME: "" }, host, "/nonexistent/.config/sops/age/keys.txt", "no such file"],
    [{ XDG_CONFIG_HOME: "x" }, host, "XDG_CONFIG_HOME", "ignored, because its path is relative"],
    [{}, { platform: "darwin", home: "/u" }, "/u/Library/Application Support/sops/age/keys.txt", "no such file"],
    [{ XDG_CONFIG_HOME: "/x" }, { platform: "darwin", home: "/u" }, "/x/sops/age/keys.txt", "no such file"],
    [{ AppData: "C:\\A" }, { platform: "win32", home: "C:\\u" }, "C:\\A\\sops\\age\\keys.txt", "no such file"],
    [{ APPDATA: "C:\\A" }, { platform: "win32", home: "C:\\u" }, "C:\\A\\sops\\age\\keys.txt", "no such file"],
    [
      {},
      { platform: "linux", home: undefined },
      "sops/age/keys.txt",
      "not looked for, because there is no home directory",
    ],
    [{ SOPS_AGE_KEY: " \n" }, host, "SOPS_AGE_KEY", "empty"],
    [{}, host, "SOPS_AGE_KEY", "not set"],
    [{}, host, "SOPS_AGE_KEY_FILE", "not set"],
    [{ SOPS_AGE_KEY_FILE: "" }, host, "SOPS_AGE_KEY_FILE", "empty"],
    [{ SOPS_AGE_KEY_FILE: "/no/f" }, host, "SOPS_AGE_KEY_FILE (/no/f)", "no such file"],
    [
      { SOPS_AGE_KEY_FILE: "~/f" },
      host,
      "SOPS_AGE_KEY_FILE (~/f)",
      "no such file, because a leading ~ is not expanded",
    ],
    [{ SOPS_AGE_KEY_CMD: "x" }, host, "SOPS_AGE_KEY_CMD", "set, but this version starts no programs to get keys"],
  ])("%j on %j: %s is %s", async (env, on, where, found) => {
    const findings = await fromEnvironment(env, on);
    expect(findings.credentials).toEqual([]);
    expect(founds(findings)).toMatchObject({ [where]: found });
  });

  it("never shows a key given in place of a path", async () => {
    const findings = await fromEnvironment({ SOPS_AGE_KEY_FILE: CANARY, XDG_CONFIG_HOME: `/${CANARY}` }, host);
    expectNoLeak(findings, [CANARY]);
    expect(founds(findings)).toMatchObject({
      SOPS_AGE_KEY_FILE: "holds a key, not a path; SOPS_AGE_KEY is the variable for that",
    });
  });
});
