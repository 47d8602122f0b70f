import { SopsError } from "../../errors.ts";
import type { Span } from "../tree.ts";
import { type CommentPiece, nextLine, readIniKey, readIniValue, trim, trimStart } from "./ini-value.ts";
import { lineOf } from "./line.ts";

/** The lines of comment in front of something and the piece behind it, which are one comment to SOPS. */
export interface IniComment {
  /** Without the marks of the first line; further lines keep theirs. */
  readonly text: string;
  /** The first line's part, from its mark on. */
  readonly first: Span;
  readonly others: readonly Span[];
}

export interface IniKey {
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: string;
  readonly valueSpan: Span;
  readonly comment?: IniComment;
}

export interface IniSection {
  readonly name: string;
  readonly comment?: IniComment;
  readonly keys: readonly IniKey[];
  /** From its header to the end of its last key; empty for the part before any header. */
  readonly span: Span;
}

interface Draft {
  name: string;
  comment?: IniComment;
  keys: Map<string, IniKey>;
  span: { start: number; end: number };
}

/**
 * Reads an INI file as `gopkg.in/ini.v1` does for SOPS: sections in their order and as often as they come, the part
 * before any header as `DEFAULT`, the last one of a key that comes twice.
 *
 * @throws SopsError FILE_SYNTAX with the line.
 */
export function readIni(source: string): IniSection[] {
  const start = source.startsWith("\ufeff") ? 1 : 0;
  let section: Draft = { name: "DEFAULT", keys: new Map(), span: { start, end: start } };
  const sections = [section];
  let pieces: CommentPiece[] = [];
  let unnamed = 1;
  for (let position = start; position < source.length;) {
    const next = nextLine(source, position);
    const line = trimStart(source.slice(position, next));
    const at = next - line.length;
    if (line === "") {
      position = next;
    } else if (/^[#;]/.test(line)) {
      pieces.push({ start: at, end: next });
      position = next;
    } else if (line.startsWith("[")) {
      const { name, after } = readHeader(source, at, next);
      section = { name, keys: new Map(), span: { start: at, end: next } };
      const hash = source.slice(after, next).search(/[#;]/);
      if (hash >= 0) pieces.push({ start: after + hash, end: next });
      setComment(section, source, pieces);
      sections.push(section);
      pieces = [];
      unnamed = 1;
      position = next;
    } else {
      const key = readIniKey(line);
      const value = key === null ? null : readIniValue(source, at + key.length);
      if (key === null || value === null || key.name === "") throw badLine(source, at, "is no key with a value");
      if (value.comment !== undefined) pieces.push(value.comment);
      const comment = commentOf(source, pieces);
      const name = key.name === "-" ? `#${unnamed++}` : key.name;
      section.keys.set(name, {
        name,
        nameSpan: { start: at, end: at + key.length - 1 },
        value: value.text,
        valueSpan: value.span,
        ...(comment === null ? {} : { comment }),
      });
      section.span.end = value.next;
      pieces = [];
      position = value.next;
    }
  }
  return sections.map((draft) => ({ ...draft, keys: [...draft.keys.values()] }));
}

function readHeader(source: string, start: number, next: number): { name: string; after: number } {
  const close = source.slice(start, next).lastIndexOf("]");
  const name = source.slice(start + 1, start + Math.max(close, 1));
  if (close < 0 || name === "") throw badLine(source, start, "is no header of a section");
  return { name, after: start + close + 1 };
}

function setComment(section: Draft, source: string, pieces: readonly CommentPiece[]): void {
  const comment = commentOf(source, pieces);
  if (comment !== null) section.comment = comment;
}

function commentOf(source: string, pieces: readonly CommentPiece[]): IniComment | null {
  const all = trim(pieces.map(({ start, end }) => source.slice(start, end)).join(""));
  const text = all.startsWith(";") ? all.replace(/^[; ]+/, "") : all.replace(/^[# ]+/, "");
  const [first, ...others] = pieces.map(({ start, end }) => ({
    start,
    end: start + trim(source.slice(start, end)).length,
  }));
  return first === undefined ? null : { text, first, others };
}

function badLine(source: string, position: number, what: string): SopsError {
  const line = lineOf(source, position);
  return new SopsError("FILE_SYNTAX", `line ${line} of the file ${what}`, { place: { line } });
}
