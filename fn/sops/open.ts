import { SopsError } from "../errors.ts";
import { type Cipher, pathAad } from "./cipher.ts";
import { leaves, type Visit } from "./leaves.ts";
import type { MacInput } from "./mac.ts";
import { typedPlaintext } from "./plaintext.ts";
import type { LeafSelector } from "./rules.ts";
import type { EncryptedFile } from "./stores/store.ts";
import type { LeafValue } from "./tree.ts";
import { looksEncrypted, parseEncryptedValue } from "./value.ts";

/** A value as the MAC covers it, with the path that lets a host's additions be left out. */
export interface CoveredValue extends MacInput {
  readonly path: readonly string[];
}

export interface OpenedLeaves {
  /** In document order; comments are never covered. */
  readonly values: readonly CoveredValue[];
  /** Every value that could not be opened, not just the first. */
  readonly problems: readonly SopsError[];
}

/** More of them say nothing new, and a wrong key would list a whole file. */
const MAX_PROBLEMS = 20;

/**
 * Walks a file once: decides for each leaf by the file's rule, opens it and notes it for the MAC. The results are left
 * in `opened` of the leaves; nothing is written anywhere yet.
 */
export function openLeaves(file: EncryptedFile, cipher: Cipher, selects: LeafSelector): OpenedLeaves {
  const values: CoveredValue[] = [];
  const problems: SopsError[] = [];
  for (const visit of leaves(file.documents)) {
    const { leaf, path } = visit;
    const comment = leaf.value.type === "comment" ? leaf.value.text : null;
    const selected = selects(path, visit.comments, comment);
    if (selected) {
      try {
        const opened = comment === null ? openValue(visit, cipher) : openComment(comment, path, cipher);
        if (opened !== undefined) leaf.opened = opened;
      } catch (error) {
        if (!(error instanceof SopsError)) throw error;
        if (problems.length < MAX_PROBLEMS) problems.push(error.at({ field: visit.field() }));
      }
    }
    const value = leaf.opened ?? leaf.value;
    if (value.type !== "comment") values.push({ value, selected, path });
  }
  return { values, problems };
}

function openValue({ leaf, path }: Visit, cipher: Cipher): LeafValue | undefined {
  const { value } = leaf;
  if (value.type === "null") return undefined;
  if (value.type !== "str") throw plainValue();
  // An empty value is never encrypted; only the MAC guards it.
  if (value.text === "") return undefined;
  const sealed = parseEncryptedValue(value.text);
  if (sealed === null) throw plainValue(looksEncrypted(value.text));
  return typedPlaintext(cipher.open(sealed, pathAad(path)), sealed.type);
}

/**
 * A comment that does not open to a comment stays as it is: it may have been added or moved by hand, and the MAC leaves
 * it out. Were the values of a list counted that somebody has put behind a `#`, they could be dropped unnoticed.
 */
function openComment(text: string, path: readonly string[], cipher: Cipher): LeafValue | undefined {
  if (!looksEncrypted(text)) return undefined;
  try {
    const sealed = parseEncryptedValue(text);
    return sealed?.type === "comment" ? typedPlaintext(cipher.open(sealed, pathAad(path)), sealed.type) : undefined;
  } catch {
    return undefined;
  }
}

function plainValue(damaged = false): SopsError {
  if (damaged) return new SopsError("VALUE_SYNTAX", "the value begins like an encrypted one but is incomplete");
  return new SopsError("VALUE_PLAIN", "the value is in clear where the file's rule says it must be encrypted", {
    hint: "encrypt it with `sops edit` or `sops set`; if a patch or a replacement put it there, apply that after the decryption",
  });
}
