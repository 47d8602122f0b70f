import { SopsError } from "./errors.ts";
import type { KeyRing } from "./keys/keyring.ts";
import { judgeMac, type MacFinding, type MacPolicy } from "./mac-policy.ts";
import { openFile } from "./open-file.ts";
import { parseExtractPath, partAt, printPart } from "./sops/extract.ts";
import { STORES } from "./sops/stores/registry.ts";
import type { EncryptedFile, Format, Store } from "./sops/stores/store.ts";
import { applyEdits } from "./sops/tree.ts";

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
