import { SopsError } from "../../errors.ts";
import { unflatten } from "../flatten.ts";
import { readMetadata } from "../metadata.ts";
import { current, type Edit, type Entry, type Leaf, type LeafValue, type MapNode } from "../tree.ts";
import { type DotenvItem, isQuotedDotenv, readDotenv } from "./dotenv-reader.ts";
import type { EncryptedFile, Store } from "./store.ts";
import { textOfScalar } from "./text-print.ts";

const METADATA_PREFIX = "sops_";

/** Dotenv: flat variables, the metadata among them under names that begin with `sops_`. */
export const dotenvStore: Store = {
  format: "dotenv",
  load,
  print([document]) {
    return document === undefined ? "" : printDotenv(document);
  },
  printValue() {
    throw new SopsError("OUTPUT_UNSUPPORTED", "dotenv has no form for a value on its own that is not a string");
  },
};

function load(source: string): EncryptedFile {
  const read = readDotenv(source);
  const metadata = read.filter(isMetadata);
  if (metadata.length === 0) {
    throw new SopsError("METADATA_MISSING", "the file has no sops metadata, so it is not encrypted with SOPS");
  }
  const fields = metadata.map((item) => ({
    name: (item.key ?? "").slice(METADATA_PREFIX.length),
    leaf: leafOf({ type: "str", text: item.text }, item),
  }));
  const items = read.filter((item) => !isMetadata(item)).map((item) => nodeOf(item));
  const document: MapNode = { kind: "map", items, span: { start: 0, end: source.length }, flow: false };
  return {
    text: source,
    documents: [document],
    metadata: readMetadata(unflatten(fields)),
    edits: () => dotenvEdits(source, read, document),
  };
}

function isMetadata({ key }: DotenvItem): boolean {
  return key?.startsWith(METADATA_PREFIX) === true;
}

function nodeOf(item: DotenvItem): Entry | Leaf {
  const { key, keySpan, text } = item;
  if (key === undefined) return leafOf({ type: "comment", text }, item);
  return { kind: "entry", key, textKey: true, keySpan, value: leafOf({ type: "str", text }, item) };
}

function leafOf(value: LeafValue, { textSpan }: DotenvItem): Leaf {
  return { kind: "leaf", value, span: textSpan };
}

function dotenvEdits(source: string, read: readonly DotenvItem[], document: MapNode): Edit[] {
  const edits: Edit[] = read.filter(isMetadata).map(({ span }) => ({ ...span, text: "" }));
  // The quotes of 3.6.0 would be taken for parts of the values by everything that reads the file from now on.
  const unquote = isQuotedDotenv(source);
  for (const item of document.items) {
    const leaf = item.kind === "entry" ? (item.value as Leaf) : item;
    if (leaf.opened === undefined && !unquote) continue;
    const comment = item.kind === "leaf";
    if (comment && leaf.opened === undefined) continue;
    edits.push({ ...leaf.span, text: comment ? commentText(leaf) : valueText(leaf) });
  }
  return edits;
}

/**
 * A tree as dotenv, as SOPS' dotenv store writes it: scalars only, comments on lines of their own.
 *
 * @throws SopsError OUTPUT_UNSUPPORTED for maps and lists, and for keys that would read back as something else, which
 *   the reference writes all the same.
 */
function printDotenv(document: MapNode): string {
  return document.items
    .map((item) => {
      if (item.kind === "leaf") return `#${commentText(item)}\n`;
      if (item.value.kind !== "leaf") throw unsupported("a map or list", "nested values");
      if (/[=\n]|^#/.test(item.key)) throw unsupported("a key with a line feed, a `=` or a leading `#`", "such keys");
      return `${item.key}=${valueText(item.value)}\n`;
    })
    .join("");
}

function valueText(leaf: Leaf): string {
  return textOfScalar(current(leaf)).replaceAll("\n", "\\n");
}

/** Comments of INI may have several lines. */
function commentText(leaf: Leaf): string {
  return textOfScalar(current(leaf)).replaceAll("\n", "\n#");
}

function unsupported(found: string, what: string): SopsError {
  return new SopsError("OUTPUT_UNSUPPORTED", `the file holds ${found}, and dotenv has no ${what}`, {
    hint: "choose another --output-type",
  });
}
