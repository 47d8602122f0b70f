import type { Edit, Entry, Leaf, ListNode, MapNode, Node, Span } from "../tree.ts";
import { current, isComment } from "../tree.ts";
import { printJsonString } from "./json-print.ts";
import { separatedRemovals } from "./separated.ts";
import { printYamlFlow, printYamlScalar } from "./yaml-print.ts";
import type { YamlNode, YamlSource } from "./yaml-source.ts";

/**
 * The edits that put opened leaves into the text of some documents (or of some items of a list) and take their
 * metadata out; every other byte stays. Aliases are written out and anchors dropped, as the reference does and as the
 * hosts of KRM functions need.
 *
 * @param roots maps of the source, each with the `sops` entry it may have.
 */
export function yamlEdits(source: YamlSource, roots: readonly MapNode[]): Edit[] {
  const copies = new Set<Node>();
  for (const { aliases } of source.documents) for (const { node } of aliases) copies.add(node);
  const editor = new Editor(source.text, copies);
  for (const root of roots) {
    editor.root(root);
    for (const { aliases, anchors } of source.documents) {
      for (const { span, node } of aliases) {
        if (inside(span, root.span) && !editor.covers(span)) editor.edits.push({ ...span, text: printYamlFlow(node) });
      }
      for (const span of anchors) {
        if (inside(span, root.span) && !editor.covers(span)) editor.edits.push({ ...span, text: "" });
      }
    }
  }
  return editor.edits;
}

function inside(inner: Span, outer: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

class Editor {
  readonly edits: Edit[] = [];
  readonly #text: string;
  readonly #copies: ReadonlySet<Node>;

  constructor(text: string, copies: ReadonlySet<Node>) {
    this.#text = text;
    this.#copies = copies;
  }

  covers(span: Span): boolean {
    return this.edits.some((edit) => inside(span, edit));
  }

  root(root: MapNode): void {
    const removed = root.items.filter((item): item is Entry => item.kind === "entry" && item.key === "sops");
    this.#entries(root, new Set(removed));
    if (root.flow) this.#removeFlow(root, new Set(removed));
    else for (const entry of removed) this.#removeBlock(root, entry);
  }

  #node(node: Node, parent: MapNode | ListNode, column: number): void {
    if (this.#copies.has(node)) return;
    if (node.kind === "map") this.#entries(node, new Set());
    else if (node.kind === "list") this.#items(node);
    else if (node.opened !== undefined) this.#scalar(node, node.opened, parent, column);
  }

  #entries(map: MapNode, without: ReadonlySet<Entry>): void {
    for (const item of map.items) {
      if (item.kind === "leaf") this.#comment(item);
      else if (!without.has(item)) this.#node(item.value, map, this.#column(item.keySpan.start));
    }
  }

  #items(list: ListNode): void {
    const becomeComments = list.items.filter(
      (item) => isComment(item) && item.kind === "leaf" && item.value.type !== "comment",
    );
    if (list.flow) this.#removeFlow(list, new Set(becomeComments));
    const empty = becomeComments.length > 0 && list.items.every((item) => isComment(item));
    for (const item of list.items) {
      if (item.kind === "leaf" && item.value.type === "comment") this.#comment(item);
      else if (isComment(item)) {
        if (!list.flow) this.#listComment(item, empty && item === becomeComments.at(-1));
      } else this.#node(item, list, this.#column((item as YamlNode).dash ?? item.span.start));
    }
  }

  #scalar(leaf: Leaf, opened: Exclude<Leaf["opened"], undefined>, parent: MapNode | ListNode, column: number): void {
    if (opened.type === "comment") return;
    const start = (leaf as YamlNode).propsStart ?? leaf.span.start;
    const lineEnd = this.#lineEnd(leaf.span.end);
    const alone = this.#text.slice(leaf.span.end, lineEnd).trim() === "" && lineEnd < this.#text.length;
    const step = parent.kind === "map" ? this.#step(parent) : 2;
    // What stands in brackets may be JSON, and must stay it.
    const text =
      parent.flow && opened.type === "str"
        ? printJsonString(opened.text)
        : printYamlScalar(opened, { indent: column + step, block: !parent.flow && alone, flow: parent.flow });
    const glued = start > 0 && /[^\s[{,]/.test(this.#text[start - 1] ?? "") ? " " : "";
    this.edits.push({ start, end: leaf.span.end, text: glued + text.replaceAll("\n", this.#lineBreak()) });
  }

  #comment(leaf: Leaf): void {
    if (leaf.opened?.type !== "comment") return;
    const column = this.#column(leaf.span.start - 1);
    this.edits.push({ ...leaf.span, text: this.#commentLines(leaf.opened.text, column) });
  }

  /** An encrypted comment in a list is an item of the file; it becomes a comment in the place of its dash. */
  #listComment(leaf: Leaf, leavesListEmpty: boolean): void {
    const start = (leaf as YamlNode).dash ?? leaf.span.start;
    const opened = current(leaf);
    const text = opened.type === "comment" ? opened.text : "";
    const column = this.#column(start);
    const empty = leavesListEmpty ? `${this.#lineBreak()}${" ".repeat(column)}[]` : "";
    this.edits.push({ start, end: leaf.span.end, text: `#${this.#commentLines(text, column)}${empty}` });
  }

  /** A comment from INI may have several lines; each needs its mark, or it would turn into content. */
  #commentLines(text: string, column: number): string {
    return text.split(/\r\n|[\n\r\u0085\u2028\u2029]/).join(`${this.#lineBreak()}${" ".repeat(column)}#`);
  }

  #removeBlock(map: MapNode, entry: Entry): void {
    const column = this.#column(entry.keySpan.start);
    let end = this.#nextLine(endOf(entry));
    // Comments inside the metadata go with it: those that stand deeper than its key.
    for (let line = end; line < this.#text.length; line = this.#nextLine(line)) {
      const content = /^[ \t]*#/.exec(this.#text.slice(line, this.#lineEnd(line)));
      if (content === null || content[0].length - 1 <= column) break;
      end = this.#nextLine(line);
    }
    const lineStart = entry.keySpan.start - column;
    const others = map.items.some((item) => item.kind === "entry" && item !== entry);
    const ownLine = this.#text.slice(lineStart, entry.keySpan.start).trim() === "";
    if (!others) this.edits.push({ start: entry.keySpan.start, end: this.#lineEnd(endOf(entry)), text: "{}" });
    else if (ownLine) this.edits.push({ start: lineStart, end, text: "" });
    else {
      const next = /^\s*/.exec(this.#text.slice(end))?.[0].length ?? 0;
      this.edits.push({ start: entry.keySpan.start, end: end + next, text: "" });
    }
  }

  #removeFlow(container: MapNode | ListNode, removed: ReadonlySet<Node | Entry>): void {
    const items = container.items.filter(
      (item) => item.kind === "entry" || item.kind !== "leaf" || item.value.type !== "comment",
    );
    const spans = items.map((item) => ({
      start: item.kind === "entry" ? item.keySpan.start : item.span.start,
      end: endOf(item),
    }));
    this.edits.push(
      ...separatedRemovals(
        spans,
        items.map((item) => removed.has(item)),
      ),
    );
  }

  #column(position: number): number {
    return position - (this.#text.lastIndexOf("\n", position - 1) + 1);
  }

  #lineEnd(position: number): number {
    const end = this.#text.indexOf("\n", position);
    return end < 0 ? this.#text.length : end;
  }

  #nextLine(position: number): number {
    return Math.min(this.#lineEnd(position) + 1, this.#text.length);
  }

  #lineBreak(): string {
    const end = this.#text.indexOf("\n");
    return end > 0 && this.#text[end - 1] === "\r" ? "\r\n" : "\n";
  }

  /** By how much this map's nested block maps are indented; 4 where none is there to tell, as SOPS writes. */
  #step(map: MapNode): number {
    const column = this.#column(map.items.find((item) => item.kind === "entry")?.keySpan.start ?? map.span.start);
    for (const item of map.items) {
      if (item.kind !== "entry" || item.value.kind !== "map" || item.value.flow || this.#copies.has(item.value))
        continue;
      const inner = item.value.items.find((entry) => entry.kind === "entry");
      const step = inner === undefined ? 0 : this.#column(inner.keySpan.start) - column;
      if (step >= 1 && step <= 9) return step;
    }
    return 4;
  }
}

/** End of the last thing in a node that is not white space or comment. */
function endOf(node: Node | Entry): number {
  if (node.kind === "entry") {
    const end = endOf(node.value);
    return Math.max(end, node.keySpan.end);
  }
  if (node.kind === "leaf" || node.flow) return node.span.end;
  const last = node.items.findLast((item) => item.kind !== "leaf" || item.value.type !== "comment");
  return last === undefined ? node.span.end : endOf(last);
}
