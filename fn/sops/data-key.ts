import { isSopsError, type SopsError } from "../errors.ts";
import { Secret } from "../secret.ts";
import type { Metadata } from "./metadata.ts";
import { combineShares } from "./shamir.ts";
import type { KeyKind, WrappedKey } from "./wrapped-key.ts";

/** One key that did not open its group. */
export interface Attempt {
  /** Position of the group, from 0. */
  readonly group: number;
  readonly key: WrappedKey;
  /** Why a credential that fits could not open it; absent if there was none that fits. */
  readonly error?: SopsError;
}

export type DataKeyResult =
  | { readonly dataKey: Secret }
  | {
      readonly failed: readonly Attempt[];
      /** How many groups were opened, of how many that must be. */
      readonly recovered: number;
      readonly needed: number;
    };

/** Kinds that need no network come first, as in SOPS' default decryption order. */
const FIRST: readonly KeyKind[] = ["age", "pgp"];

/**
 * Recovers the data key of a file. The first key that opens a group settles it. The key of a single group is the data
 * key; of several groups all are tried, and all their shares are combined, as in SOPS' `Metadata.GetDataKey`.
 *
 * @param unwrap opens one key, or returns `null` if no credential belongs to it. A SopsError from it is noted and the
 *   next key tried; any other error ends the work.
 * @throws SopsError SHAMIR_THRESHOLD if enough groups were opened, but their shares do not belong together.
 */
export async function recoverDataKey(
  metadata: Pick<Metadata, "keyGroups" | "threshold">,
  unwrap: (key: WrappedKey) => Promise<Secret | null>,
): Promise<DataKeyResult> {
  const { keyGroups, threshold } = metadata;
  const failed: Attempt[] = [];
  const shares: Secret[] = [];
  for (const [group, keys] of keyGroups.entries()) {
    const share = await openGroup(group, keys, unwrap, failed);
    if (share !== null) shares.push(share);
  }
  const single = keyGroups.length === 1;
  // Shares are at least two, whatever the file says; a missing threshold is therefore two as well.
  const needed = single ? 1 : Math.max(threshold, 2);
  const [first] = shares;
  if (first === undefined || shares.length < needed) return { failed, recovered: shares.length, needed };
  return { dataKey: single ? first : new Secret(combineShares(shares.map((share) => share.reveal()))) };
}

async function openGroup(
  group: number,
  keys: readonly WrappedKey[],
  unwrap: (key: WrappedKey) => Promise<Secret | null>,
  failed: Attempt[],
): Promise<Secret | null> {
  const sorted = [
    ...FIRST.flatMap((kind) => keys.filter((key) => key.kind === kind)),
    ...keys.filter((key) => !FIRST.includes(key.kind)),
  ];
  for (const key of sorted) {
    try {
      const secret = await unwrap(key);
      if (secret !== null) return secret;
      failed.push({ group, key });
    } catch (error) {
      if (!isSopsError(error)) throw error;
      failed.push({ group, key, error });
    }
  }
  return null;
}
