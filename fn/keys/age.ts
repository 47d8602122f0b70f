import { armor, Decrypter, identityToRecipient } from "age-encryption";
import { SopsError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { identitiesIn } from "./age-identities.ts";
import { keyLabel } from "./provider.ts";
import type { Credential, CredentialReport, KeyProvider, WrappedKey } from "./provider.ts";

type AgeKey = Extract<WrappedKey, { kind: "age" }>;

/** A credential after reading: usable with all of its identities, or not at all. */
type Opened =
  | { readonly origin: string; readonly identities: readonly string[]; readonly decrypter: Decrypter }
  | { readonly origin: string; readonly problem: string };

/** The npm packages this provider imports. */
export const needs: readonly string[] = ["age-encryption"];

/** Thrown through age-encryption, which has no other way to tell "nothing matched" from "damaged" than its wording. */
const NOTHING_MATCHED: Error = new Error("nothing matched");

/**
 * The provider for age: X25519 (`AGE-SECRET-KEY-1…`) and hybrid ML-KEM-768 (`AGE-SECRET-KEY-PQ-1…`) identities. Like
 * SOPS it tries every identity on every entry; the `recipient` of an entry is only a label.
 */
export function create(credentials: readonly Credential[]): KeyProvider<AgeKey> {
  let opened: readonly Opened[] | undefined;
  let reports: Promise<readonly CredentialReport[]> | undefined;
  const open = (): readonly Opened[] => (opened ??= credentials.map(openCredential));
  return {
    kind: "age",
    unwrap: (key, signal) => unwrap(key, open(), signal),
    report: () => (reports ??= Promise.all(open().map(report))),
  };
}

async function unwrap(key: AgeKey, credentials: readonly Opened[], signal: AbortSignal): Promise<Secret | null> {
  signal.throwIfAborted();
  const decrypters = credentials.flatMap((credential) => ("decrypter" in credential ? [credential.decrypter] : []));
  if (decrypters.length === 0) return null;
  const file = dearmor(key);
  for (const decrypter of decrypters) {
    try {
      return new Secret(await decrypter.decrypt(file));
    } catch (error) {
      if (error !== NOTHING_MATCHED) throw corrupt(key, "its header or payload cannot be read");
    }
    signal.throwIfAborted();
  }
  return null;
}

/** Undoes the armor; tolerates the line ends and blanks that editors and YAML tools leave behind. */
function dearmor(key: AgeKey): Uint8Array {
  const lines = key.enc.split(/[\r\n]+/).map((line) => line.trim());
  try {
    return armor.decode(lines.filter((line) => line !== "").join("\n"));
  } catch {
    throw corrupt(key, "its armor is not complete");
  }
}

function corrupt(key: AgeKey, why: string): SopsError {
  const name = keyLabel(key);
  return new SopsError("KEY_CORRUPT", `the data key wrapped for ${name} is damaged: ${why}`, {
    hint: "restore the entry under sops.age from an older version of the file",
    tags: { kind: "age", key: name },
  });
}

function openCredential({ origin, text }: Credential): Opened {
  const found = identitiesIn(text.revealText());
  if ("problem" in found) return { origin, problem: found.problem };
  const decrypter = new Decrypter();
  const identities: string[] = [];
  for (const { identity, line } of found.identities) {
    try {
      decrypter.addIdentity(identity);
    } catch {
      // The library's message quotes the whole private key.
      return { origin, problem: `line ${line} is a damaged age identity: its length or checksum is wrong` };
    }
    identities.push(identity);
  }
  // Asked last, so it is asked exactly if no identity before it opened a stanza or choked on one.
  decrypter.addIdentity({
    unwrapFileKey: () => {
      throw NOTHING_MATCHED;
    },
  });
  return { origin, identities, decrypter };
}

async function report(credential: Opened): Promise<CredentialReport> {
  if ("problem" in credential) return { origin: credential.origin, identities: [], problem: credential.problem };
  const recipients = await Promise.all(credential.identities.map((identity) => identityToRecipient(identity)));
  return { origin: credential.origin, identities: recipients };
}
