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

const COMMENT = /#([^\n]*)(?:\n|$)/y;
const QUOTED_START = /([A-Za-z_]\w*)='/y;

function readQuoted(source: string): DotenvItem[] {
  const items: DotenvItem[] = [];
  for (let start = 0; start < source.length;) {
    if (/\s/.test(source[start] ?? "")) {
      start++;
      continue;
    }
    const item = quotedComment(source, start) ?? quotedVariable(source, start);
    if (item === null) throw noVariable(source, start);
    items.push(item);
    start = item.span.end;
  }
  return items;
}

function quotedComment(source: string, start: number): DotenvItem | null {
  const match = at(COMMENT, source, start);
  if (match === null) return null;
  const [line, text = ""] = match;
  return {
    keySpan: { start, end: start + 1 },
    // That release took the blanks around a comment for layout.
    text: text.trim(),
    textSpan: { start: start + 1, end: start + 1 + text.length },
    span: { start, end: start + line.length },
  };
}

function quotedVariable(source: string, start: number): DotenvItem | null {
  const match = at(QUOTED_START, source, start);
  const key = match?.[1] ?? "";
  const opened = start + key.length + 2;
  const closed = match === null ? -1 : closingQuote(source, opened);
  if (closed < 0) return null;
  const lineEnd = source.indexOf("\n", closed);
  return {
    key,
    keySpan: { start, end: start + key.length },
    text: source
      .slice(opened, closed)
      .replace(/\\([^])/g, (escape, character: string) => (character === "'" ? "'" : escape)),
    textSpan: { start: opened - 1, end: closed + 1 },
    span: { start, end: lineEnd < 0 ? source.length : lineEnd + 1 },
  };
}

/** The position of the next quote without a backslash before it, or -1. */
function closingQuote(source: string, from: number): number {
  const mark = /\\[^]|'/g;
  mark.lastIndex = from;
  for (let match = mark.exec(source); match !== null; match = mark.exec(source)) {
    if (match[0] === "'") return match.index;
  }
  return -1;
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
