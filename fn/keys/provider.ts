import type { Secret } from "../secret.ts";
import { keyName } from "../sops/wrapped-key.ts";
import type { KeyKind, WrappedKey } from "../sops/wrapped-key.ts";

export type { KeyKind, WrappedKey } from "../sops/wrapped-key.ts";

/** Key material as a source found it, not yet looked into. */
export interface Credential {
  readonly kind: KeyKind;
  readonly text: Secret;
  /** Where it came from, for messages: `SOPS_AGE_KEY`, `/keys/sops.agekey`. */
  readonly origin: string;
}

/** One place where a source looked for credentials, whether or not there were any. */
export interface Look {
  /** A variable, a path, or both: `SOPS_AGE_KEY_FILE (/keys.txt)`. */
  readonly where: string;
  /** What was there, never its contents: `not set`, `no such file`, `2 entries`. */
  readonly found: string;
  /** Set if somebody wanted keys to be found there and they cannot be: worth a warning even when all went well. */
  readonly problem?: true;
}

/** What one source has to offer. */
export interface SourceFindings {
  readonly credentials: readonly Credential[];
  readonly looked: readonly Look[];
}

/** What a provider made of one credential; public facts only. */
export interface CredentialReport {
  readonly origin: string;
  /** Public names of the identities in it: recipients, fingerprints. */
  readonly identities: readonly string[];
  /** Why it cannot be used, with a line number where there is one, never its text. */
  readonly problem?: string;
}

/** Opens wrapped data keys of one kind. Implementations hold credentials; they never log. */
export interface KeyProvider<K extends WrappedKey = WrappedKey> {
  readonly kind: K["kind"];
  /**
   * @returns the data key (or Shamir share), or `null` if no credential here belongs to `key`.
   * @throws SopsError KEY_* only when a credential belongs to it but opening failed. "Denied" is never `null`.
   */
  unwrap(key: K, signal: AbortSignal): Promise<Secret | null>;
  /** What is at hand. Asked for only when something went wrong, so it may take its time. */
  report(): Promise<readonly CredentialReport[]>;
}

/** What each provider file exports. */
export interface ProviderModule<K extends WrappedKey = WrappedKey> {
  /** The npm packages it imports; a test holds this against its imports. */
  readonly needs: readonly string[];
  create(credentials: readonly Credential[]): KeyProvider<K>;
}

const PRIVATE_KEY = /AGE-(?:SECRET-KEY|PLUGIN)-[\w-]*|-----BEGIN[^]*/gi;

/**
 * Makes a name from a document, a variable or a folder fit for a message: one line, and without the private key that
 * somebody pasted where a name belongs.
 */
export function safeText(text: string): string {
  return text.replace(PRIVATE_KEY, "[secret]").replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ");
}

/** {@link safeText}, cut in the middle where a message cannot bear it: hybrid age recipients have 1,959 letters. */
export function shortText(text: string): string {
  const safe = safeText(text);
  return safe.length <= 160 ? safe : `${safe.slice(0, 24)}…${safe.slice(-12)}`;
}

/** Names a key in messages the way its owner knows it. */
export function keyLabel(key: WrappedKey): string {
  return shortText(keyName(key));
}
