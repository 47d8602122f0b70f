import { isSopsError } from "../../errors.ts";
import { takeMetadata } from "../metadata.ts";
import { current, type Edit, type Entry, type Leaf, type MapNode, type Node, type Span } from "../tree.ts";
import { printJsonScalar, printJsonTree } from "./json-print.ts";
import { loadJson } from "./json-reader.ts";
import { lineOf } from "./line.ts";
import { separatedRemovals } from "./separated.ts";
import type { Store } from "./store.ts";

export { loadJson };

/** JSON: one object, its metadata under `sops`. */
export const jsonStore: Store = {
  format: "json",
  load(source) {
    const root = loadJson(source);
    const { metadata, entry, rest } = takeMetadata(root);
    return { text: source, documents: [rest], metadata, edits: () => jsonEdits(source, root, entry) };
  },
  print([document]) {
    return document === undefined ? "" : `${printJsonTree(document)}\n`;
  },
  printValue: printJsonTree,
};

function jsonEdits(source: string, root: MapNode, sops: Entry): Edit[] {
  const edits: Edit[] = [];
  collect(source, root, (item) => item === sops || isOpenedComment(item), edits);
  // SOPS reads nothing beyond the object, so nothing there was authenticated. It ends files in a line feed since 3.10.
  const rest = { start: root.span.end, end: source.length };
  const after = source.slice(rest.start);
  if (after.trim() !== "" || !after.includes("\n")) edits.push({ ...rest, text: "\n" });
  return edits;
}

function collect(source: string, node: Node, gone: (item: Entry | Node) => boolean, edits: Edit[]): void {
  if (node.kind === "leaf") {
    if (node.opened !== undefined) edits.push({ ...node.span, text: print(source, node) });
    return;
  }
  const removed = node.items.map((item) => gone(item));
  if (removed.length > 0 && !removed.includes(false)) {
    // Blanks between the brackets go too: SOPS writes `{}` and `[]`.
    edits.push({ start: node.span.start + 1, end: node.span.end - 1, text: "" });
    return;
  }
  edits.push(...separatedRemovals(node.items.map(spanOf), removed));
  for (const [at, item] of node.items.entries()) {
    if (removed[at] !== true) collect(source, item.kind === "entry" ? item.value : item, gone, edits);
  }
}

function spanOf(item: Entry | Node): Span {
  return item.kind === "entry" ? { start: item.keySpan.start, end: item.value.span.end } : item.span;
}

/** JSON has no comments; SOPS keeps them as encrypted strings and drops them once they are open. */
function isOpenedComment(item: Entry | Node): boolean {
  const value = item.kind === "entry" ? item.value : item;
  return value.kind === "leaf" && current(value).type === "comment";
}

function print(source: string, leaf: Leaf): string {
  const value = current(leaf);
  if (value.type === "comment") return "null";
  try {
    return printJsonScalar(value);
  } catch (error) {
    throw isSopsError(error) ? error.at({ line: lineOf(source, leaf.span.start) }) : error;
  }
}
