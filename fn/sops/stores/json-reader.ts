import { SopsError } from "../../errors.ts";
import type { Entry, Leaf, ListNode, MapNode, Node, Scalar, Span } from "../tree.ts";
import { lineOf } from "./line.ts";

/** Go's own decoder stops at 10000; no real file comes near either. */
const MAX_DEPTH = 1000;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/**
 * Reads the object a JSON text starts with. It is as strict as Go's `encoding/json`, and like SOPS' JSON store it keeps
 * duplicate keys, tells integers of 64 bits from floats by their spelling, turns lone surrogates into U+FFFD, and
 * ignores whatever follows the object.
 *
 * @throws SopsError FILE_SYNTAX with the line; FILE_UNSUPPORTED if the text is JSON, but no object; FILE_LIMIT if it is
 *   nested too deeply.
 */
export function loadJson(source: string): MapNode {
  const reader = new Reader(source);
  reader.skipBlanks();
  if (source[reader.at] === "{") return reader.map(1);
  if (source.startsWith("\ufeff")) throw reader.syntax("a byte order mark, which JSON does not allow, at the start");
  if (reader.at === source.length) throw reader.syntax("nothing in it, and so it is no JSON");
  if (source[reader.at] === "[") throw notAnObject(lineOf(source, reader.at));
  reader.value(1);
  throw notAnObject(lineOf(source, 0));
}

function notAnObject(line: number): SopsError {
  return new SopsError("FILE_UNSUPPORTED", "a SOPS file in JSON is an object, and this one is not", {
    place: { line },
  });
}

const BLANKS = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
const WORD = /true|false|null/y;

class Reader {
  at = 0;
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  map(depth: number): MapNode {
    const start = this.enter(depth);
    const items: Entry[] = [];
    if (!this.skip("}")) {
      do {
        this.skipBlanks();
        const { text, span } = this.string("a key in quotes");
        this.expect(":");
        items.push({ kind: "entry", key: text, textKey: true, keySpan: span, value: this.value(depth + 1) });
      } while (this.skip(","));
      this.expect("}");
    }
    return { kind: "map", items, span: { start, end: this.at }, flow: true };
  }

  value(depth: number): Node {
    this.skipBlanks();
    switch (this.source[this.at]) {
      case "{":
        return this.map(depth);
      case "[":
        return this.list(depth);
      case '"': {
        const { text, span } = this.string("a string");
        return leaf({ type: "str", text }, span);
      }
      default:
        return this.numberOrWord();
    }
  }

  syntax(what: string): SopsError {
    return new SopsError("FILE_SYNTAX", `the file has ${what}`, { place: { line: lineOf(this.source, this.at) } });
  }

  skipBlanks(): void {
    this.take(BLANKS);
  }

  private list(depth: number): ListNode {
    const start = this.enter(depth);
    const items: Node[] = [];
    if (!this.skip("]")) {
      do items.push(this.value(depth + 1));
      while (this.skip(","));
      this.expect("]");
    }
    return { kind: "list", items, span: { start, end: this.at }, flow: true };
  }

  private enter(depth: number): number {
    if (depth > MAX_DEPTH) {
      const line = lineOf(this.source, this.at);
      throw new SopsError("FILE_LIMIT", `the file is nested deeper than ${MAX_DEPTH} levels`, { place: { line } });
    }
    return this.at++;
  }

  private string(wanted: string): { text: string; span: Span } {
    const start = this.at;
    if (this.source[start] !== '"') throw this.syntax(`no ${wanted} where JSON needs it`);
    let end = start + 1;
    while (end < this.source.length && this.source[end] !== '"') end += this.source[end] === "\\" ? 2 : 1;
    const span = { start, end: end + 1 };
    try {
      const text = (JSON.parse(this.source.slice(span.start, span.end)) as string).toWellFormed();
      this.at = span.end;
      return { text, span };
    } catch {
      throw this.syntax("a string that JSON does not allow");
    }
  }

  private numberOrWord(): Leaf {
    const start = this.at;
    const word = this.take(WORD)?.[0];
    if (word !== undefined) {
      const value: Scalar = word === "null" ? { type: "null" } : { type: "bool", value: word === "true" };
      return leaf(value, { start, end: this.at });
    }
    const number = this.take(NUMBER);
    if (number === null) throw this.syntax("no value where JSON needs it");
    const [literal, fraction, exponent] = number;
    // Beyond 20 characters nothing fits 64 bits, and a BigInt of a million digits would take its time.
    const whole = fraction === undefined && exponent === undefined && literal.length <= 20;
    const int = whole ? BigInt(literal) : null;
    if (int !== null && int >= INT64_MIN && int <= INT64_MAX) {
      return leaf({ type: "int", value: int }, { start, end: this.at });
    }
    const value = Number(literal);
    if (!Number.isFinite(value)) throw this.syntax("a number beyond the range of floats");
    return leaf({ type: "float", value }, { start, end: this.at });
  }

  private skip(mark: string): boolean {
    this.skipBlanks();
    if (this.source[this.at] !== mark) return false;
    this.at++;
    return true;
  }

  private expect(mark: string): void {
    if (!this.skip(mark)) throw this.syntax(`no ${JSON.stringify(mark)} where JSON needs it`);
  }

  private take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.source);
    if (match !== null) this.at = pattern.lastIndex;
    return match;
  }
}

function leaf(value: Scalar, span: Span): Leaf {
  return { kind: "leaf", value, span };
}
