/*
 * Scalars in the spelling SOPS gives them (`go.yaml.in/yaml/v3`), with these deliberate differences, most of them for
 * values that the reference damages or that YAML readers disagree about:
 *
 * - A text is written as a literal block only as `|` or `|-`. One that starts with a blank, a tab or a line break, or
 *   ends in two or more line breaks, is double-quoted: it would need an indentation indicator or `|+`, and the
 *   reference writes `null` for a leading tab and a wrong indicator in lists.
 * - U+2028 and U+2029 are escaped in double quotes; the reference writes them raw and adds blanks after them.
 * - The text `<<` is `"<<"` instead of `!!merge <<`, which no reader takes back as text.
 * - Only a byte order mark itself is escaped, not all characters that follow a leading one.
 * - Bytes go on one line after `!!binary`, however many.
 * - In flow collections all but the plainest strings are double-quoted.
 */
import { floatYaml } from "../float.ts";
import { utf8 } from "../plaintext.ts";
import { current, isComment, type LeafValue, type Node } from "../tree.ts";
import { resolvePlain } from "./yaml-scalar.ts";

/** Where a scalar is to stand. */
export interface ScalarSite {
  /** Column of the lines of a literal block. */
  readonly indent: number;
  /** Whether a literal block may stand here. */
  readonly block: boolean;
  /** Whether the place is within `[]` or `{}`. */
  readonly flow: boolean;
}

/**
 * A scalar as YAML. A literal block comes as its header and its lines, indented, without the last line break; all else
 * is one line.
 */
export function printYamlScalar(value: LeafValue, site: ScalarSite): string {
  switch (value.type) {
    case "str":
      return printText(value.text, site);
    case "bytes":
      return printBytes(value.bytes, site);
    case "int":
      return value.value.toString();
    case "float":
      return floatYaml(value.value);
    case "bool":
      return value.value ? "true" : "false";
    case "time":
      return value.text;
    case "null":
      return "null";
    case "comment":
      return `#${value.text}`;
  }
}

const IN_FLOW: ScalarSite = { indent: 0, block: false, flow: true };

/** A whole node on one line, `{k: v, l: [1, "two words"]}`, with what its leaves hold now; comments are left out. */
export function printYamlFlow(node: Node): string {
  if (node.kind === "leaf") return printYamlScalar(current(node), IN_FLOW);
  if (node.kind === "list") {
    return `[${node.items
      .filter((item) => !isComment(item))
      .map((item) => printYamlFlow(item))
      .join(", ")}]`;
  }
  const entries = node.items.flatMap((item) => {
    if (item.kind !== "entry" || isComment(item.value)) return [];
    const key = item.textKey ? printText(item.key, IN_FLOW) : item.key;
    return [`${key}: ${printYamlFlow(item.value)}`];
  });
  return `{${entries.join(", ")}}`;
}

function printBytes(bytes: Uint8Array, site: ScalarSite): string {
  const text = utf8(bytes);
  if (text !== null) return printText(text, site);
  return `!!binary ${Buffer.from(bytes).toString("base64")}`;
}

const OLD_BOOLEAN = /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/;
const SEXAGESIMAL = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;
const PLAINEST = /^[A-Za-z0-9_/][A-Za-z0-9_./-]*$/;

function printText(text: string, site: ScalarSite): string {
  if (text.includes("\n")) {
    return site.block && !site.flow && site.indent > 0 && fitsLiteral(text)
      ? literal(text, site.indent)
      : doubleQuoted(text);
  }
  const ambiguous =
    resolvePlain(text).type !== "str" || OLD_BOOLEAN.test(text) || SEXAGESIMAL.test(text) || text === "<<";
  if (ambiguous) return doubleQuoted(text);
  if (site.flow) return PLAINEST.test(text) ? text : doubleQuoted(text);
  if (NOT_PRINTABLE.test(text)) return doubleQuoted(text);
  return fitsPlain(text) ? text : `'${text.replaceAll("'", "''")}'`;
}

/**
 * What SOPS' YAML library escapes. Everything beyond U+FFFF is, emoji too; the tab is, except in literal blocks, which
 * have a rule of their own below.
 */
const NOT_PRINTABLE = /[^\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
const NOT_PRINTABLE_IN_BLOCK = /[^\t\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;

function fitsPlain(text: string): boolean {
  if (/^[#,[\]{}&*!|>'"%@`]|^[?:-](?: |$)|^---|^\.\.\./.test(text)) return false;
  return !/: |:$| #|^ | $/.test(text);
}

function fitsLiteral(text: string): boolean {
  return !NOT_PRINTABLE_IN_BLOCK.test(text) && !/^[ \t\n]| \n| $|\n\n$/.test(text);
}

function literal(text: string, indent: number): string {
  const ended = text.endsWith("\n");
  const lines = (ended ? text.slice(0, -1) : text).split("\n");
  const margin = " ".repeat(indent);
  return [ended ? "|" : "|-", ...lines.map((line) => (line === "" ? "" : margin + line))].join("\n");
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\0", "\\0"],
  ["\x07", "\\a"],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\v", "\\v"],
  ["\f", "\\f"],
  ["\r", "\\r"],
  ["\x1b", "\\e"],
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\u0085", "\\N"],
  ["\u2028", "\\L"],
  ["\u2029", "\\P"],
]);

function doubleQuoted(text: string): string {
  // By code points, so that a pair of surrogates becomes one escape.
  const escaped = text.replace(/["\\\n]|[^\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/gu, escape);
  return `"${escaped}"`;
}

function escape(character: string): string {
  const short = ESCAPES.get(character);
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
