/*
 * One line of an INI file in the grammar of Go's `gopkg.in/ini.v1` with its default options, which SOPS uses. A value is
 * cut at the first `#` or `;` unless it stands in backticks or `"""`, and a backslash at its end joins the next line.
 */
import { SopsError } from "../../errors.ts";
import type { Span } from "../tree.ts";

/** What Go takes for white space; JavaScript's `trim` knows another set. */
const BLANK = "[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const LEADING = new RegExp(`^${BLANK}+`);
const TRAILING_CHARACTER = new RegExp(BLANK);

export function trimStart(text: string): string {
  return text.replace(LEADING, "");
}

export function trim(text: string): string {
  let end = text.length;
  while (end > 0 && TRAILING_CHARACTER.test(text[end - 1] ?? "")) end--;
  return trimStart(text.slice(0, end));
}

/** A piece of a comment, from its mark to the end of its line. */
export type CommentPiece = Span;

interface IniValue {
  readonly text: string;
  /** As written, quotes included. */
  readonly span: Span;
  readonly comment?: CommentPiece;
  /** Start of the line after the value. */
  readonly next: number;
}

/**
 * Reads the value that begins behind a delimiter and may go on over several lines.
 *
 * @returns `null` if its closing quotes are missing.
 */
export function readIniValue(source: string, position: number): IniValue | null {
  const next = nextLine(source, position);
  const line = trimStart(source.slice(position, next));
  const start = next - line.length;
  if (line === "") return { text: "", span: { start: position, end: position }, next };
  const quote = line.length > 3 && line.startsWith('"""') ? '"""' : line.startsWith("`") ? "`" : "";
  if (quote !== "") return readQuoted(source, start, next, quote);
  const trimmed = trim(line);
  if (trimmed.endsWith("\\")) return readContinued(source, start, next, trimmed);
  const hash = trimmed.search(/[#;]/);
  const written = hash < 0 ? trimmed : trim(trimmed.slice(0, hash));
  return {
    text: unquoted(written),
    span: { start, end: start + written.length },
    ...(hash < 0 ? {} : { comment: { start: start + hash, end: start + trimmed.length } }),
    next,
  };
}

function readQuoted(source: string, start: number, next: number, quote: string): IniValue | null {
  const opened = start + quote.length;
  const closing = source.slice(opened, next).lastIndexOf(quote);
  if (closing >= 0) {
    const end = opened + closing;
    return { text: source.slice(opened, end), span: { start, end: end + quote.length }, next };
  }
  for (let line = next; line < source.length;) {
    const after = nextLine(source, line);
    const found = source.slice(line, after).lastIndexOf(quote);
    if (found >= 0) {
      const end = line + found;
      const hash = source.slice(end, after).search(/[#;]/);
      const comment = { start: end + hash, end: end + trim(source.slice(end, after)).length };
      return {
        text: source.slice(opened, end),
        span: { start, end: end + quote.length },
        ...(hash < 0 ? {} : { comment }),
        next: after,
      };
    }
    line = after;
  }
  return null;
}

function readContinued(source: string, start: number, next: number, first: string): IniValue {
  const parts = [first.slice(0, -1)];
  let end = start + first.length;
  while (next < source.length) {
    const after = nextLine(source, next);
    const raw = source.slice(next, after);
    const more = trim(raw);
    end = after - trimStart(raw).length + more.length;
    next = after;
    if (more === "") break;
    parts.push(more.endsWith("\\") ? more.slice(0, -1) : more);
    if (!more.endsWith("\\")) break;
  }
  return { text: parts.join(""), span: { start, end }, next };
}

function unquoted(text: string): string {
  const quote = text[0];
  const surrounded = (quote === "'" || quote === '"') && text.length >= 2 && text.indexOf(quote, 1) === text.length - 1;
  return surrounded ? text.slice(1, -1) : text;
}

/** The start of the line after the one a position is on. */
export function nextLine(source: string, position: number): number {
  const end = source.indexOf("\n", position);
  return end < 0 ? source.length : end + 1;
}

/** The name before a delimiter, `=` or `:`, and where the value begins; `null` without a delimiter or closing quote. */
export function readIniKey(line: string): { readonly name: string; readonly length: number } | null {
  const quote = line.startsWith('"""') && line.length > 6 ? '"""' : /^["`]/.test(line) ? (line[0] ?? "") : "";
  if (quote === "") {
    const end = line.search(/[=:]/);
    return end < 0 ? null : { name: trim(line.slice(0, end)), length: end + 1 };
  }
  const closing = line.indexOf(quote, quote.length);
  if (closing < 0) return null;
  const after = closing + quote.length;
  const delimiter = line.slice(after).search(/[=:]/);
  return delimiter < 0 ? null : { name: trim(line.slice(quote.length, closing)), length: after + delimiter + 1 };
}

/**
 * A value so that it reads back as itself: bare where that is possible, as the library writes it; else in quotes,
 * backticks or `"""`. The library itself leaves values bare that end in a backslash or stand in quotes of their own, and
 * reads something else back.
 *
 * @throws SopsError OUTPUT_UNSUPPORTED if no form reads back.
 */
export function printIniValue(text: string): string {
  const forms = /[\n`]/.test(text)
    ? [`"""${text}"""`, `\`${text}\``]
    : /[#;]/.test(text)
      ? [`\`${text}\``]
      : [text, `"${text}"`, `\`${text}\``, `"""${text}"""`];
  // Behind a value there is always a line break, and what follows must not become part of it.
  const form = forms.find((written) => {
    const back = readIniValue(`${written}\nx`, 0);
    return back?.text === text && back.next === written.length + 1 && back.comment === undefined;
  });
  if (form !== undefined) return form;
  throw new SopsError("OUTPUT_UNSUPPORTED", "a value holds quotes in a way that INI cannot express", {
    hint: "choose another --output-type",
  });
}

/**
 * A key as the library writes it, quoted where it holds a delimiter or a quote.
 *
 * @throws SopsError OUTPUT_UNSUPPORTED if it does not read back as itself.
 */
export function printIniKey(name: string): string {
  const plain = !/["=:`]/.test(name) && !/^[#;[]/.test(name) && name !== "-";
  const form = plain ? name : name.includes("`") ? `"""${name}"""` : `\`${name}\``;
  if (name !== "" && name !== "-" && !name.includes("\n") && readIniKey(`${form} = x`)?.name === name) return form;
  throw new SopsError("OUTPUT_UNSUPPORTED", "a key is of a kind that INI cannot express", {
    hint: "choose another --output-type",
  });
}
