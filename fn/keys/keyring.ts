import { asSopsError, SopsError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { explainUnopened } from "./explain.ts";
import type { Unopened } from "./explain.ts";
import { safeText } from "./provider.ts";
import type {
  Credential,
  CredentialReport,
  KeyKind,
  KeyProvider,
  Look,
  SourceFindings,
  WrappedKey,
} from "./provider.ts";
import { loadProvider, providers } from "./registry.ts";
import type { ProviderEntry, Registry } from "./registry.ts";

interface Unwrapping {
  readonly secret: Promise<Secret | null>;
  readonly signal: AbortSignal;
}

/**
 * All keys at hand for one run. Opens each wrapped key once, however many files carry it and however many ask at the
 * same time, and loads a provider only when a key needs it.
 */
export class KeyRing {
  readonly #credentials: readonly Credential[];
  readonly #looked: readonly Look[];
  readonly #registry: Registry;
  readonly #providers: Map<KeyKind, Promise<KeyProvider>> = new Map();
  readonly #unwrapped: Map<string, Unwrapping> = new Map();
  #wiped = false;

  /**
   * @param findings what the sources found; the ring owns the credentials from now on.
   * @param registry the providers to use instead of all that this version has.
   */
  constructor(findings: readonly SourceFindings[], registry: Registry = providers) {
    this.#credentials = findings.flatMap(({ credentials }) => credentials);
    this.#looked = findings.flatMap(({ looked }) => looked);
    this.#registry = registry;
  }

  /**
   * Opens a wrapped key. Failures are remembered like successes, except when `signal` ended the attempt.
   *
   * @returns a copy that the caller may wipe, or `null` if no credential belongs to the key or this version has no
   *   provider for its kind.
   * @throws SopsError KEY_* if a credential belongs to it but could not open it, or its provider cannot be loaded; the
   *   reason of `signal` if that was given up.
   */
  async unwrap(key: WrappedKey, signal: AbortSignal = new AbortController().signal): Promise<Secret | null> {
    signal.throwIfAborted();
    this.#assertNotWiped();
    const name = memoName(key);
    let unwrapping = this.#unwrapped.get(name);
    if (unwrapping === undefined) {
      unwrapping = { secret: this.#open(key, signal), signal };
      this.#unwrapped.set(name, unwrapping);
    }
    try {
      const secret = await unwrapping.secret;
      this.#assertNotWiped();
      return secret === null ? null : new Secret(Uint8Array.from(secret.reveal()));
    } catch (error) {
      if (!unwrapping.signal.aborted) throw asSopsError(error);
      if (this.#unwrapped.get(name) === unwrapping) this.#unwrapped.delete(name);
      signal.throwIfAborted();
      // Somebody else gave up, not this caller.
      return this.unwrap(key, signal);
    }
  }

  /**
   * Says why a file could not be opened: which keys it wants, which are at hand and from where, where else was looked.
   *
   * @returns the error to throw: NO_KEY_MATCHED, or SHAMIR_THRESHOLD if some groups of several were opened.
   */
  async explain(unopened: Unopened): Promise<SopsError> {
    const kinds = [...new Set(this.#credentials.map(({ kind }) => kind))];
    const reports = await Promise.all(kinds.map((kind) => this.#report(kind)));
    const supported = Object.keys(this.#registry) as KeyKind[];
    return explainUnopened({ ...unopened, reports: reports.flat(), looked: this.#looked, supported });
  }

  /**
   * The key sources that are there and cannot be used, for a warning when all else went well. Looks only into
   * credentials whose provider was needed for a key.
   *
   * @returns SopsErrors of code KEY_SOURCE.
   */
  async problems(): Promise<readonly SopsError[]> {
    const reports = await Promise.all([...this.#providers.keys()].map((kind) => this.#report(kind)));
    return [
      ...reports.flat().flatMap(({ origin, problem }) => (problem === undefined ? [] : [unusable(origin, problem)])),
      ...this.#looked.flatMap(({ where, found, problem }) => (problem === true ? [unusable(where, found)] : [])),
    ];
  }

  /** Overwrites all credentials and opened keys. The ring cannot be used after it; copies it gave away can. */
  wipe(): void {
    this.#wiped = true;
    for (const { text } of this.#credentials) text.wipe();
    for (const { secret } of this.#unwrapped.values())
      void secret.then(
        (opened) => opened?.wipe(),
        () => undefined,
      );
    this.#unwrapped.clear();
    this.#providers.clear();
  }

  #assertNotWiped(): void {
    if (this.#wiped) throw new SopsError("INTERNAL", "the key ring was used after its keys had been wiped");
  }

  async #open(key: WrappedKey, signal: AbortSignal): Promise<Secret | null> {
    const entry = this.#registry[key.kind];
    if (entry === undefined) return null;
    if (entry.ambient !== true && !this.#credentials.some(({ kind }) => kind === key.kind)) return null;
    const provider = await this.#provider(key.kind, entry);
    return provider.unwrap(key, signal);
  }

  #provider(kind: KeyKind, entry: ProviderEntry): Promise<KeyProvider> {
    let provider = this.#providers.get(kind);
    if (provider === undefined) {
      const credentials = this.#credentials.filter((credential) => credential.kind === kind);
      provider = loadProvider(kind, entry).then((module) => module.create(credentials));
      this.#providers.set(kind, provider);
    }
    return provider;
  }

  /** A report that cannot be had is left out: it must not hide the error it was to explain. */
  async #report(kind: KeyKind): Promise<readonly CredentialReport[]> {
    const entry = this.#registry[kind];
    if (entry === undefined) return [];
    try {
      return await (await this.#provider(kind, entry)).report();
    } catch {
      return [];
    }
  }
}

function unusable(where: string, why: string): SopsError {
  const place = safeText(where);
  return new SopsError("KEY_SOURCE", `the key source ${place} cannot be used: ${why}`, {
    tags: { source: place },
    hint: "make it usable, or take it away",
  });
}

/** The recipient of an age entry and the fingerprint of a PGP one are labels that do not take part in opening it. */
function memoName(key: WrappedKey): string {
  return JSON.stringify(key.kind === "age" || key.kind === "pgp" ? [key.kind, key.enc] : key);
}
