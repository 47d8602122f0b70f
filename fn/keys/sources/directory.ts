import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { keySecretEntry } from "../../flux/key-secret.ts";
import type { Credential, Look, SourceFindings } from "../provider.ts";
import { isKeyMaterial, readFailure, readKeyFile } from "./key-file.ts";

const MAX_ENTRIES = 1000;
/** More would bury the rest of a message. */
const MAX_NOTES = 10;

/**
 * Finds credentials in a mounted key Secret, by Flux's names for its entries. Links are followed, because Kubernetes
 * mounts every entry as a link into `..data`; names that begin with `..` are its own. Never throws: what is missing,
 * unreadable or misnamed is in `looked`.
 */
export async function fromDirectory(path: string): Promise<SourceFindings> {
  if (isKeyMaterial(path)) {
    const found = "holds key material where the path of a directory belongs";
    return { credentials: [], looked: [{ where: "a key directory", found, problem: true }] };
  }
  let names: string[];
  try {
    names = (await readdir(path)).filter((name) => !name.startsWith("..")).toSorted();
  } catch (error) {
    return { credentials: [], looked: [{ where: path, ...directoryFailure(error), problem: true }] };
  }
  const credentials: Credential[] = [];
  const notes: Look[] = [];
  for (const name of names.slice(0, MAX_ENTRIES)) {
    const entry = keySecretEntry(name);
    if (entry === null) continue;
    const where = join(path, name);
    if ("note" in entry) {
      notes.push({ where, found: entry.note, problem: true });
      continue;
    }
    const file = await readKeyFile(where, { pipes: false });
    if ("text" in file) credentials.push({ kind: entry.kind, text: file.text, origin: where });
    else notes.push({ where, ...file, problem: true });
  }
  const looked: Look[] = [
    { where: path, found: summary(names.length, credentials.length) },
    ...notes.slice(0, MAX_NOTES),
  ];
  if (notes.length > MAX_NOTES)
    looked.push({ where: path, found: `${notes.length - MAX_NOTES} more entries not usable` });
  return { credentials, looked };
}

function directoryFailure(error: unknown): Omit<Look, "where"> {
  const failure = readFailure(error, "no such directory");
  return failure.found.includes("ENOTDIR") ? { found: "not a directory" } : failure;
}

function summary(names: number, credentials: number): string {
  if (names === 0) return "empty";
  const limit = names > MAX_ENTRIES ? `, of which only the first ${MAX_ENTRIES} were looked at` : "";
  const entries = names === 1 ? "1 entry" : `${names} entries`;
  return credentials > 0 ? entries + limit : `${entries}${limit}, no usable key among them`;
}
