import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type ErrorCode, SopsError } from "../errors.ts";

/**
 * Reads a file that a person has named.
 *
 * @throws SopsError INPUT_MISSING, INPUT_UNREADABLE
 */
export function readWhole(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const missing = codeOf(error) === "ENOENT";
    throw failure(
      missing ? "INPUT_MISSING" : "INPUT_UNREADABLE",
      path,
      missing ? "there is no such file" : `the file cannot be read (${codeOf(error)})`,
    );
  }
}

/**
 * Writes a file for its owner only: the whole of it or nothing, over whatever was there. A device or pipe is written to
 * as it is.
 *
 * @throws SopsError OUTPUT_UNWRITABLE
 */
export function writeWhole(path: string, content: Uint8Array): void {
  guarded(path, () => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined && !found.isFile()) writeFileSync(path, content);
    else replace(found === undefined ? path : realpathSync(path), content, 0o600);
  });
}

/**
 * Puts something else into an existing file, which keeps its mode and, if that is allowed, its owner. A symbolic link
 * stays one.
 *
 * @throws SopsError OUTPUT_UNWRITABLE; the file is then as it was.
 */
export function replaceWhole(path: string, content: Uint8Array): void {
  guarded(path, () => {
    const target = realpathSync(path);
    const found = statSync(target);
    if (!found.isFile()) throw new Error("not a regular file");
    replace(target, content, found.mode & 0o7777, found);
  });
}

/** Nothing in here waits, so that no signal can end the process between creating the file beside it and renaming. */
function replace(target: string, content: Uint8Array, mode: number, owner?: Stats): void {
  const beside = join(dirname(target), `.decrypt-sops-${randomBytes(8).toString("hex")}.tmp`);
  const descriptor = openSync(beside, "wx", 0o600);
  try {
    try {
      writeFileSync(descriptor, content);
      if (owner !== undefined) keepOwner(descriptor, owner);
      fchmodSync(descriptor, mode);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

function keepOwner(descriptor: number, { uid, gid }: Stats): void {
  try {
    fchownSync(descriptor, uid, gid);
  } catch {
    // Only root may give files away; everybody else owns the new one.
  }
}

function guarded(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw failure("OUTPUT_UNWRITABLE", path, `the file cannot be written (${codeOf(error)})`);
  }
}

/** The short name of a system error, which holds no text of the file. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^E[A-Z0-9]+$/.test(code) ? code : "not a regular file";
}

function failure(code: ErrorCode, file: string, message: string): SopsError {
  return new SopsError(code, message, { place: { file } });
}
