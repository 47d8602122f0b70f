import type { Metadata } from "../metadata.ts";
import type { Edit, MapNode } from "../tree.ts";

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
}

/** One format. Adding one means adding one file of this shape. */
export interface Store {
  readonly format: Format;
  /**
   * @throws SopsError FILE_SYNTAX, FILE_LIMIT or FILE_UNSUPPORTED for text that is not of this format, METADATA_MISSING
   *   or METADATA_INVALID for text that is, but not a SOPS file.
   */
  load(source: string): EncryptedFile;
}
