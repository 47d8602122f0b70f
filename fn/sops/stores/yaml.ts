import { SopsError } from "../../errors.ts";
import { takeMetadata } from "../metadata.ts";
import type { Entry, MapNode, Node, Span } from "../tree.ts";
import { lineOf } from "./line.ts";
import type { EncryptedFile, Store } from "./store.ts";
import { yamlEdits } from "./yaml-edits.ts";
import { parseYaml, type YamlNode, type YamlSource } from "./yaml-source.ts";
import { printYamlDocuments, printYamlTree } from "./yaml-tree-print.ts";

/** YAML of one or several documents; the metadata of the first counts, one MAC covers all. */
export const yamlStore: Store = {
  format: "yaml",
  load(text) {
    const source = parseYaml(text);
    const roots = source.documents.map(({ root }) => root).filter((root) => !isEmpty(root));
    return yamlFile(
      source,
      roots.map((root) => asMap(root)),
    );
  },
  print: printYamlDocuments,
  printValue: printYamlTree,
};

/**
 * The SOPS file that some documents of a stream, or some items of a ResourceList, make up.
 *
 * @throws SopsError METADATA_* if the first of them carries no valid metadata; FILE_UNSUPPORTED for what the reference
 *   refuses: keys that are not text, and a key twice in one map of the first document; and for what readers of the
 *   result could take for something else.
 */
export function yamlFile(source: YamlSource, roots: readonly MapNode[]): EncryptedFile {
  const [first, ...others] = roots;
  if (first === undefined) throw new SopsError("METADATA_MISSING", "the file holds no SOPS metadata");
  const { metadata, rest } = takeMetadata(first);
  for (const root of roots) checkText(source, root);
  checkKeys(source, rest, true);
  const documents = [rest, ...others.map((root) => withoutSops(root))];
  for (const document of documents.slice(1)) checkKeys(source, document, false);
  return { text: source.text, documents, metadata, edits: () => yamlEdits(source, roots) };
}

function isEmpty(root: Node | null): boolean {
  return root === null || (root.kind === "leaf" && root.value.type === "null");
}

function asMap(root: Node | null): MapNode {
  if (root?.kind === "map") return root;
  throw new SopsError(
    "FILE_UNSUPPORTED",
    `a SOPS file in YAML is a map, and this one is a ${root?.kind === "list" ? "list" : "single value"}`,
  );
}

function withoutSops(root: MapNode): MapNode {
  return { ...root, items: root.items.filter((item) => item.kind !== "entry" || item.key !== "sops") };
}

/** What would let an edit of this text mean something else to its readers, or reach beyond the documents it is for. */
function checkText(source: YamlSource, root: MapNode): void {
  if (source.ambiguous !== undefined) {
    throw unsupported(
      source,
      source.ambiguous,
      "has a character outside quotes that readers of YAML understand differently",
      {
        hint: "take out byte order marks within the text, and replace carriage returns and Unicode line separators by line feeds",
      },
    );
  }
  if ((root as YamlNode).alias === true) throw unsupported(source, root.span.start, "is an alias of a whole resource");
  for (const { aliases } of source.documents) {
    for (const { span, target } of aliases) {
      if (isWithin(target, root.span) && !isWithin(span.start, root.span)) {
        throw unsupported(source, span.start, "has an alias of a value within an encrypted resource");
      }
    }
  }
}

function isWithin(position: number, span: Span): boolean {
  return position >= span.start && position < span.end;
}

function unsupported(source: YamlSource, position: number, what: string, options: { hint?: string } = {}): SopsError {
  const line = lineOf(source.text, position);
  return new SopsError("FILE_UNSUPPORTED", `line ${line} ${what}`, { place: { line }, ...options });
}

function checkKeys(source: YamlSource, node: Node, unique: boolean): void {
  if (node.kind === "leaf") return;
  const seen = new Set<string>();
  for (const item of node.items) {
    if (item.kind !== "entry") {
      checkKeys(source, item, unique);
      continue;
    }
    if (!item.textKey) throw badKey(source, item, "is not a string, which SOPS can neither encrypt nor authenticate");
    if (unique && seen.has(item.key)) throw badKey(source, item, "is there twice in one map");
    seen.add(item.key);
    checkKeys(source, item.value, unique);
  }
}

function badKey(source: YamlSource, entry: Entry, what: string): SopsError {
  const line = lineOf(source.text, entry.keySpan.start);
  return new SopsError("FILE_UNSUPPORTED", `the key on line ${line} ${what}`, { place: { line } });
}
