import type { Secret } from "../secret.ts";
import type { KeyKind, WrappedKey } from "../sops/wrapped-key.ts";

/** Key material as a source found it, not yet looked into. */
export interface Credential {
  readonly kind: KeyKind;
  readonly text: Secret;
  /** Where it came from, for messages: `SOPS_AGE_KEY`, `/keys/sops.agekey`. */
  readonly origin: string;
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
