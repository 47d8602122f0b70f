/**
 * The one tree all formats are read into: maps with their keys in order and duplicates kept, lists, scalars and
 * comments. Plain JavaScript objects cannot hold it: they reorder integer-like keys and drop duplicates and comments.
 */

/** A value with the type that decides its bytes in cipher and MAC. `float` 1 and `int` 1 are different values. */
export type Scalar =
  | { readonly type: "str"; readonly text: string }
  /** A string that is not valid UTF-8, such as a binary file. */
  | { readonly type: "bytes"; readonly bytes: Uint8Array }
  | { readonly type: "int"; readonly value: bigint }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "bool"; readonly value: boolean }
  /** RFC 3339 in its normal form, see time.ts; a JavaScript Date would lose offset and nanoseconds. */
  | { readonly type: "time"; readonly text: string }
  | { readonly type: "null" };

/** The text after the comment mark, leading blank included. */
export interface CommentText {
  readonly type: "comment";
  readonly text: string;
}

export type LeafValue = Scalar | CommentText;

/** A range of the source text in UTF-16 units, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A scalar or a comment. `opened` is set by the walk once it has been decrypted; `value` stays what the file holds. */
export interface Leaf {
  readonly kind: "leaf";
  readonly value: LeafValue;
  opened?: LeafValue;
  readonly span: Span;
}

export interface Entry {
  readonly kind: "entry";
  readonly key: string;
  /** False for keys such as `1` or `true`, which SOPS cannot encrypt under. */
  readonly textKey: boolean;
  readonly keySpan: Span;
  readonly value: Node;
}

export interface MapNode {
  readonly kind: "map";
  /** Entries and comments in document order. */
  readonly items: (Entry | Leaf)[];
  readonly span: Span;
  /** Written in braces on one or more lines, as in JSON. */
  readonly flow: boolean;
}

export interface ListNode {
  readonly kind: "list";
  /** Items and comments in document order; only a leaf can be a comment. */
  readonly items: Node[];
  readonly span: Span;
  readonly flow: boolean;
}

export type Node = MapNode | ListNode | Leaf;

/** What a leaf holds now: the decrypted value if it has been opened. */
export function current(leaf: Leaf): LeafValue {
  return leaf.opened ?? leaf.value;
}

export function isComment(node: Node | Entry): node is Leaf {
  return node.kind === "leaf" && current(node).type === "comment";
}

/** The first entry with this key; SOPS looks duplicates up this way too. */
export function entryOf(map: MapNode, key: string): Entry | undefined {
  return map.items.find((item): item is Entry => item.kind === "entry" && item.key === key);
}

/** The text at a path of keys, if there is a string. */
export function textAt(node: Node | undefined, ...path: string[]): string | undefined {
  let at = node;
  for (const key of path) at = at?.kind === "map" ? entryOf(at, key)?.value : undefined;
  if (at?.kind !== "leaf") return undefined;
  const value = current(at);
  return value.type === "str" ? value.text : undefined;
}

/** A replacement of a range of source text. */
export interface Edit extends Span {
  readonly text: string;
}

/** Applies edits that do not overlap. */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  const parts: string[] = [];
  let from = 0;
  for (const edit of sorted) {
    if (edit.start < from) throw new RangeError("edits overlap");
    parts.push(source.slice(from, edit.start), edit.text);
    from = edit.end;
  }
  parts.push(source.slice(from));
  return parts.join("");
}
