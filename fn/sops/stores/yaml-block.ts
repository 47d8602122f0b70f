import type { Entry, ListNode, MapNode, Node, Span } from "../tree.ts";
import { type FoundComment, placeComments } from "./yaml-comments.ts";
import { resolvePlain } from "./yaml-scalar.ts";
import type { YamlDocument, YamlNode, YamlSource } from "./yaml-source.ts";

/**
 * Reads the plain block subset of YAML that Go's encoders write, at many times the speed of the full parser and a
 * fraction of its memory. Whatever it does not know for certain it refuses, and the full parser decides; a differential
 * test holds the two together.
 *
 * Refused, among others: anchors, aliases, tags, flow collections but `{}` and `[]`, folded and multi-line plain or quoted
 * scalars, explicit keys, directives, `...`, CR line ends, tabs before content.
 *
 * @returns `null` for anything outside the subset, valid or not.
 */
export function readYamlBlock(text: string): YamlSource | null {
  // A byte order mark, or a character that ends the line for some readers: the line arithmetic below would be off.
  if (/[\r\u0085\u2028\u2029\ufeff]/.test(text)) return null;
  const reader = new BlockReader(text);
  const documents = reader.documents();
  return documents === null ? null : { text, documents, ambiguous: undefined };
}

const MAX_DEPTH = 200;
const PLAIN_KEY = /[A-Za-z0-9_./][A-Za-z0-9_./-]*(?=:(?:[ \n]|$))/y;
const QUOTED_KEY = /"([^"\\\n]*)"(?=:(?:[ \n]|$))|'([^'\n]*)'(?=:(?:[ \n]|$))/y;
/** First characters of a scalar that mean something else than plain text, or need the full parser's judgement. */
const SPECIAL_START = new Set("&*!{[%@`>|,]}#?");

/** Thrown on the way out of nested readers; never leaves this file. */
class Refusal extends Error {}

class BlockReader {
  readonly #text: string;
  /** Start of the content of the line at hand, and its column; `#at` is the text's length at the end. */
  #at = 0;
  #column = 0;
  #comments: FoundComment[] = [];
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  documents(): YamlDocument[] | null {
    try {
      const documents: YamlDocument[] = [];
      this.#toContent(0);
      for (let first = true; first || this.#at < this.#text.length; first = false) {
        if (this.#isSeparator()) {
          this.#toContent(this.#lineEnd(this.#at) + 1);
        } else if (!first) throw new Refusal();
        documents.push(this.#document());
      }
      return documents;
    } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  }

  #document(): YamlDocument {
    if (this.#at >= this.#text.length || this.#isSeparator()) throw new Refusal();
    const root = this.#collection(this.#column);
    if (this.#at < this.#text.length && !this.#isSeparator()) throw new Refusal();
    placeComments(this.#text, root, this.#comments);
    this.#comments = [];
    return { root, aliases: [], anchors: [] };
  }

  #isSeparator(): boolean {
    return this.#column === 0 && this.#text.startsWith("---", this.#at) && this.#text[this.#at + 3] === "\n";
  }

  /** The map or list that begins here. */
  #collection(column: number): YamlNode & (MapNode | ListNode) {
    if (++this.#depth > MAX_DEPTH) throw new Refusal();
    const node = this.#isDash() ? this.#list(column) : this.#map(column);
    this.#depth--;
    return node;
  }

  #isDash(): boolean {
    return this.#text[this.#at] === "-" && this.#text[this.#at + 1] === " ";
  }

  #map(column: number): MapNode {
    const start = this.#at;
    const items: Entry[] = [];
    while (this.#at < this.#text.length && this.#column === column && !this.#isSeparator()) {
      if (this.#isDash()) throw new Refusal();
      items.push(this.#entry(column));
    }
    if (this.#at < this.#text.length && this.#column > column) throw new Refusal();
    return { kind: "map", items, span: { start, end: this.#at }, flow: false };
  }

  #entry(column: number): Entry {
    const start = this.#at;
    const { key, textKey, end } = this.#key();
    const value = this.#value(end + 1, column, undefined);
    return { kind: "entry", key, textKey, keySpan: { start, end }, value };
  }

  #key(): { key: string; textKey: boolean; end: number } {
    PLAIN_KEY.lastIndex = this.#at;
    const plain = PLAIN_KEY.exec(this.#text)?.[0];
    if (plain !== undefined) {
      return { key: plain, textKey: resolvePlain(plain).type === "str", end: this.#at + plain.length };
    }
    QUOTED_KEY.lastIndex = this.#at;
    const quoted = QUOTED_KEY.exec(this.#text);
    if (quoted === null) throw new Refusal();
    return { key: quoted[1] ?? quoted[2] ?? "", textKey: true, end: this.#at + quoted[0].length };
  }

  #list(column: number): ListNode {
    const start = this.#at;
    const items: Node[] = [];
    while (this.#at < this.#text.length && this.#column === column && this.#isDash()) items.push(this.#item(column));
    if (this.#at < this.#text.length && this.#column > column) throw new Refusal();
    return { kind: "list", items, span: { start, end: this.#at }, flow: false };
  }

  #item(column: number): YamlNode {
    const dash = this.#at;
    let content = dash + 1;
    while (this.#text[content] === " ") content++;
    if (this.#startsCollection(content)) {
      this.#at = content;
      this.#column = column + content - dash;
      return Object.assign(this.#collection(this.#column), { dash });
    }
    const first = this.#text[content];
    if (first === undefined || first === "\n" || first === "#") throw new Refusal();
    return this.#value(dash + 1, column, dash);
  }

  /** Whether a list or map begins in the middle of a line, behind a dash. */
  #startsCollection(position: number): boolean {
    if (this.#text[position] === "-" && this.#text[position + 1] === " ") return true;
    PLAIN_KEY.lastIndex = position;
    if (PLAIN_KEY.test(this.#text)) return true;
    QUOTED_KEY.lastIndex = position;
    return QUOTED_KEY.test(this.#text);
  }

  /** The value behind a colon or dash, and on to the next line of content. */
  #value(from: number, column: number, dash: number | undefined): YamlNode {
    let start = from;
    while (this.#text[start] === " ") start++;
    const lineEnd = this.#lineEnd(start);
    const first = this.#text[start];
    if (start >= lineEnd || first === "#") {
      if (first === "#") this.#comment(start, lineEnd);
      this.#toContent(lineEnd + 1);
      return this.#below(column, from);
    }
    if (first === "|") return this.#literal(start, lineEnd, column, dash);
    const node = this.#inline(start, lineEnd, dash);
    // A deeper line would go on with this value, or be an error.
    if (this.#at < this.#text.length && this.#column > column) throw new Refusal();
    return node;
  }

  /** What stands on the lines below a key: a collection, or nothing. */
  #below(column: number, colonEnd: number): YamlNode {
    if (this.#at < this.#text.length && !this.#isSeparator()) {
      if (this.#column > column || (this.#column === column && this.#isDash())) return this.#collection(this.#column);
    }
    return { kind: "leaf", value: { type: "null" }, span: { start: colonEnd, end: colonEnd }, propsStart: colonEnd };
  }

  #inline(start: number, lineEnd: number, dash: number | undefined): YamlNode {
    const first = this.#text[start] ?? "";
    if (first === '"' || first === "'") return this.#quoted(start, lineEnd, dash);
    if (first === "{" || first === "[") return this.#empty(start, lineEnd, dash);
    if (SPECIAL_START.has(first)) throw new Refusal();
    if ((first === "-" || first === ":") && /[ \n]/.test(this.#text[start + 1] ?? "\n")) throw new Refusal();
    const line = this.#text.slice(start, lineEnd);
    const hash = line.indexOf(" #");
    const plain = (hash < 0 ? line : line.slice(0, hash)).trimEnd();
    if (/: |:$|\t/.test(plain) || /[^ ]$/.test(line.slice(plain.length, hash < 0 ? undefined : hash)))
      throw new Refusal();
    return this.#scalar({ start, end: start + plain.length }, resolvePlain(plain), lineEnd, dash);
  }

  #quoted(start: number, lineEnd: number, dash: number | undefined): YamlNode {
    const line = this.#text.slice(start, lineEnd);
    const single = /^'(?:[^']|'')*'/.exec(line)?.[0];
    const literal = single ?? /^"(?:[^"\\]|\\.)*"/.exec(line)?.[0];
    if (literal === undefined) throw new Refusal();
    const text = single === undefined ? unescapeDouble(literal) : literal.slice(1, -1).replaceAll("''", "'");
    return this.#scalar({ start, end: start + literal.length }, { type: "str", text }, lineEnd, dash);
  }

  #scalar(
    span: Span,
    value: (YamlNode & { kind: "leaf" })["value"],
    lineEnd: number,
    dash: number | undefined,
  ): YamlNode {
    this.#restOfLine(span.end, lineEnd);
    return { kind: "leaf", value, span, propsStart: span.start, ...(dash === undefined ? {} : { dash }) };
  }

  #empty(start: number, lineEnd: number, dash: number | undefined): YamlNode {
    const brackets = this.#text.slice(start, start + 2);
    if (brackets !== "{}" && brackets !== "[]") throw new Refusal();
    const span = { start, end: start + 2 };
    this.#restOfLine(span.end, lineEnd);
    const node: YamlNode = { kind: brackets === "{}" ? "map" : "list", items: [], span, flow: true };
    return dash === undefined ? node : Object.assign(node, { dash });
  }

  /** Nothing but blanks and a comment may follow a value. */
  #restOfLine(from: number, lineEnd: number): void {
    const rest = this.#text.slice(from, lineEnd);
    const match = /^ *(?: (#.*))?$/.exec(rest);
    if (match === null) throw new Refusal();
    if (match[1] !== undefined) this.#comment(lineEnd - match[1].length, lineEnd);
    this.#toContent(lineEnd + 1);
  }

  #literal(start: number, headerEnd: number, column: number, dash: number | undefined): YamlNode {
    const header = this.#text.slice(start, headerEnd);
    if (header !== "|" && header !== "|-") throw new Refusal();
    const lines: string[] = [];
    let indent = -1;
    let line = headerEnd + 1;
    let end = headerEnd;
    while (line < this.#text.length) {
      const lineEnd = this.#lineEnd(line);
      const content = this.#skipBlanks(line, lineEnd);
      if (content < lineEnd && content - line <= column) break;
      if (indent < 0) {
        if (content === lineEnd) throw new Refusal();
        indent = content - line;
      }
      if (content < lineEnd && content - line < indent) throw new Refusal();
      lines.push(this.#text.slice(Math.min(line + indent, lineEnd), lineEnd));
      end = lineEnd;
      line = lineEnd + 1;
    }
    // Line breaks at the end are a matter of chomping, and of what the full parser counts as part of the scalar.
    if (lines.length === 0 || lines.at(-1)?.trim() === "" || end >= this.#text.length) throw new Refusal();
    const text = lines.join("\n") + (header === "|" ? "\n" : "");
    this.#toContent(line);
    return {
      kind: "leaf",
      value: { type: "str", text },
      span: { start, end },
      propsStart: start,
      ...(dash === undefined ? {} : { dash }),
    };
  }

  #skipBlanks(from: number, lineEnd: number): number {
    let at = from;
    while (at < lineEnd && this.#text[at] === " ") at++;
    return at;
  }

  #lineEnd(position: number): number {
    const end = this.#text.indexOf("\n", position);
    return end < 0 ? this.#text.length : end;
  }

  #comment(hash: number, end: number): void {
    this.#comments.push({ hash, end });
  }

  /** Goes to the next line that has content, noting comments on the way. */
  #toContent(lineStart: number): void {
    let line = lineStart;
    while (line < this.#text.length) {
      const lineEnd = this.#lineEnd(line);
      const content = this.#skipBlanks(line, lineEnd);
      const first = this.#text[content];
      if (content < lineEnd && first !== "#") {
        // Tabs, directives and the end-of-document mark are beyond the subset; so is `---` with something behind it.
        if (first === "\t" || first === "%" || this.#text.startsWith("...", line)) throw new Refusal();
        if (this.#text.startsWith("---", line) && lineEnd !== line + 3) throw new Refusal();
        this.#at = content;
        this.#column = content - line;
        return;
      }
      if (first === "#" && content < lineEnd) this.#comment(content, lineEnd);
      line = lineEnd + 1;
    }
    this.#at = this.#text.length;
    this.#column = 0;
  }
}

/** Only the escapes that JSON has too; YAML's others go to the full parser. */
function unescapeDouble(literal: string): string {
  if (!literal.includes("\\")) return literal.slice(1, -1);
  if (/\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(literal.replaceAll("\\\\", ""))) throw new Refusal();
  try {
    return JSON.parse(literal) as string;
  } catch {
    throw new Refusal();
  }
}
