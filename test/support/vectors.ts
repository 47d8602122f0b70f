/** The vectors of other projects, which lie beside the checkout where they are at hand; nothing of them is kept here. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Format } from "../../fn/sops/stores/store.ts";

export const vectorsFolder: string = join(import.meta.dirname, "../../../shared/vectors");
export const vectorsAreThere: boolean = existsSync(vectorsFolder);

export function readVector(...path: string[]): string {
  return readFileSync(join(vectorsFolder, ...path), "utf8");
}

export function readVectorBytes(...path: string[]): Buffer {
  return readFileSync(join(vectorsFolder, ...path));
}

interface GeneratedCase {
  readonly name: string;
  readonly file: string;
  readonly store: Format;
  readonly data_key_hex: string;
  readonly open_with?: readonly string[];
  readonly expect: Readonly<
    Record<string, { readonly stdout_file?: string; readonly exit_code?: number; readonly error?: string }>
  >;
  readonly extract?: readonly {
    readonly path: string;
    readonly output_type: Format;
    readonly exit_code: number;
    readonly stdout?: string;
  }[];
}

/** A file of SOPS' repository in some release, with what the reference made of it. */
export interface KnownFile {
  readonly file: string;
  readonly store: Format;
  readonly encrypted: boolean;
  readonly data_key_hex?: string;
  readonly result?: { readonly ok: boolean | null; readonly stdout_file?: string; readonly exit_code?: number };
  readonly result_ignore_mac?: KnownFile["result"];
}

export function knownFiles(): KnownFile[] {
  return JSON.parse(readVector("sops/expected/index.json")) as KnownFile[];
}

export interface GeneratedManifest {
  readonly identities: Readonly<Record<string, { readonly identity?: string; readonly recipient?: string }>>;
  readonly cases: readonly GeneratedCase[];
}

export function generatedManifest(): GeneratedManifest {
  return JSON.parse(readVector("sops/generated/manifest.json")) as GeneratedManifest;
}
