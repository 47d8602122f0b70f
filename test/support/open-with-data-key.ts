/** Files opened with a data key that is known, so that a test needs no key provider. */
import { judgeMac, type MacPolicy } from "../../fn/mac-policy.ts";
import { Secret } from "../../fn/secret.ts";
import { cipherFor } from "../../fn/sops/cipher.ts";
import { openLeaves } from "../../fn/sops/open.ts";
import { compileRule } from "../../fn/sops/rules.ts";
import { STORES } from "../../fn/sops/stores/registry.ts";
import type { EncryptedFile, Format } from "../../fn/sops/stores/store.ts";
import { applyEdits } from "../../fn/sops/tree.ts";

/** @throws SopsError the first problem with a value, or what the MAC policy makes an error. */
export async function openWithDataKey(
  text: string,
  format: Format,
  dataKey: string,
  mac: MacPolicy = "verify",
): Promise<EncryptedFile> {
  const file = STORES[format].load(text);
  const cipher = cipherFor(new Secret(Buffer.from(dataKey, "hex")));
  const { values, problems } = openLeaves(file, cipher, await compileRule(file.metadata.rule));
  if (problems[0] !== undefined) throw problems[0];
  const finding = judgeMac([{ file, cipher, values }], mac);
  if (finding?.severity === "error") throw finding.problem;
  return file;
}

/** The plaintext of an opened file in its own format, in place. */
export function inPlace(file: EncryptedFile): Buffer {
  return Buffer.from(file.content?.() ?? applyEdits(file.text, file.edits()));
}

/** The plaintext of an opened file as a whole file of some format. */
export function printed(file: EncryptedFile, format: Format): Buffer {
  return Buffer.from(STORES[format].print(file.documents));
}
