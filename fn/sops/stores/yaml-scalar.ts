import { SopsError } from "../../errors.ts";
import { parseGoFloat } from "../float.ts";
import { utf8 } from "../plaintext.ts";
import { normalTime } from "../time.ts";
import type { Scalar } from "../tree.ts";
import { decodeBase64 } from "../value.ts";

const UINT64_MAX = 2n ** 64n - 1n;
const INT64_MIN = -(2n ** 63n);
const YAML_FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const INTEGER = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9]\d{0,19}))$/;
const TIMESTAMP =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt](\d\d?):(\d\d?):(\d\d?)([.,]\d+)?(Z|[+-]\d\d:\d\d)| (\d\d?):(\d\d?):(\d\d?)([.,]\d+)?)?$/;

/** Only these spellings: `tRUE` and `yes` are text. */
const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...["", "~", "null", "Null", "NULL"].map((word): [string, Scalar] => [word, { type: "null" }]),
  ...["true", "True", "TRUE"].map((word): [string, Scalar] => [word, { type: "bool", value: true }]),
  ...["false", "False", "FALSE"].map((word): [string, Scalar] => [word, { type: "bool", value: false }]),
  ...[".nan", ".NaN", ".NAN"].map((word): [string, Scalar] => [word, { type: "float", value: Number.NaN }]),
  ...[".inf", ".Inf", ".INF"].flatMap((word): [string, Scalar][] => [
    [word, { type: "float", value: Number.POSITIVE_INFINITY }],
    [`+${word}`, { type: "float", value: Number.POSITIVE_INFINITY }],
    [`-${word}`, { type: "float", value: Number.NEGATIVE_INFINITY }],
  ]),
]);

/**
 * The type of an unquoted, untagged scalar by the rules of `go.yaml.in/yaml/v3` (`resolve.go`), which decide what bytes
 * the MAC covers: mostly YAML 1.2, but with octal `017`, `1_000` and timestamps. Integers up to uint64 are `int`; the
 * reference cannot encrypt those beyond int64, yet they may stand in clear.
 */
export function resolvePlain(text: string): Scalar {
  return WORDS.get(text) ?? timestamp(text) ?? number(text) ?? { type: "str", text };
}

/**
 * The value of a scalar with an explicit tag, in the form `!!int` or `tag:yaml.org,2002:int`. Tags that YAML does not
 * define, such as `!vault`, leave the text as it is.
 *
 * @param plain whether the scalar is unquoted; it matters for the tag `!` alone.
 * @throws SopsError FILE_UNSUPPORTED if the text is not of the type the tag names.
 */
export function resolveTagged(tag: string, text: string, plain: boolean): Scalar {
  const short = tag.startsWith("tag:yaml.org,2002:") ? `!!${tag.slice("tag:yaml.org,2002:".length)}` : tag;
  switch (short) {
    case "!":
      return plain ? resolvePlain(text) : { type: "str", text };
    case "!!binary":
      return binary(text);
    case "!!bool":
    case "!!null":
      return ofType(short, short.slice(2), WORDS.get(text));
    case "!!int":
      return ofType(short, "int", number(text));
    case "!!float":
      return ofType(short, "float", asFloat(WORDS.get(text) ?? number(text)));
    case "!!timestamp":
      return ofType(short, "time", timestamp(text));
    default:
      return { type: "str", text };
  }
}

function ofType(tag: string, type: string, value: Scalar | undefined): Scalar {
  if (value?.type === type) return value;
  throw new SopsError("FILE_UNSUPPORTED", `a value is tagged ${tag} and is no such value`);
}

function asFloat(value: Scalar | undefined): Scalar | undefined {
  return value?.type === "int" ? { type: "float", value: Number(value.value) } : value;
}

function binary(text: string): Scalar {
  // A literal block of base64 has blanks only by its indentation, which the YAML reader has already taken away.
  const bytes = decodeBase64(text);
  if (bytes === null) throw new SopsError("FILE_UNSUPPORTED", "a value is tagged !!binary and is not base64");
  const decoded = utf8(bytes);
  return decoded === null ? { type: "bytes", bytes } : { type: "str", text: decoded };
}

function timestamp(text: string): Scalar | undefined {
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [, year = "", month = "", day = "", ...rest] = match;
  const [hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] =
    rest[0] === undefined ? rest.slice(5) : rest;
  const two = (digits: string): string => digits.padStart(2, "0");
  const time = `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${fraction}${zone}`;
  const normal = normalTime(time);
  return normal === null ? undefined : { type: "time", text: normal };
}

function number(text: string): Scalar | undefined {
  if (text.startsWith(".")) return float(text);
  if (!/^[-+\d]/.test(text)) return undefined;
  const plain = text.replaceAll("_", "");
  const int = integer(plain);
  if (int !== undefined) return { type: "int", value: int };
  return YAML_FLOAT.test(plain) ? float(plain) : undefined;
}

function float(text: string): Scalar | undefined {
  const value = parseGoFloat(text);
  return value === null ? undefined : { type: "float", value };
}

function integer(text: string): bigint | undefined {
  const match = INTEGER.exec(text);
  if (match === null) return undefined;
  const [, sign = "", hex, bin, octal, decimal = ""] = match;
  const literal =
    hex !== undefined ? `0x${hex}` : bin !== undefined ? `0b${bin}` : octal !== undefined ? `0o${octal}` : decimal;
  const value = sign === "-" ? -BigInt(literal) : BigInt(literal);
  if (value < INT64_MIN || value > UINT64_MAX) return undefined;
  // Go reads the uint64 range without a sign only; a signed literal beyond int64 goes on to be a float.
  return sign === "+" && value > 2n ** 63n - 1n ? undefined : value;
}
