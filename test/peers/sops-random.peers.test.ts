import { execFile } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decrypt, OpenFailure, openFile } from "../../fn/decrypt.ts";
import { isSopsError } from "../../fn/errors.ts";
import { KeyRing } from "../../fn/keys/keyring.ts";
import { fromEnvironment } from "../../fn/keys/sources/environment.ts";
import { judgeMac } from "../../fn/mac-policy.ts";
import { yamlFile } from "../../fn/sops/stores/yaml.ts";
import { parseYaml } from "../../fn/sops/stores/yaml-source.ts";
import { applyEdits } from "../../fn/sops/tree.ts";
import { testIdentity } from "../support/fixtures.ts";
import { jsonText, ruleFlags, yamlText } from "../support/arbitrary-documents.ts";
import { commentsOf, jsonShape, withoutComments, yamlShape } from "../support/tree-shape.ts";
import { describeWithPeers } from "./registry.ts";

const RECIPIENT = "age16ra2jdnww4eu960dglsxnqfr5zg9846vyu7uylchgy9refac8fgqc79dty";
const IDENTITY = testIdentity("age1.agekey");
/** Per format. Some documents are beyond what sops can encrypt or read back; at least 250 of each must be compared. */
const RUNS = Number(process.env["RANDOM_DOCUMENTS"] ?? 350);

type Format = "yaml" | "json";

async function keyRing(): Promise<KeyRing> {
  return new KeyRing([await fromEnvironment({ SOPS_AGE_KEY: IDENTITY }, { platform: "linux", home: undefined })]);
}

async function open(text: string, format: Format): Promise<string> {
  return (await decrypt(text, { format, keys: await keyRing() })).text;
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
  async function runSops(args: readonly string[], format: Format, input: string): Promise<string | null> {
    return new Promise((resolve, reject) => {
      const types = ["--input-type", format, "--output-type", format];
      const child = execFile(
        sops,
        [args[0] ?? "", ...args.slice(1), ...types, "--filename-override", `x.${format}`],
        { env: { SOPS_AGE_KEY: IDENTITY, HOME: "/nonexistent", SOPS_DISABLE_VERSION_CHECK: "1" }, maxBuffer: 1 << 24 },
        (error, stdout) =>
          error !== null && typeof error.code !== "number" ? reject(error) : resolve(error === null ? stdout : null),
      );
      child.stdin?.end(input);
    });
  }

  const encrypt = (plain: string, format: Format, flags: readonly string[]): Promise<string | null> =>
    runSops(["encrypt", "--age", RECIPIENT, ...flags], format, plain);

  const check = async (format: Format, plain: string, flags: readonly string[]): Promise<boolean> => {
    const encrypted = await encrypt(plain, format, flags);
    if (encrypted === null) return false;
    const reference = await runSops(["decrypt"], format, encrypted);
    // A file the reference writes and cannot read back says nothing about us.
    if (reference === null) return false;
    const ours = await open(encrypted, format);
    if (format === "json") expect(ours).toBe(reference);
    const shape = format === "json" ? jsonShape : yamlShape;
    expect(shape(ours).map(withoutComments)).toEqual(shape(reference).map(withoutComments));
    // The reference's printer loses a comment now and then, such as between nested lists; none of the others may be lost.
    const comments = shape(ours).flatMap(commentsOf);
    for (const comment of shape(reference).flatMap(commentsOf)) {
      expect(comments).toContain(comment);
      comments.splice(comments.indexOf(comment), 1);
    }
    // Brackets at the margin, which only the reference writes, do not survive being indented; no host indents them so.
    if (format === "yaml" && !/^(?:---|[}\]])/m.test(encrypted)) {
      const [inList] = yamlShape(await openInList(encrypted));
      const [alone] = yamlShape(reference);
      expect(inList === undefined ? inList : withoutComments(inList)).toEqual({
        list: [withoutComments(alone ?? "null")],
      });
    }
    await refusesTampering(encrypted, format);
    return true;
  };

  test.each<[Format, fc.Arbitrary<string>]>([
    ["yaml", yamlText],
    ["json", jsonText],
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
  const values = [...encrypted.matchAll(/(#?)ENC\[AES256_GCM,data:([^,]*),iv:([^,]*),tag:([^,]*),type:(\w+)\]/g)];
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
