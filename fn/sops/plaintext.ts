import { SopsError } from "../errors.ts";
import { floatPlaintext, parseGoFloat } from "./float.ts";
import { normalTime } from "./time.ts";
import type { LeafValue, Scalar } from "./tree.ts";

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const TRUE = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/** The bytes a value has inside the cipher and in the MAC. A null has none: it is neither encrypted nor hashed. */
export function plaintextOf(value: Scalar): Uint8Array | string {
  switch (value.type) {
    case "str":
    case "time":
      return value.text;
    case "bytes":
      return value.bytes;
    case "int":
      return value.value.toString();
    case "float":
      return floatPlaintext(value.value);
    case "bool":
      return value.value ? "True" : "False";
    case "null":
      return "";
  }
}

/**
 * Reads decrypted bytes by the type tag of the encrypted value.
 *
 * @throws SopsError VALUE_TYPE if the bytes are not a value of that type, or the type is not one of SOPS.
 */
export function typedPlaintext(bytes: Uint8Array, type: string): LeafValue {
  if (type === "bytes") return { type: "bytes", bytes };
  const text = utf8(bytes);
  if (type === "str") return text === null ? { type: "bytes", bytes } : { type: "str", text };
  const value = text === null ? null : typed(text, type);
  if (value !== null) return value;
  const known = type === "comment" || SIMPLE_TYPES.has(type);
  throw new SopsError(
    "VALUE_TYPE",
    known
      ? `the decrypted bytes are not of the type ${type} the value is marked with`
      : "the value is marked with a type that SOPS does not have",
  );
}

const SIMPLE_TYPES = new Set(["int", "float", "bool", "time"]);

function typed(text: string, type: string): LeafValue | null {
  switch (type) {
    case "comment":
      return { type: "comment", text };
    case "int": {
      const value = /^[+-]?\d+$/.test(text) ? BigInt(text.replace(/^\+/, "")) : null;
      return value === null || value > INT64_MAX || value < INT64_MIN ? null : { type: "int", value };
    }
    case "float": {
      const value = parseGoFloat(text);
      return value === null ? null : { type: "float", value };
    }
    case "bool":
      return TRUE.has(text) ? { type: "bool", value: true } : FALSE.has(text) ? { type: "bool", value: false } : null;
    case "time": {
      const time = normalTime(text);
      return time === null ? null : { type: "time", text: time };
    }
    default:
      return null;
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of valid UTF-8, a leading byte order mark included; otherwise `null`. */
export function utf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
