import { SopsError } from "../../errors.ts";
import { floatJson } from "../float.ts";
import { current, isComment, type Node, type Scalar } from "../tree.ts";

/**
 * A scalar as Go's `encoding/json` writes it.
 *
 * @throws SopsError OUTPUT_UNSUPPORTED for the floats JSON cannot express.
 */
export function printJsonScalar(value: Scalar): string {
  switch (value.type) {
    case "str":
    case "time":
      return printJsonString(value.text);
    case "bytes":
      return printBytes(value.bytes);
    case "int":
      return value.value.toString();
    case "float":
      if (Number.isFinite(value.value)) return floatJson(value.value);
      throw new SopsError("OUTPUT_UNSUPPORTED", "JSON has no infinite numbers and no NaN, and a value opens to one", {
        hint: "keep such a value as a string, or the file as YAML",
      });
    case "bool":
      return value.value ? "true" : "false";
    case "null":
      return "null";
  }
}

/** Runs of valid UTF-8, in bytes as characters, and single bytes that are none. Bounded, as the engine recurses on runs. */
const UTF8_RUN = new RegExp(
  `(?:${[
    "[\\0-\\x7f]",
    "[\\xc2-\\xdf][\\x80-\\xbf]",
    "\\xe0[\\xa0-\\xbf][\\x80-\\xbf]",
    "[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}",
    "\\xed[\\x80-\\x9f][\\x80-\\xbf]",
    "\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}",
    "[\\xf1-\\xf3][\\x80-\\xbf]{3}",
    "\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}",
  ].join("|")}){1,4096}|[^]`,
  "g",
);

/** Bytes that are not text, which JSON cannot hold: as from Go, each byte that is no part of UTF-8 becomes a mark. */
function printBytes(bytes: Uint8Array): string {
  const escaped = Buffer.from(bytes)
    .toString("latin1")
    .replace(UTF8_RUN, (run) => {
      if (run.length === 1 && run > "\x7f") return "\\ufffd";
      return printJsonString(Buffer.from(run, "latin1").toString("utf8")).slice(1, -1);
    });
  return `"${escaped}"`;
}

/** A string in quotes; `<`, `>`, `&`, U+2028 and U+2029 are escaped, other characters beyond ASCII are not. */
export function printJsonString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * A tree as SOPS' JSON store lays it out: a tab per level, no final line feed. Comments are dropped, since JSON has none.
 *
 * @throws SopsError OUTPUT_UNSUPPORTED as {@link printJsonScalar}.
 */
export function printJsonTree(node: Node): string {
  return print(node, "\t", "\n");
}

/** The same on one line, without blanks, as Go's `json.Marshal`. */
export function printJsonCompact(node: Node): string {
  return print(node, "", "");
}

function print(node: Node, indent: string, lineBreak: string): string {
  if (node.kind === "leaf") {
    const value = current(node);
    return value.type === "comment" ? "null" : printJsonScalar(value);
  }
  const inner = lineBreak + indent;
  const colon = indent === "" ? ":" : ": ";
  const items = node.items.flatMap((item) => {
    if (item.kind !== "entry") return isComment(item) ? [] : [print(item, indent, inner)];
    return isComment(item.value) ? [] : [printJsonString(item.key) + colon + print(item.value, indent, inner)];
  });
  const [open, close] = node.kind === "map" ? ["{", "}"] : ["[", "]"];
  return items.length === 0 ? open + close : `${open}${inner}${items.join(`,${inner}`)}${lineBreak}${close}`;
}
