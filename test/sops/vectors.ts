import { existsSync, readFileSync } from "node:fs";

/** Results of the reference that are too many to live here; a test that needs them is skipped where they are absent. */
const root = new URL("../../../shared/vectors/sops/", import.meta.url);

export const haveVectors: boolean = existsSync(root);

export function vectorText(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

export function vectorJson<T>(path: string): T {
  return JSON.parse(vectorText(path)) as T;
}
