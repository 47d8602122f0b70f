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
      // JSON cannot hold them. Go makes one mark of each invalid byte, this decoder one of each invalid sequence.
      return printJsonString(new TextDecoder("utf-8", { ignoreBOM: true }).decode(value.bytes));
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
