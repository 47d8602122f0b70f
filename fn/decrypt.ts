import { isSopsError, SopsError } from "./errors.ts";
import type { KeyRing } from "./keys/keyring.ts";
import { judgeMac, type MacFinding, type MacPolicy } from "./mac-policy.ts";
import { type Cipher, cipherFor } from "./sops/cipher.ts";
import { recoverDataKey } from "./sops/data-key.ts";
import { parseExtractPath, partAt, printPart } from "./sops/extract.ts";
import { type CoveredValue, openLeaves } from "./sops/open.ts";
import { compileRule } from "./sops/rules.ts";
import { STORES } from "./sops/stores/registry.ts";
import type { EncryptedFile, Format, Store } from "./sops/stores/store.ts";
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
  readonly format: Format;
  /** The format to write, if it is not the same. */
  readonly outputFormat?: Format;
  /** Write only the part at this path, such as `["data"]["password"]`. */
  readonly extract?: string;
  /** What to do when the MAC does not hold; the default is to fail. */
  readonly mac?: MacPolicy;
  readonly signal?: AbortSignal;
}

export interface Decrypted {
  /**
   * In the same format: the source with the opened values in place and the metadata gone, all other bytes as they were.
   * In another format, or of a part: in the layout of SOPS.
   */
  readonly text: string;
  /** The same as bytes; a binary file need not be text. */
  readonly bytes: Uint8Array;
  readonly warnings: readonly SopsError[];
}

/**
 * Decrypts the text of one SOPS file.
 *
 * @throws SopsError or OpenFailure; nothing is returned unless every value opened, the MAC policy was satisfied and the
 *   output could be written in its format.
 */
export async function decrypt(text: string, options: DecryptOptions): Promise<Decrypted> {
  const { format, outputFormat = format, extract } = options;
  const path = extract === undefined ? null : parseExtractPath(extract);
  const file = STORES[format].load(text);
  const opened = await openFile(file, options.keys, options.signal);
  const finding = judgeMac([opened], options.mac ?? "verify");
  if (finding?.severity === "error") throw finding.problem;
  const content = plaintextOf(file, STORES[outputFormat], path, outputFormat === format);
  return {
    get text() {
      return typeof content === "string" ? content : new TextDecoder("utf-8", { ignoreBOM: true }).decode(content);
    },
    get bytes() {
      return typeof content === "string" ? Buffer.from(content, "utf8") : content;
    },
    warnings: warningsOf(finding),
  };
}

function plaintextOf(
  file: EncryptedFile,
  output: Store,
  path: ReturnType<typeof parseExtractPath> | null,
  same: boolean,
): string | Uint8Array {
  if (path !== null) {
    const [document] = file.documents;
    if (document === undefined) throw new SopsError("EXTRACT_NOT_FOUND", "the file is empty, so there is no such part");
    return printPart(partAt(document, path), output);
  }
  if (!same) return output.print(file.documents);
  return file.content?.() ?? applyEdits(file.text, file.edits());
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
