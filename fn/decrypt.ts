import { isSopsError, type SopsError } from "./errors.ts";
import type { KeyRing } from "./keys/keyring.ts";
import { judgeMac, type MacFinding, type MacPolicy } from "./mac-policy.ts";
import { type Cipher, cipherFor } from "./sops/cipher.ts";
import { recoverDataKey } from "./sops/data-key.ts";
import { type CoveredValue, openLeaves } from "./sops/open.ts";
import { compileRule } from "./sops/rules.ts";
import { jsonStore } from "./sops/stores/json.ts";
import type { EncryptedFile, Store } from "./sops/stores/store.ts";
import { yamlStore } from "./sops/stores/yaml.ts";
import { applyEdits } from "./sops/tree.ts";

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

export interface DecryptOptions {
  readonly keys: KeyRing;
  readonly format: "yaml" | "json";
  /** What to do when the MAC does not hold; the default is to fail. */
  readonly mac?: MacPolicy;
  readonly signal?: AbortSignal;
}

export interface Decrypted {
  /** The source with the opened values in place and the metadata gone; all other bytes as they were. */
  readonly text: string;
  readonly warnings: readonly SopsError[];
}

const STORES: Readonly<Record<DecryptOptions["format"], Store>> = { yaml: yamlStore, json: jsonStore };

/**
 * Decrypts the text of one SOPS file.
 *
 * @throws SopsError or OpenFailure; nothing is returned unless every value opened and the MAC policy was satisfied.
 */
export async function decrypt(text: string, options: DecryptOptions): Promise<Decrypted> {
  const file = STORES[options.format].load(text);
  const opened = await openFile(file, options.keys, options.signal);
  const finding = judgeMac([opened], options.mac ?? "verify");
  if (finding?.severity === "error") throw finding.problem;
  return { text: applyEdits(file.text, file.edits()), warnings: warningsOf(finding) };
}

function warningsOf(finding: MacFinding | null): SopsError[] {
  return finding === null ? [] : [finding.problem];
}

/** The problems in whatever {@link openFile} threw; anything unexpected is thrown on. */
export function problemsOf(error: unknown): readonly SopsError[] {
  if (error instanceof OpenFailure) return error.problems;
  if (isSopsError(error)) return [error];
  throw error;
}
