import { SopsError } from "../../errors.ts";
import type { Span } from "../tree.ts";
import { lineOf } from "./line.ts";

/** One variable or comment of a dotenv file; its span is the line or lines it stands on, line break included. */
export interface DotenvItem {
  /** Absent for a comment. */
  readonly key?: string;
  readonly keySpan: Span;
  /** The value, or the text of the comment. */
  readonly text: string;
  readonly textSpan: Span;
  readonly span: Span;
}

/**
 * Reads a dotenv file as SOPS does: nothing is trimmed, there are no quotes and no `export`; in values the two
 * characters `\n` are a line feed. Release 3.6.0 alone wrote quoted values, see {@link isQuotedDotenv}.
 *
 * An encrypted file of nothing but CRLF lines is read without its carriage returns. The reference takes them for parts of the
 * values and then fails at the metadata.
 *
 * @throws SopsError FILE_SYNTAX with the line if one has no `=`.
 */
export function readDotenv(source: string): DotenvItem[] {
  if (isQuotedDotenv(source)) return readQuoted(source);
  const lineBreak = /^sops_/m.test(source) && !/(?<!\r)\n|[^\n]$/.test(source) ? "\r\n" : "\n";
  const items: DotenvItem[] = [];
  for (let start = 0, next = 0; start < source.length; start = next) {
    const found = source.indexOf(lineBreak, start);
    const end = found < 0 ? source.length : found;
    next = found < 0 ? source.length : found + lineBreak.length;
    if (start === end) continue;
    items.push(source[start] === "#" ? comment(source, start, end, next) : variable(source, start, end, next));
  }
  return items;
}

/** Whether a file is in the form of release 3.6.0: `KEY='value'`, metadata included, which no other release reads. */
export function isQuotedDotenv(source: string): boolean {
  return /^sops_mac='ENC\[/m.test(source);
}

function comment(source: string, start: number, end: number, next: number): DotenvItem {
  return {
    keySpan: { start, end: start + 1 },
    text: source.slice(start + 1, end),
    textSpan: { start: start + 1, end },
    span: { start, end: next },
  };
}

function variable(source: string, start: number, end: number, next: number): DotenvItem {
  const equals = source.indexOf("=", start);
  if (equals < 0 || equals >= end) throw noVariable(source, start);
  return {
    key: source.slice(start, equals),
    keySpan: { start, end: equals },
    text: source.slice(equals + 1, end).replaceAll("\\n", "\n"),
    textSpan: { start: equals + 1, end },
    span: { start, end: next },
  };
}

const QUOTED = /([A-Za-z_]\w*)='((?:\\[^]|[^'\\])*)'[^\n]*(?:\n|$)/y;
const COMMENT = /#([^\n]*)(?:\n|$)/y;

function readQuoted(source: string): DotenvItem[] {
  const items: DotenvItem[] = [];
  for (let start = 0; start < source.length;) {
    if (/\s/.test(source[start] ?? "")) {
      start++;
      continue;
    }
    const match = at(COMMENT, source, start) ?? at(QUOTED, source, start);
    if (match === null) throw noVariable(source, start);
    const span = { start, end: start + match[0].length };
    const [, name = "", text] = match;
    // That release took the blanks around a comment for layout.
    if (text === undefined) {
      const textSpan = { start: start + 1, end: start + 1 + name.length };
      items.push({ keySpan: { start, end: start + 1 }, text: name.trim(), textSpan, span });
    } else {
      const equals = start + name.length;
      items.push({
        key: name,
        keySpan: { start, end: equals },
        text: text.replace(/\\([^])/g, (escape, character: string) => (character === "'" ? "'" : escape)),
        textSpan: { start: equals + 1, end: equals + 1 + text.length + 2 },
        span,
      });
    }
    start = span.end;
  }
  return items;
}

function at(pattern: RegExp, source: string, start: number): RegExpExecArray | null {
  pattern.lastIndex = start;
  return pattern.exec(source);
}

function noVariable(source: string, position: number): SopsError {
  const line = lineOf(source, position);
  return new SopsError("FILE_SYNTAX", `line ${line} of the file is neither a variable nor a comment`, {
    place: { line },
  });
}
