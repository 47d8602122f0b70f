import { execFile } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decrypt } from "../../fn/decrypt.ts";
import { OpenFailure, openFile } from "../../fn/open-file.ts";
import { isSopsError } from "../../fn/errors.ts";
import { KeyRing } from "../../fn/keys/keyring.ts";
import { fromEnvironment } from "../../fn/keys/sources/environment.ts";
import { judgeMac } from "../../fn/mac-policy.ts";
import { yamlFile } from "../../fn/sops/stores/yaml.ts";
import { parseYaml } from "../../fn/sops/stores/yaml-source.ts";
import { applyEdits, textAt } from "../../fn/sops/tree.ts";
import { testIdentity } from "../support/fixtures.ts";
import { readIni } from "../../fn/sops/stores/ini-reader.ts";
import type { Format } from "../../fn/sops/stores/store.ts";
import { jsonText, ruleFlags, yamlText } from "../support/arbitrary-documents.ts";
import { binaryContent, dotenvText, iniText } from "../support/arbitrary-lines.ts";
import { loadJson } from "../../fn/sops/stores/json-reader.ts";
import { commentsOf, withoutComments, yamlShape } from "../support/tree-shape.ts";
import { describeWithPeers } from "./registry.ts";

const RECIPIENT = "age16ra2jdnww4eu960dglsxnqfr5zg9846vyu7uylchgy9refac8fgqc79dty";
const IDENTITY = testIdentity("age1.agekey");
/** Per format. Some documents are beyond what sops can encrypt or read back; at least 250 of each must be compared. */
const RUNS = Number(process.env["RANDOM_DOCUMENTS"] ?? 350);

async function keyRing(): Promise<KeyRing> {
  return new KeyRing([await fromEnvironment({ SOPS_AGE_KEY: IDENTITY }, { platform: "linux", home: undefined })]);
}

async function open(text: string, format: Format, outputFormat: Format = format): Promise<Buffer> {
  return Buffer.from((await decrypt(text, { format, outputFormat, keys: await keyRing() })).bytes);
}

/** The document as the only item of a list, which is opened in its place there. */
async function openInList(document: string): Promise<string> {
  const source = parseYaml(listOf(document));
  const [list] = source.documents;
  const item = list?.root?.kind === "list" ? list.root.items.find((node) => node.kind === "map") : undefined;
  if (item?.kind !== "map") throw new Error("the list has no map in it");
  const file = yamlFile(source, [item]);
  const opened = await openFile(file, await keyRing());
  expect(judgeMac([opened], "verify")).toBeNull();
  return applyEdits(source.text, file.edits());
}

function listOf(document: string): string {
  const lines = document.replace(/\n$/, "").split("\n");
  return lines.map((line, at) => (at === 0 ? `- ${line}\n` : line === "" ? "\n" : `  ${line}\n`)).join("");
}

describeWithPeers(["sops"], "random documents encrypted by the real sops", ({ sops }) => {
  async function runSops(
    args: readonly string[],
    format: Format,
    input: string | Uint8Array,
    output: Format = format,
  ): Promise<Buffer | null> {
    return new Promise((resolve, reject) => {
      const types = ["--input-type", format, "--output-type", output];
      const child = execFile(
        sops,
        [args[0] ?? "", ...args.slice(1), ...types, "--filename-override", `x.${format}`],
        {
          env: { SOPS_AGE_KEY: IDENTITY, HOME: "/nonexistent", SOPS_DISABLE_VERSION_CHECK: "1" },
          maxBuffer: 1 << 24,
          encoding: "buffer",
        },
        (error, stdout) =>
          error !== null && typeof error.code !== "number" ? reject(error) : resolve(error === null ? stdout : null),
      );
      child.stdin?.end(input);
    });
  }

  const encrypt = async (
    plain: string | Uint8Array,
    format: Format,
    flags: readonly string[],
  ): Promise<string | null> => {
    return (await runSops(["encrypt", "--age", RECIPIENT, ...flags], format, plain))?.toString("utf8") ?? null;
  };

  const check = async (format: Format, plain: string | Uint8Array, flags: readonly string[]): Promise<boolean> => {
    const encrypted = await encrypt(plain, format, flags);
    if (encrypted === null) return false;
    const decrypted = await runSops(["decrypt"], format, encrypted);
    // A file the reference writes and cannot read back says nothing about us.
    if (decrypted === null) return false;
    const opened = await open(encrypted, format);
    if (format === "ini") await compareIni(encrypted, opened.toString(), decrypted.toString());
    else if (format === "yaml") await compareYaml(encrypted, opened.toString(), decrypted.toString());
    else expect(opened).toEqual(decrypted);
    await compareConversion(encrypted, format, format === "json" ? "yaml" : "json");
    await refusesTampering(encrypted, format);
    return true;
  };

  const compareConversion = async (encrypted: string, format: Format, output: Format): Promise<void> => {
    const reference = await runSops(["decrypt"], format, encrypted, output);
    const ours = await open(encrypted, format, output).catch((error: unknown) => {
      if (isSopsError(error) && error.code === "OUTPUT_UNSUPPORTED") return null;
      throw error;
    });
    if (output === "json" || ours === null || reference === null) expect(ours).toEqual(reference);
    else expect(yamlShape(ours.toString())).toEqual(yamlShape(reference.toString()));
  };

  /** In the same bytes but for values that the reference's spelling changes; those are compared by the JSON of both. */
  const compareIni = async (encrypted: string, ours: string, reference: string): Promise<void> => {
    const json = await open(encrypted, "ini", "json");
    expect(json).toEqual(await runSops(["decrypt"], "ini", encrypted, "json"));
    if (ours === reference) return;
    const sections = readIni(ours).map(({ name, keys }) => [name, keys.map((key) => [key.name, key.value])]);
    expect(sections).toEqual(
      loadJson(json.toString()).items.flatMap((section) =>
        section.kind === "entry" && section.value.kind === "map"
          ? [
              [
                section.key,
                section.value.items.flatMap((key) => (key.kind === "entry" ? [[key.key, textAt(key.value)]] : [])),
              ],
            ]
          : [],
      ),
    );
  };

  const compareYaml = async (encrypted: string, ours: string, reference: string): Promise<void> => {
    const shape = yamlShape;
    expect(shape(ours).map(withoutComments)).toEqual(shape(reference).map(withoutComments));
    // The reference's printer loses a comment now and then, such as between nested lists; none of the others may be lost.
    const comments = shape(ours).flatMap(commentsOf);
    for (const comment of shape(reference).flatMap(commentsOf)) {
      expect(comments).toContain(comment);
      comments.splice(comments.indexOf(comment), 1);
    }
    // Brackets at the margin, which only the reference writes, do not survive being indented; no host indents them so.
    if (/^(?:---|[}\]])/m.test(encrypted)) return;
    const [inList] = yamlShape(await openInList(encrypted));
    const [alone] = yamlShape(reference);
    expect(inList === undefined ? inList : withoutComments(inList)).toEqual({
      list: [withoutComments(alone ?? "null")],
    });
  };

  test.each<[Format, fc.Arbitrary<string | Uint8Array>]>([
    ["yaml", yamlText],
    ["json", jsonText],
    ["dotenv", dotenvText],
    ["ini", iniText],
    ["binary", binaryContent],
  ])(
    `%s: open to what sops decrypt gives, and no changed byte is accepted`,
    async (format, documents) => {
      let compared = 0;
      await fc.assert(
        fc.asyncProperty(documents, ruleFlags, async (plain, flags) => {
          if (await check(format, plain, flags)) compared++;
        }),
        { numRuns: RUNS, endOnFailure: false },
      );
      process.stdout.write(`${format}: ${compared} of ${RUNS} random documents compared\n`);
      expect(compared).toBeGreaterThanOrEqual(RUNS * (5 / 7));
    },
    600_000,
  );
});

/** Changes one byte in some part of some encrypted value, MAC included, and expects a refusal. */
async function refusesTampering(encrypted: string, format: Format): Promise<void> {
  const values = [
    ...encrypted.matchAll(/((?:#|; )?)ENC\[AES256_GCM,data:([^,]*),iv:([^,]*),tag:([^,]*),type:(\w+)\]/g),
  ];
  // A comment in a map that does not open stays as it is and is not covered by the MAC, in the reference too; and only
  // the first document's metadata count.
  const firstMac = /"?mac"?: "?ENC/.exec(encrypted)?.index ?? 0;
  const candidates = values.filter(
    ({ 1: hash, index }) => hash === "" && (index <= firstMac + 8 || !/"?mac"?: "?$/.test(encrypted.slice(0, index))),
  );
  const seed = Buffer.from(encrypted).reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7);
  const match = candidates[seed % candidates.length];
  if (match === undefined) throw new Error("an encrypted file has at least an encrypted MAC");
  for (const part of [2, 3, 4]) {
    const old = match[part] ?? "";
    const bytes = Buffer.from(old, "base64");
    const at = seed % bytes.length;
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (seed % 8));
    const start = (match.index ?? 0) + match[0].indexOf(old);
    const tampered = encrypted.slice(0, start) + bytes.toString("base64") + encrypted.slice(start + old.length);
    const outcome = await open(tampered, format).then(
      () => "accepted",
      (error: unknown) =>
        isSopsError(error) || error instanceof OpenFailure ? "refused" : `crashed: ${String(error)}`,
    );
    expect(outcome).toBe("refused");
  }
}
