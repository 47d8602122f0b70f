import type { Edit, Entry, Leaf, ListNode, MapNode, Node, Span } from "../tree.ts";
import { current, isComment } from "../tree.ts";
import { printJsonString } from "./json-print.ts";
import { separatedRemovals } from "./separated.ts";
import { printYamlFlow, printYamlScalar } from "./yaml-print.ts";
import type { YamlEntry, YamlNode, YamlSource } from "./yaml-source.ts";

/**
 * The edits that put opened leaves into the text of some documents (or of some items of a list) and take their
 * metadata out; every other byte stays. Aliases are written out and anchors dropped, as the reference does and as the
 * hosts of KRM functions need.
 *
 * @param roots maps of the source, each with the `sops` entry it may have.
 */
export function yamlEdits(source: YamlSource, roots: readonly MapNode[]): Edit[] {
  const editor = new Editor(source.text);
  for (const root of roots) {
    editor.root(root);
    for (const { aliases, anchors } of source.documents) {
      for (const { span, node } of aliases) {
        if (inside(span, root.span)) editor.edits.push({ ...span, text: printYamlFlow(node) });
      }
      for (const span of anchors) {
        if (inside(span, root.span)) editor.edits.push({ ...span, text: "" });
      }
    }
  }
  return outermost(editor.edits);
}

/** Anchors, aliases and comments may be part of a value or of metadata that are replaced as a whole. */
function outermost(edits: readonly Edit[]): Edit[] {
  const kept: Edit[] = [];
  // The sort is stable: of edits of the same range, the first one made counts.
  for (const edit of edits.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1);
    if (last === undefined || !inside(edit, last)) kept.push(edit);
  }
  return kept;
}

function inside(inner: Span, outer: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

class Editor {
  readonly edits: Edit[] = [];
  readonly #text: string;
  readonly #steps = new Map<MapNode, number>();
  /** The line last asked for; lines may be long and hold many values. */
  #line: Span = { start: 0, end: -1 };

  constructor(text: string) {
    this.#text = text;
  }

  root(root: MapNode): void {
    const removed = root.items.filter((item): item is Entry => item.kind === "entry" && item.key === "sops");
    this.#entries(root, new Set(removed));
    if (root.flow) this.#removeFlow(root, new Set(removed));
    else for (const entry of removed) this.#removeBlock(root, entry);
  }

  #node(node: Node, parent: MapNode | ListNode, column: number): void {
    if (isAlias(node)) return;
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
    const indent = column + (parent.kind === "map" ? this.#step(parent) : 2);
    const block =
      !parent.flow && opened.type === "str" && opened.text.includes("\n") && this.#endsBlock(leaf.span.end, indent);
    // What stands in brackets may be JSON, and must stay it.
    const text =
      parent.flow && opened.type === "str"
        ? printJsonString(opened.text)
        : printYamlScalar(opened, { indent, block, flow: parent.flow });
    const glued = start > 0 && /[^\s[{,]/.test(this.#text[start - 1] ?? "") ? " " : "";
    this.edits.push({ start, end: leaf.span.end, text: glued + text.replaceAll("\n", this.#lineBreak()) });
  }

  /**
   * Whether a literal block could end here. It would take blanks behind the value, and deep blank lines and comments
   * below it, for its own content, and so hand whoever wrote those a part of the value.
   */
  #endsBlock(end: number, indent: number): boolean {
    if (!/^\r?$/.test(this.#text.slice(end, this.#lineEnd(end))) || this.#lineEnd(end) === this.#text.length)
      return false;
    for (let line = this.#nextLine(end); line < this.#text.length; line = this.#nextLine(line)) {
      const blanks = /^[ \t]*/.exec(this.#text.slice(line, this.#lineEnd(line)))?.[0] ?? "";
      if (blanks.includes("\t")) return false;
      const next = this.#text[line + blanks.length];
      if (next !== "#" && next !== "\r" && next !== "\n" && next !== undefined) return true;
      if (next === "#" && blanks.length < indent) return true;
      if (next === "#" || blanks.length > indent) return false;
    }
    return true;
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
    const empty = leavesListEmpty ? `${this.#lineBreak()}${" ".repeat(column + 2)}[]` : "";
    this.edits.push({ start, end: leaf.span.end, text: `#${this.#commentLines(text, column)}${empty}` });
  }

  /** A comment from INI may have several lines; each needs its mark, or it would turn into content. */
  #commentLines(text: string, column: number): string {
    return text.split(/\r\n|[\n\r\u0085\u2028\u2029]/).join(`${this.#lineBreak()}${" ".repeat(column)}#`);
  }

  #removeBlock(map: MapNode, entry: Entry): void {
    const start = startOf(entry);
    const column = this.#column(start);
    let end = this.#nextLine(endOf(entry));
    // Comments inside the metadata go with it: those that stand deeper than its key. With lines of blanks they would
    // otherwise become part of a block above.
    for (let line = end; line < this.#text.length; line = this.#nextLine(line)) {
      const [, blanks = "", content = ""] =
        /^([ \t]*)(#?[^\r]?)/.exec(this.#text.slice(line, this.#lineEnd(line))) ?? [];
      if (content.startsWith("#") ? blanks.length <= column : content !== "") break;
      if (content !== "" || blanks !== "") end = this.#nextLine(line);
    }
    const lineStart = start - column;
    const others = map.items.some((item) => item.kind === "entry" && item !== entry);
    const ownLine = this.#text.slice(lineStart, start).trim() === "";
    if (!others) this.edits.push({ start, end: this.#lineEnd(endOf(entry)), text: "{}" });
    else if (ownLine) this.edits.push({ start: lineStart, end, text: "" });
    else {
      const next = /^\s*/.exec(this.#text.slice(end))?.[0].length ?? 0;
      this.edits.push({ start, end: end + next, text: "" });
    }
  }

  #removeFlow(container: MapNode | ListNode, removed: ReadonlySet<Node | Entry>): void {
    const items = container.items.filter(
      (item) => item.kind === "entry" || item.kind !== "leaf" || item.value.type !== "comment",
    );
    const spans = items.map((item) => ({ start: startOf(item), end: endOf(item) }));
    this.edits.push(
      ...separatedRemovals(
        spans,
        items.map((item) => removed.has(item)),
      ),
    );
  }

  #column(position: number): number {
    return position - this.#lineAt(position).start;
  }

  #lineEnd(position: number): number {
    return this.#lineAt(position).end;
  }

  /** Without its line feed. */
  #lineAt(position: number): Span {
    if (position < this.#line.start || position > this.#line.end) {
      const end = this.#text.indexOf("\n", position);
      // A negative start would be taken for 0, where a line feed may be.
      const start = position === 0 ? 0 : this.#text.lastIndexOf("\n", position - 1) + 1;
      this.#line = { start, end: end < 0 ? this.#text.length : end };
    }
    return this.#line;
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
    const known = this.#steps.get(map);
    if (known !== undefined) return known;
    const step = this.#findStep(map);
    this.#steps.set(map, step);
    return step;
  }

  #findStep(map: MapNode): number {
    const column = this.#column(map.items.find((item) => item.kind === "entry")?.keySpan.start ?? map.span.start);
    for (const item of map.items) {
      if (item.kind !== "entry" || item.value.kind !== "map" || item.value.flow || isAlias(item.value)) continue;
      const inner = item.value.items.find((entry) => entry.kind === "entry");
      const step = inner === undefined ? 0 : this.#column(inner.keySpan.start) - column;
      if (step >= 1 && step <= 9) return step;
    }
    return 4;
  }
}

function isAlias(node: Node): boolean {
  return (node as YamlNode).alias === true;
}

/** Where tag, anchor or question mark begin, if there are any. */
function startOf(node: Node | Entry): number {
  if (node.kind === "entry") return (node as YamlEntry).start ?? node.keySpan.start;
  return (node as YamlNode).propsStart ?? node.span.start;
}

/** End of the last thing in a node that is not white space or comment. */
function endOf(node: Node | Entry): number {
  if (node.kind === "entry") {
    const end = endOf(node.value);
    return Math.max(end, node.keySpan.end);
  }
  if (node.kind === "leaf" || node.flow || isAlias(node)) return node.span.end;
  const last = node.items.findLast((item) => item.kind !== "leaf" || item.value.type !== "comment");
  return last === undefined ? node.span.end : endOf(last);
}
