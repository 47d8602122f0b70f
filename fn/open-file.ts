import { asSopsError, type SopsError } from "./errors.ts";
import type { KeyRing } from "./keys/keyring.ts";
import { type Cipher, cipherFor } from "./sops/cipher.ts";
import { recoverDataKey } from "./sops/data-key.ts";
import { type CoveredValue, openLeaves } from "./sops/open.ts";
import { compileRule } from "./sops/rules.ts";
import type { EncryptedFile } from "./sops/stores/store.ts";

/** A file whose leaves have been opened and whose MAC has not been judged yet. */
export interface OpenedFile {
  readonly file: EncryptedFile;
  readonly cipher: Cipher;
  readonly values: readonly CoveredValue[];
}

/** Several problems at once, so that the user sees all of them in one run. */
export class OpenFailure extends Error {
  override readonly name = "OpenFailure";
  readonly problems: readonly SopsError[];

  constructor(problems: readonly SopsError[]) {
    super(`${problems.length} values could not be opened`);
    this.problems = problems;
  }
}

/**
 * Gets the data key of a file and opens its leaves in memory.
 *
 * @throws SopsError NO_KEY_MATCHED, KEY_* or SHAMIR_THRESHOLD without a data key; OpenFailure with every value that
 *   could not be opened.
 */
export async function openFile(file: EncryptedFile, keys: KeyRing, signal?: AbortSignal): Promise<OpenedFile> {
  const recovered = await recoverDataKey(file.metadata, (key) => keys.unwrap(key, signal));
  if (!("dataKey" in recovered)) throw await keys.explain(recovered);
  const cipher = cipherFor(recovered.dataKey);
  recovered.dataKey.wipe();
  const { values, problems } = openLeaves(file, cipher, await compileRule(file.metadata.rule));
  if (problems.length > 0) throw new OpenFailure(problems);
  return { file, cipher, values };
}

/** The problems in whatever {@link openFile} threw; what was not foreseen becomes an INTERNAL one. */
export function problemsOf(error: unknown): readonly SopsError[] {
  return error instanceof OpenFailure ? error.problems : [asSopsError(error)];
}
