/** The vectors of other projects, which lie beside the checkout where they are at hand; nothing of them is kept here. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const vectorsFolder: string = join(import.meta.dirname, "../../../shared/vectors");
export const vectorsAreThere: boolean = existsSync(vectorsFolder);

export function readVector(...path: string[]): string {
  return readFileSync(join(vectorsFolder, ...path), "utf8");
}

export interface GeneratedCase {
  readonly name: string;
  readonly file: string;
  readonly store: string;
  readonly data_key_hex: string;
  readonly open_with?: readonly string[];
  readonly expect: Readonly<
    Record<string, { readonly stdout_file?: string; readonly exit_code?: number; readonly error?: string }>
  >;
}

export interface GeneratedManifest {
  readonly identities: Readonly<Record<string, { readonly identity?: string; readonly recipient?: string }>>;
  readonly cases: readonly GeneratedCase[];
}

export function generatedManifest(): GeneratedManifest {
  return JSON.parse(readVector("sops/generated/manifest.json")) as GeneratedManifest;
}
