import type { Metadata } from "../metadata.ts";
import type { Edit, MapNode, Node } from "../tree.ts";

/** The five formats of SOPS files. */
export type Format = "yaml" | "json" | "dotenv" | "ini" | "binary";

/** An encrypted file as a tree, with the way back to its text. */
export interface EncryptedFile {
  /** The text that the edits refer to. */
  readonly text: string;
  /** Without the `sops` entry; more than one for multi-document YAML only. */
  readonly documents: readonly MapNode[];
  readonly metadata: Metadata;
  /**
   * The edits that turn the source text into plaintext: each opened leaf in its place, the metadata gone, all else
   * untouched. To be called once the walk has set `opened` on the leaves.
   */
  edits(): Edit[];
  /** For binary files: the plaintext, which need not be text; what the edits make is its envelope. */
  content?(): Uint8Array;
}

/** One format. Adding one means adding one file of this shape. */
export interface Store {
  readonly format: Format;
  /**
   * @throws SopsError FILE_SYNTAX, FILE_LIMIT or FILE_UNSUPPORTED for text that is not of this format, METADATA_MISSING
   *   or METADATA_INVALID for text that is, but not a SOPS file.
   */
  load(source: string): EncryptedFile;
  /**
   * Whole documents, opened and without metadata, in the layout SOPS gives this format; comments only where it has them.
   *
   * @throws SopsError OUTPUT_UNSUPPORTED for what the format cannot hold.
   */
  print(documents: readonly MapNode[]): string | Uint8Array;
  /**
   * A part of a document that is neither a map nor a string, as SOPS prints it for `--extract`.
   *
   * @throws SopsError OUTPUT_UNSUPPORTED for what the format cannot hold.
   */
  printValue(node: Node): string;
}
