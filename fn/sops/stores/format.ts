import { isSopsError } from "../../errors.ts";
import { loadJson } from "./json-reader.ts";
import type { Format } from "./store.ts";

const ENDINGS: readonly (readonly [string, Format])[] = [
  [".yaml", "yaml"],
  [".yml", "yaml"],
  [".json", "json"],
  [".env", "dotenv"],
  [".ini", "ini"],
];

/** The format of a file by its name, as SOPS' `formats.FormatForPath`: by the ending, in lower case, else binary. */
export function formatOf(name: string): Format {
  return ENDINGS.find(([ending]) => name.endsWith(ending))?.[1] ?? "binary";
}

/**
 * The format of an encrypted file by its content: by the form its metadata have. For a text without metadata, which is
 * no SOPS file in any format, it is a guess.
 */
export function sniff(text: string): Format {
  if (/^\s*\{/.test(text)) return sniffBraces(text);
  if (/^sops_[a-z]\w*=/m.test(text)) return "dotenv";
  return /^[ \t]*\[sops\]/m.test(text) ? "ini" : "yaml";
}

function sniffBraces(text: string): Format {
  try {
    const keys = loadJson(text).items.map((item) => (item.kind === "entry" ? item.key : ""));
    return keys.length === 2 && keys.includes("data") && keys.includes("sops") ? "binary" : "json";
  } catch (error) {
    if (!isSopsError(error)) throw error;
    // A YAML file in flow style begins with a brace too.
    return "yaml";
  }
}
