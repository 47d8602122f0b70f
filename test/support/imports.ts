/** Reads the imports of a source file, well enough for files that oxfmt has laid out. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));

export interface Import {
  /** A file of ours as a path from the root of the checkout, otherwise the specifier: `node:fs`, `yaml`. */
  readonly target: string;
  /** `type` is gone at run time, `lazy` is `import()`. */
  readonly kind: "value" | "type" | "lazy";
}

/** The TypeScript files below a folder of the checkout, as paths from its root. */
export function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => posix.join(folder, name.replaceAll("\\", "/")))
    .filter((path) => path.endsWith(".ts"))
    .toSorted();
}

/** The text without comments, so that a word in one is not taken for code. */
export function codeOf(file: string): string {
  return withoutComments(readFileSync(join(root, file), "utf8"));
}

export function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[^]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "$1");
}

export function importsIn(code: string, file: string): Import[] {
  const statement = /^(?:import|export)\s+(type\s)?[^"';]*?\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"/gm;
  const found: Import[] = [...code.matchAll(statement)].map(([, type, from, bare]) => ({
    target: resolve(from ?? bare ?? "", file),
    kind: type === undefined ? "value" : "type",
  }));
  for (const [, specifier] of code.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g)) {
    found.push({ target: resolve(specifier ?? "", file), kind: "lazy" });
  }
  return found;
}

function resolve(specifier: string, file: string): string {
  return specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : specifier;
}
