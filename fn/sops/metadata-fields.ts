import { SopsError } from "../errors.ts";
import { floatPlaintext } from "./float.ts";
import { utf8 } from "./plaintext.ts";
import type { MapNode, Node, Scalar } from "./tree.ts";

/** A map of the metadata with its fields read by the weak typing of SOPS (its library is mapstructure). */
export interface Fields {
  /** Text, or the text of a number, truth value or time; empty if absent. */
  text(name: string): string;
  /** An integer, also given as text or as an integral float; 0 if absent. */
  integer(name: string): number;
  boolean(name: string): boolean;
  /** The maps of a list; one map stands for a list of it. Empty if absent. */
  list(name: string): Fields[];
  /** A map of texts. Its object has no prototype, so that no key of a file can be taken for an inherited one. */
  texts(name: string): Readonly<Record<string, string>>;
}

/**
 * @param place path of the map for error messages, such as `sops.kms[0]`.
 * @throws SopsError METADATA_INVALID if the node is no map; each reader throws the same if a field does not fit.
 */
export function fieldsOf(node: Node, place: string): Fields {
  if (node.kind !== "map") throw misfit(place, "a map");
  const find = (name: string): Node | undefined => findField(node, name);
  return {
    text: (name) => textOf(find(name), `${place}.${name}`),
    integer: (name) => integerOf(find(name), `${place}.${name}`),
    boolean: (name) => booleanOf(find(name), `${place}.${name}`),
    list: (name) => listOf(find(name), `${place}.${name}`),
    texts: (name) => textsOf(find(name), `${place}.${name}`),
  };
}

function findField(map: MapNode, name: string): Node | undefined {
  const entries = map.items.filter((item) => item.kind === "entry");
  const entry = entries.findLast(({ key }) => key === name) ?? entries.find(({ key }) => key.toLowerCase() === name);
  if (entry === undefined) return undefined;
  return entry.value.kind === "leaf" && entry.value.value.type === "null" ? undefined : entry.value;
}

function misfit(place: string, wanted: string): SopsError {
  return new SopsError("METADATA_INVALID", `the sops metadata has something else than ${wanted} in ${place}`, {
    place: { field: place },
  });
}

function scalarOf(node: Node): Scalar | undefined {
  return node.kind === "leaf" && node.value.type !== "comment" ? node.value : undefined;
}

function textOf(node: Node | undefined, place: string): string {
  if (node === undefined) return "";
  const value = scalarOf(node);
  const text = value === undefined ? null : scalarText(value);
  if (text === null) throw misfit(place, "text");
  return text;
}

function scalarText(value: Scalar): string | null {
  switch (value.type) {
    case "str":
    case "time":
      return value.text;
    case "bytes":
      return utf8(value.bytes);
    case "int":
      return value.value.toString();
    case "float":
      return floatPlaintext(value.value);
    case "bool":
      return value.value ? "1" : "0";
    case "null":
      return "";
  }
}

function integerOf(node: Node | undefined, place: string): number {
  if (node === undefined) return 0;
  const value = scalarOf(node);
  const number = value === undefined ? Number.NaN : scalarInteger(value);
  if (!Number.isSafeInteger(number)) throw misfit(place, "an integer");
  return number;
}

function scalarInteger(value: Scalar): number {
  switch (value.type) {
    case "int":
    case "float":
    case "bool":
      return Number(value.value);
    case "str":
      if (value.text === "") return 0;
      // Releases up to 3.10 wrote `2.000000` into INI files.
      if (/^[-+]?\d+\.0+$/.test(value.text)) return Number(value.text);
      return goInteger(value.text);
    default:
      return Number.NaN;
  }
}

/** As Go's `strconv.ParseInt` with base 0: a leading zero means octal. */
function goInteger(text: string): number {
  const match = /^([-+]?)(0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9]\d*)$/.exec(text);
  if (match === null) return Number.NaN;
  const [, sign, digits = ""] = match;
  const size = Number(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return sign === "-" ? -size : size;
}

function booleanOf(node: Node | undefined, place: string): boolean {
  if (node === undefined) return false;
  const value = scalarOf(node);
  if (value?.type === "bool") return value.value;
  if (value?.type === "int" || value?.type === "float") return Number(value.value) !== 0;
  if (value?.type === "str") {
    if (/^(?:1|t|T|TRUE|true|True)$/.test(value.text)) return true;
    if (/^(?:0|f|F|FALSE|false|False|)$/.test(value.text)) return false;
  }
  throw misfit(place, "true or false");
}

function listOf(node: Node | undefined, place: string): Fields[] {
  if (node === undefined) return [];
  if (node.kind === "map") return node.items.some(({ kind }) => kind === "entry") ? [fieldsOf(node, place)] : [];
  if (node.kind !== "list") throw misfit(place, "a list");
  const items = node.items.filter(
    (item) => item.kind !== "leaf" || (item.value.type !== "comment" && item.value.type !== "null"),
  );
  return items.map((item, at) => fieldsOf(item, `${place}[${at}]`));
}

function textsOf(node: Node | undefined, place: string): Readonly<Record<string, string>> {
  const texts = Object.create(null) as Record<string, string>;
  if (node === undefined) return texts;
  if (node.kind !== "map") throw misfit(place, "a map of texts");
  for (const item of node.items) {
    if (item.kind === "entry") texts[item.key] = textOf(item.value, place);
  }
  return texts;
}
