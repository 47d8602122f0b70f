/**
 * Everything that can go wrong, as codes that callers may switch on. A code never changes its meaning; new ones may
 * come with a minor version.
 */
export type ErrorCode =
  /** The input could not be read: not UTF-8, not YAML or JSON, nested too deeply, too large. */
  | "FILE_SYNTAX"
  | "FILE_LIMIT"
  /** The file is readable but cannot be a SOPS file of this format. */
  | "FILE_UNSUPPORTED"
  /** The values are open, but the format of the output cannot hold them. */
  | "OUTPUT_UNSUPPORTED"
  /** A path to a part of a file is not written as one, or leads nowhere. */
  | "EXTRACT_SYNTAX"
  | "EXTRACT_NOT_FOUND"
  | "METADATA_MISSING"
  | "METADATA_INVALID"
  /** A value under the encryption rule is not in the form `ENC[…]`. */
  | "VALUE_PLAIN"
  | "VALUE_SYNTAX"
  | "VALUE_TYPE"
  /** AES-GCM refused the value: it was changed, moved to another key, or belongs to another data key. */
  | "VALUE_AUTH"
  | "MAC_MISSING"
  | "MAC_INVALID"
  | "MAC_MISMATCH"
  /** The host rewrote the document, so its MAC can be neither confirmed nor refuted. */
  | "MAC_UNVERIFIABLE"
  | "MAC_IGNORED"
  | "NO_KEY_MATCHED"
  | "SHAMIR_THRESHOLD"
  /** A credential fits, but the wrapped key is damaged. */
  | "KEY_CORRUPT"
  /** A credential source (file, variable) is there but unusable. */
  | "KEY_SOURCE"
  /** This build or installation has no provider for the kind of key. */
  | "KEY_PROVIDER_MISSING"
  | "CONFIG_INVALID"
  | "CONFIG_UNKNOWN_FIELD"
  | "CONFIG_KEY_MATERIAL"
  | "LIST_INVALID"
  | "ITEM_INVALID"
  | "INPUT_EMPTY"
  /** A file that was named is not there, or is there and cannot be read. */
  | "INPUT_MISSING"
  | "INPUT_UNREADABLE"
  | "OUTPUT_UNWRITABLE"
  | "USAGE"
  /** Arguments that are right on their own and contradict each other. */
  | "USAGE_CONFLICT"
  | "INTERNAL";

/** Names one Kubernetes resource, as KRM results do. */
export interface ResourceRef {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Where something went wrong. Each layer fills in what it knows; nobody overwrites what an inner layer said. */
export interface Place {
  readonly resource?: ResourceRef;
  /** Path of the file as the host names it, with forward slashes. */
  readonly file?: string;
  /** Position of the document within the file, from 0. */
  readonly index?: number;
  /** Path of the field in dots and brackets, such as `stringData.password` or `spec.hosts[2]`. */
  readonly field?: string;
  /** Line of the input, from 1. */
  readonly line?: number;
}

export interface SopsErrorOptions {
  readonly place?: Place;
  /** What the reader can do about it; one sentence. */
  readonly hint?: string;
  /** Machine-readable details for KRM result tags: names and fingerprints, never a value. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * The one error type of this project. The message is one lower-case sentence that names things and never quotes a
 * value, a key or another library's text; it is safe to print and to put into KRM results. There is no `cause`, because
 * `util.inspect` would print it.
 */
export class SopsError extends Error {
  override readonly name = "SopsError";
  readonly code: ErrorCode;
  readonly place: Place;
  readonly hint: string | undefined;
  readonly tags: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message: string, options: SopsErrorOptions = {}) {
    super(message);
    this.code = code;
    this.place = options.place ?? {};
    this.hint = options.hint;
    this.tags = options.tags ?? {};
  }

  /** The same error with `outer` filled in where this one does not know better. */
  at(outer: Place): SopsError {
    const error = new SopsError(this.code, this.message, {
      place: { ...outer, ...this.place },
      tags: this.tags,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
    });
    if (this.stack !== undefined) error.stack = this.stack;
    return error;
  }
}

/** Tells a SopsError by its shape, so that it also works across two copies of this package in one process. */
export function isSopsError(error: unknown): error is SopsError {
  return error instanceof Error && error.name === "SopsError" && "code" in error && "place" in error;
}

/** Turns anything thrown into a SopsError; what is not ours becomes `INTERNAL` without a word of its text. */
export function asSopsError(error: unknown): SopsError {
  if (isSopsError(error)) return error;
  if (error instanceof RangeError && error.message.includes("call stack")) {
    return new SopsError("FILE_LIMIT", "the document is nested too deeply");
  }
  const internal = new SopsError("INTERNAL", "an internal error stopped the work; nothing was changed", {
    hint: "report it with the version of decrypt-sops and the stack that DECRYPT_SOPS_DEBUG=1 prints",
  });
  if (error instanceof Error && error.stack !== undefined) {
    // The first line of a stack repeats the message, which may hold a value.
    internal.stack = `SopsError: internal\n${error.stack
      .split("\n")
      .filter((line) => /^\s+at /.test(line))
      .join("\n")}`;
  }
  return internal;
}
