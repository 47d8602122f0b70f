import { open, stat } from "node:fs/promises";
import { Secret } from "../../secret.ts";
import type { Look } from "../provider.ts";

const MAX_BYTES: number = 1024 * 1024;

/** The bytes of a key file, or why there are none. */
export type KeyFile = { readonly text: Secret } | Omit<Look, "where">;

/**
 * Reads one key file, following links. Regular files only, and pipes where `pipes` says so: a folder must not make us
 * wait, but `SOPS_AGE_KEY_FILE=<(command)` is common.
 */
export async function readKeyFile(path: string, { pipes }: { readonly pipes: boolean }): Promise<KeyFile> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return { found: "a directory, not a file", problem: true };
    if (!stats.isFile() && !(pipes && stats.isFIFO())) return { found: "not a regular file", problem: true };
    const bytes = await readAtMost(path, MAX_BYTES);
    if (bytes === null) return { found: "larger than 1 MiB", problem: true };
    return isBlank(bytes) ? { found: "empty", problem: true } : { text: new Secret(bytes) };
  } catch (error) {
    return readFailure(error, "no such file");
  }
}

/** What a failed file operation means to the reader of a message; nothing of the error's own text. */
export function readFailure(error: unknown, missing: string): Omit<Look, "where"> {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT") return { found: missing };
  return { found: /^[A-Z][A-Z0-9_]+$/.test(code) ? `not readable (${code})` : "not readable", problem: true };
}

/** Whether somebody set a path to the key itself, so that naming the path would show the key. */
export function isKeyMaterial(path: string): boolean {
  return /AGE-SECRET-KEY-|-----BEGIN|[\r\n]/i.test(path);
}

/** Reads until the end rather than by the size of the file, which is 0 for pipes and some mounts. */
async function readAtMost(path: string, limit: number): Promise<Uint8Array | null> {
  const file = await open(path);
  try {
    let bytes = Buffer.alloc(4096);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
      length += bytesRead;
      if (length > limit) return null;
      if (bytesRead === 0) return Uint8Array.prototype.slice.call(bytes, 0, length);
      if (length === bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2);
    }
  } finally {
    await file.close();
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}
