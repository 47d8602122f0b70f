const SHOWN = "[secret]";

/**
 * Bytes that must not be shown: data keys, identities, tokens. Whatever prints it (`String`, JSON, `console.log`,
 * `util.inspect` at any depth) gets `[secret]`; only {@link Secret.reveal} hands the bytes out.
 */
export class Secret {
  readonly #bytes: Uint8Array;

  /** Takes the bytes over; the caller must not keep or change them. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  static fromText(text: string): Secret {
    return new Secret(new TextEncoder().encode(text));
  }

  /** The bytes themselves, not a copy, so that {@link Secret.wipe} reaches them. */
  reveal(): Uint8Array {
    return this.#bytes;
  }

  revealText(): string {
    return new TextDecoder().decode(this.#bytes);
  }

  /** Overwrites the bytes with zeros. Strings made from them stay in memory until collected. */
  wipe(): void {
    this.#bytes.fill(0);
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }
}

// Defined from outside, because a declaration file cannot name the computed method.
Object.defineProperty(Secret.prototype, Symbol.for("nodejs.util.inspect.custom"), { value: (): string => SHOWN });
