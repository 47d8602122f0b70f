import { type ResourceRef, SopsError } from "../errors.ts";
import type { YamlSource } from "../sops/stores/yaml-source.ts";
import { type Edit, entryOf, type ListNode, type MapNode, type Node, textAt } from "../sops/tree.ts";
import { printResults, type Result } from "./results.ts";

/** A ResourceList with every item in its place in the text; nothing is ever printed anew that was not opened. */
export interface ResourceList {
  readonly source: YamlSource;
  readonly root: MapNode;
  readonly items: readonly Node[];
  readonly functionConfig: Node | undefined;
}

/**
 * Reads the wire form of a KRM function (functions spec v1).
 *
 * @returns `null` if the text is some other stream.
 * @throws SopsError LIST_INVALID if it is a ResourceList, but not a proper one.
 */
export function readResourceList(source: YamlSource): ResourceList | null {
  const roots = source.documents.map(({ root }) => root).filter((root) => root !== null);
  const [root] = roots;
  if (root?.kind !== "map" || textAt(root, "kind") !== "ResourceList") return null;
  if (roots.length > 1)
    throw new SopsError("LIST_INVALID", "more documents follow the ResourceList, and a function gets just one");
  if (!textAt(root, "apiVersion")?.startsWith("config.kubernetes.io/v1")) {
    throw new SopsError("LIST_INVALID", "the apiVersion of the ResourceList is not config.kubernetes.io/v1");
  }
  const items = entryOf(root, "items")?.value;
  const functionConfig = entryOf(root, "functionConfig")?.value;
  if (items !== undefined && items.kind !== "list" && !isNull(items)) {
    throw new SopsError("LIST_INVALID", "the items of the ResourceList are not a list");
  }
  return {
    source,
    root,
    items: items?.kind === "list" ? resources(items) : [],
    functionConfig: functionConfig === undefined || isNull(functionConfig) ? undefined : functionConfig,
  };
}

function resources(items: ListNode): Node[] {
  return items.items.filter((item) => item.kind !== "leaf" || item.value.type !== "comment");
}

function isNull(node: Node): boolean {
  return node.kind === "leaf" && node.value.type === "null";
}

/** Names a resource for messages and results; whatever is missing is left out. */
export function resourceRef(item: MapNode): ResourceRef {
  const apiVersion = textAt(item, "apiVersion");
  const kind = textAt(item, "kind");
  const namespace = textAt(item, "metadata", "namespace");
  const name = textAt(item, "metadata", "name");
  return {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}

/** The edit that puts results at the end of the list, in place of those it may have brought along. */
export function resultsEdits({ source, root }: ResourceList, results: readonly Result[]): Edit[] {
  if (results.length === 0) return [];
  const { text } = source;
  const earlier = entryOf(root, "results");
  if (root.flow) {
    const json = JSON.stringify(results);
    if (earlier !== undefined) return [{ ...earlier.value.span, text: json }];
    return [{ start: root.span.end - 1, end: root.span.end - 1, text: `, "results": ${json}` }];
  }
  const printed = printResults(results);
  if (earlier === undefined) {
    const end = endOfContent(source);
    return [{ start: end, end, text: (end === 0 || text[end - 1] === "\n" ? "" : "\n") + printed }];
  }
  const next = root.items.find((item) => item.kind === "entry" && item.keySpan.start > earlier.keySpan.start);
  const end = next?.kind === "entry" ? next.keySpan.start : endOfContent(source);
  return [{ start: earlier.keySpan.start, end, text: printed }];
}

/** Before a closing `...` or `---`, where the document has one. */
function endOfContent({ text }: YamlSource): number {
  const mark = /\n(?:\.\.\.|---)\s*$/.exec(text);
  return mark === null ? text.length : mark.index + 1;
}
