import { SopsError } from "../../errors.ts";
import type { Entry, Leaf, LeafValue, Node } from "../tree.ts";
import { lineOf } from "./line.ts";

const MAX_DEPTH = 1000;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/**
 * Reads the first JSON value of a text into a tree with its places in the text. Duplicate keys stay; integers that fit
 * 64 bits are exact; other numbers are doubles.
 *
 * @throws SopsError FILE_SYNTAX with the line, FILE_LIMIT for nesting.
 */
export function readJson(source: string): Node {
  const reader = new Reader(source);
  reader.skipBlanks();
  return reader.value(0);
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Node {
    if (depth > MAX_DEPTH) throw new SopsError("FILE_LIMIT", `the document is nested more than ${MAX_DEPTH} levels deep`);
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"': {
        const start = this.#at;
        return this.#leaf({ type: "str", text: this.#string() }, start);
      }
      default:
        return this.#word();
    }
  }

  skipBlanks(): void {
    while (/[ \t\n\r]/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #object(depth: number): Node {
    const start = this.#at++;
    const items: Entry[] = [];
    for (let first = true; !this.#closes("}", first); first = false) {
      const keyStart = this.#at;
      if (this.#text[keyStart] !== '"') throw this.#error("a key in quotes is expected");
      const key = this.#string();
      const keySpan = { start: keyStart, end: this.#at };
      this.skipBlanks();
      if (this.#text[this.#at++] !== ":") throw this.#error("a colon is expected");
      this.skipBlanks();
      items.push({ kind: "entry", key, textKey: true, keySpan, value: this.value(depth + 1) });
    }
    return { kind: "map", items, span: { start, end: this.#at }, flow: true };
  }

  #array(depth: number): Node {
    const start = this.#at++;
    const items: Node[] = [];
    for (let first = true; !this.#closes("]", first); first = false) items.push(this.value(depth + 1));
    return { kind: "list", items, span: { start, end: this.#at }, flow: true };
  }

  /** Goes past the closing mark, or past the comma before the next item. */
  #closes(mark: string, first: boolean): boolean {
    this.skipBlanks();
    const next = this.#text[this.#at];
    if (next === mark) {
      this.#at++;
      return true;
    }
    if (first) return false;
    if (next !== ",") throw this.#error("a comma is expected");
    this.#at++;
    this.skipBlanks();
    return false;
  }

  #string(): string {
    const start = this.#at;
    let end = start + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === "\\" ? 2 : 1;
    this.#at = end + 1;
    try {
      return (JSON.parse(this.#text.slice(start, end + 1)) as string).toWellFormed();
    } catch {
      this.#at = start;
      throw this.#error("a string is not closed or holds an invalid escape or control character");
    }
  }

  #word(): Leaf {
    const start = this.#at;
    const pattern = /true|false|null|-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
    pattern.lastIndex = start;
    const match = pattern.exec(this.#text);
    if (match === null) throw this.#error("a value is expected");
    const [text] = match;
    this.#at += text.length;
    if (/[\w.+-]/.test(this.#text[this.#at] ?? "")) throw this.#error("a value is expected");
    if (text === "null") return this.#leaf({ type: "null" }, start);
    if (text === "true" || text === "false") return this.#leaf({ type: "bool", value: text === "true" }, start);
    const integer = match[1] === undefined && match[2] === undefined ? BigInt(text) : null;
    if (integer !== null && integer >= INT64_MIN && integer <= INT64_MAX) return this.#leaf({ type: "int", value: integer }, start);
    const value = Number(text);
    if (!Number.isFinite(value)) throw this.#error("a number is out of range");
    return this.#leaf({ type: "float", value }, start);
  }

  #leaf(value: LeafValue, start: number): Leaf {
    return { kind: "leaf", value, span: { start, end: this.#at } };
  }

  #error(what: string): SopsError {
    const line = lineOf(this.#text, this.#at);
    return new SopsError("FILE_SYNTAX", `line ${line} is not valid JSON: ${what}`, { place: { line } });
  }
}
