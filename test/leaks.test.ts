import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KeyRing } from "../fn/keys/keyring.ts";
import { fromEnvironment } from "../fn/keys/sources/environment.ts";
import { runFunction } from "../fn/krm/function.ts";
import { Secret } from "../fn/secret.ts";
import { yamlStore } from "../fn/sops/stores/yaml.ts";
import { run } from "./support/executable.ts";
import { fixture, resourceList, testIdentity } from "./support/fixtures.ts";

/** What must never show: identity, data key and plaintext of a fixture. Their first characters give a part away too. */
const IDENTITY = testIdentity("age1.agekey");
const PLAINTEXTS = ["correct horse battery staple"];
const SECRET = fixture("secret-string-data.enc.yaml");
const DATA_KEY = await dataKeyOf(SECRET);
const CANARIES = [IDENTITY, ...PLAINTEXTS].flatMap((text) => [
  text,
  text.slice(0, 8) === "AGE-SECR" ? text.slice(15, 27) : text.slice(0, 8),
  Buffer.from(text).toString("base64").slice(0, 16),
  Buffer.from(text).toString("hex").slice(0, 24),
]);
CANARIES.push(
  DATA_KEY.toString("base64").slice(0, 12),
  DATA_KEY.toString("hex").slice(0, 16),
  DATA_KEY.toString("latin1").slice(0, 8),
);
// `util.inspect` shows the bytes of a buffer one by one.
CANARIES.push(
  (DATA_KEY.subarray(0, 6).toString("hex").match(/../g) ?? []).join(" "),
  DATA_KEY.subarray(0, 6).join(", "),
);

async function dataKeyOf(text: string): Promise<Buffer> {
  const sources = await fromEnvironment({ SOPS_AGE_KEY: IDENTITY }, { platform: "linux", home: undefined });
  const [wrapped] = yamlStore.load(text).metadata.keyGroups[0] ?? [];
  const dataKey = wrapped === undefined ? null : await new KeyRing([sources]).unwrap(wrapped);
  if (dataKey === null) throw new Error("the fixture does not open");
  return Buffer.from(dataKey.reveal());
}

function expectClean(text: string): void {
  for (const canary of CANARIES) expect(text).not.toContain(canary);
}

const DAMAGED = `${IDENTITY.slice(0, -1)}${IDENTITY.endsWith("Q") ? "P" : "Q"}`;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "decrypt-sops-leaks-"));
  await writeFile(join(folder, "damaged.agekey"), `${DAMAGED}\n`);
  await writeFile(join(folder, "lower.agekey"), `${IDENTITY.toLowerCase()}\n`);
  await writeFile(join(folder, "spaced.agekey"), `${IDENTITY} and then some\n`);
});
afterAll(() => rm(folder, { recursive: true }));

const key = { SOPS_AGE_KEY: IDENTITY };

/** Every way to fail that this version has, as input and environment. */
const FAILURES: readonly [string, () => { input: string; env: Record<string, string> }][] = [
  ["an edited clear value", () => ({ input: SECRET.replace("namespace: prod", "namespace: test"), env: key })],
  ["a tampered value", () => ({ input: SECRET.replace(/(password: ENC\[AES256_GCM,data:)../, "$1AA"), env: key })],
  ["a dropped value", () => ({ input: SECRET.replace(/ +username: .*\n/, ""), env: key })],
  ["a value in clear", () => ({ input: SECRET.replace(/username: .*/, `username: ${PLAINTEXTS[0]}`), env: key })],
  ["a number in clear", () => ({ input: SECRET.replace(/username: .*/, "username: 4711"), env: key })],
  ["a value cut short", () => ({ input: SECRET.replace(/(username: ENC\[AES256_GCM,data:).*/, "$1"), env: key })],
  ["a damaged MAC", () => ({ input: SECRET.replace(/mac: ENC.*/, "mac: nonsense"), env: key })],
  ["no MAC", () => ({ input: SECRET.replace(/mac: ENC.*/, 'mac: ""'), env: key })],
  ["a damaged wrapped key", () => ({ input: SECRET.replace(/YWdl\w{8}/, "YWdlAAAAAAAA"), env: key })],
  ["damaged armor", () => ({ input: SECRET.replace("-----END AGE", "-----BAD AGE"), env: key })],
  [
    "two rules",
    () => ({
      input: SECRET.replace("    encrypted_regex:", "    encrypted_suffix: x\n    encrypted_regex:"),
      env: key,
    }),
  ],
  ["a damaged identity", () => ({ input: SECRET, env: { SOPS_AGE_KEY: DAMAGED } })],
  ["a lower-case identity", () => ({ input: SECRET, env: { SOPS_AGE_KEY: IDENTITY.toLowerCase() } })],
  ["an identity cut short", () => ({ input: SECRET, env: { SOPS_AGE_KEY: IDENTITY.slice(0, 40) } })],
  ["an identity with words around it", () => ({ input: SECRET, env: { SOPS_AGE_KEY: `key: ${IDENTITY}` } })],
  ["damaged key files", () => ({ input: SECRET, env: { DECRYPT_SOPS_KEYS: folder } })],
  [
    "an identity in place of a path",
    () => ({ input: SECRET, env: { SOPS_AGE_KEY_FILE: join(folder, "damaged.agekey") } }),
  ],
  [
    "a broken document around a secret",
    () => ({ input: `password: ${PLAINTEXTS[0]}\n  bad: [${IDENTITY}\n`, env: key }),
  ],
  ["an alias of a secret's name", () => ({ input: `a: *${IDENTITY}\n`, env: key })],
];

describe("no key and no plaintext shows", () => {
  test.each(FAILURES)("after %s, in what the executable writes", async (_name, failure) => {
    const { input, env } = failure();
    const { status, stdout, stderr } = await run(input, { env });
    expect(status).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^decrypt-sops: error: /);
    expectClean(stderr);
  });

  test.each(FAILURES)("after %s, in what the decrypt command writes", async (_name, failure) => {
    const { input, env } = failure();
    const { status, stdout, stderr } = await run(input, { env, args: ["decrypt", "--input-type", "yaml"] });
    expect(status).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^decrypt-sops: error: /);
    expectClean(stderr);
  });

  test.each(FAILURES)("after %s, in results and in the inspected error", async (_name, failure) => {
    const { input, env } = failure();
    if (input.startsWith("password:") || input.startsWith("a: *")) return;
    const list = resourceList([input]);
    const sources = await fromEnvironment(env, { platform: "linux", home: "/nonexistent" });
    const { output, findings } = await runFunction(list, { env, keyRing: async () => new KeyRing([sources]) });
    const shown = inspect(findings, { depth: Infinity, showHidden: true, getters: true }) + JSON.stringify(findings);
    expect(findings.length).toBeGreaterThan(0);
    expectClean(shown + findings.map(({ problem }) => problem.stack ?? "").join());
    expectClean((output ?? "").slice(list.length));
  });

  test("in a Secret, whichever way it is shown", () => {
    const secret = Secret.fromText(IDENTITY);
    const shown = [
      String(secret),
      JSON.stringify({ secret }),
      inspect({ a: { secret } }, { depth: Infinity, showHidden: true }),
      `a${String(secret)}b`,
    ];
    for (const text of shown) {
      expectClean(text);
      expect(text).toContain("[secret]");
    }
  });

  test("in what the executable says when all goes well", async () => {
    const { status, stdout, stderr } = await run(SECRET, { env: key });
    expect(status).toBe(0);
    expect(stdout).toBe(fixture("secret-string-data.plain.yaml"));
    expect(stderr).toBe("");
  });
});
