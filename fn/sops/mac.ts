import { createHash } from "node:crypto";
import { plaintextOf } from "./plaintext.ts";
import type { Scalar } from "./tree.ts";

/** SHA-256 of `sops`; SOPS starts the hash with it where only encrypted values are covered. */
const ONLY_ENCRYPTED_PREFIX = Buffer.from("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69", "hex");

/** One value in document order, with what decides whether the MAC covers it. */
export interface MacInput {
  readonly value: Scalar;
  /** Whether the file's rule selects it for encryption. */
  readonly selected: boolean;
}

/**
 * The MAC of a file as SOPS computes it: SHA-512 over the plaintext bytes of all values in document order, without
 * separators, keys or types, in upper-case hex. Comments are never part of it.
 */
export function computeMac(values: Iterable<MacInput>, onlyEncrypted: boolean): string {
  const hash = createHash("sha512");
  if (onlyEncrypted) hash.update(ONLY_ENCRYPTED_PREFIX);
  for (const { value, selected } of values) {
    if (selected || !onlyEncrypted) hash.update(plaintextOf(value));
  }
  return hash.digest("hex").toUpperCase();
}
