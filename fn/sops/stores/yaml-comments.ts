import type { Entry, Leaf, ListNode, MapNode, Node } from "../tree.ts";
import type { YamlNode } from "./yaml-source.ts";

/** A comment in the text: from its `#` to the end of its line. */
export interface FoundComment {
  readonly hash: number;
  readonly end: number;
}

type Container = MapNode | ListNode;

/** An entry or list item with the containers it is in, outermost first. */
interface Anchor {
  readonly start: number;
  /** For each container on the way: the container and the position of the item within it that leads here. */
  readonly chain: readonly { readonly container: Container; readonly at: number; readonly column: number }[];
}

/**
 * Puts comments into the tree where SOPS has them, which decides their additional data and what a comment rule governs:
 * a comment on a line of its own belongs to the innermost map or list that is open there and begins in the comment's
 * column; one behind a value or key comes before that entry. This reproduces, for all that SOPS itself writes, how its
 * YAML library attaches comments.
 */
export function placeComments(text: string, root: Node, comments: readonly FoundComment[]): void {
  if (comments.length === 0 || root.kind === "leaf") return;
  const anchors: Anchor[] = [];
  collect(text, root, [], anchors);
  const insertions = new Map<Container, { at: number; leaf: Leaf }[]>();
  for (const comment of comments) {
    const place = placeOf(text, root, anchors, comment);
    const leaf: Leaf = {
      kind: "leaf",
      value: { type: "comment", text: text.slice(comment.hash + 1, comment.end) },
      span: { start: comment.hash + 1, end: comment.end },
    };
    const list = insertions.get(place.container) ?? [];
    list.push({ at: place.at, leaf });
    insertions.set(place.container, list);
  }
  for (const [container, list] of insertions) insert(container, list);
}

function placeOf(
  text: string,
  root: Container,
  anchors: readonly Anchor[],
  comment: FoundComment,
): { container: Container; at: number } {
  const next = firstAfter(anchors, comment.hash);
  const before = anchors[next - 1];
  const after = anchors[next];
  const open = (before?.chain ?? []).filter(({ container }) => !container.flow || container.span.end > comment.hash);
  const column = columnOf(text, comment.hash);
  const ahead = text.slice(comment.hash - column, comment.hash);
  if (/^[\s-]*- +$/.test(ahead)) {
    // Behind a dash that has nothing else on its line: the head of what the item holds.
    const inItem = after?.chain.at(-1);
    if (inItem !== undefined) return inItem;
  } else if (ahead.trim() !== "") {
    const innermost = open.at(-1);
    if (innermost !== undefined) return innermost;
  }
  const follows = after?.chain.findLast((step) => step.column === column);
  if (follows !== undefined) return follows;
  const precedes = open.findLast((step) => step.column === column);
  if (precedes !== undefined) return { container: precedes.container, at: precedes.at + 1 };
  const nearest = after?.chain.at(-1) ?? open.findLast((step) => step.column < column);
  return nearest ?? { container: root, at: root.items.length };
}

function collect(text: string, node: Container, chain: Anchor["chain"], anchors: Anchor[]): void {
  // An alias copy lies elsewhere in the text, and an item of it is no landmark here.
  let last = anchors.at(-1)?.start ?? -1;
  for (const [at, item] of node.items.entries()) {
    const start = startOf(item);
    if (start < last) continue;
    last = start;
    const here = [...chain, { container: node, at, column: columnOf(text, start) }];
    anchors.push({ start, chain: here });
    const value = item.kind === "entry" ? item.value : item;
    if (value.kind !== "leaf" && (value as YamlNode).alias === undefined) collect(text, value, here, anchors);
  }
}

function startOf(item: Entry | Node): number {
  if (item.kind === "entry") return item.keySpan.start;
  return (item as YamlNode).dash ?? item.span.start;
}

function firstAfter(anchors: readonly Anchor[], position: number): number {
  let low = 0;
  let high = anchors.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((anchors[middle]?.start ?? 0) > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

function columnOf(text: string, position: number): number {
  return position - (text.lastIndexOf("\n", position - 1) + 1);
}

function insert(container: Container, insertions: readonly { at: number; leaf: Leaf }[]): void {
  const items = container.items as (Entry | Node)[];
  const before = items.splice(0);
  const sorted = insertions.toSorted((a, b) => a.at - b.at);
  let next = 0;
  for (let at = 0; at <= before.length; at++) {
    for (; sorted[next]?.at === at; next++) items.push((sorted[next] as { leaf: Leaf }).leaf);
    const item = before[at];
    if (item !== undefined) items.push(item);
  }
}
