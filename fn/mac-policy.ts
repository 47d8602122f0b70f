import { timingSafeEqual } from "node:crypto";
import { SopsError } from "./errors.ts";
import type { Cipher } from "./sops/cipher.ts";
import { computeMac } from "./sops/mac.ts";
import type { Metadata } from "./sops/metadata.ts";
import type { CoveredValue } from "./sops/open.ts";
import { utf8 } from "./sops/plaintext.ts";
import { parseEncryptedValue } from "./sops/value.ts";

/**
 * - `verify`: the MAC must hold; where the host has rewritten the document it may be unverifiable, which is a warning.
 * - `require`: the MAC must hold, and unverifiable is an error too.
 * - `warn`: whatever is wrong with the MAC is a warning.
 * - `ignore`: not computed; said once per file.
 */
export type MacPolicy = (typeof MAC_POLICIES)[number];

export const MAC_POLICIES = ["verify", "require", "warn", "ignore"] as const;

/** What is needed of an opened file to judge its MAC. */
export interface MacSubject {
  readonly file: { readonly metadata: Metadata };
  readonly cipher: Cipher;
  readonly values: readonly CoveredValue[];
}

export interface MacFinding {
  readonly severity: "error" | "warning" | "info";
  readonly problem: SopsError;
}

export interface MacCircumstances {
  /** Tells values that the host has added and that the file was not encrypted with. */
  readonly addedByHost?: (value: CoveredValue) => boolean;
  /** Set if the host is known to have rewritten the document: who, and what it did. */
  readonly rewritten?: string | undefined;
}

/**
 * Judges the MAC of the documents of one file, in their order.
 *
 * @returns `null` if it holds; otherwise what to say about it and how seriously.
 */
export function judgeMac(
  documents: readonly MacSubject[],
  policy: MacPolicy,
  circumstances: MacCircumstances = {},
): MacFinding | null {
  const [first] = documents;
  if (first === undefined) return null;
  if (policy === "ignore") {
    return {
      severity: "info",
      problem: new SopsError(
        "MAC_IGNORED",
        "the MAC was not checked, as configured: values may be missing, reordered or edited in clear",
      ),
    };
  }
  const problem = findProblem(first, documents, circumstances);
  if (problem === null) return null;
  const tolerated = policy === "warn" || (policy === "verify" && problem.code === "MAC_UNVERIFIABLE");
  return { severity: tolerated ? "warning" : "error", problem };
}

function findProblem(
  first: MacSubject,
  documents: readonly MacSubject[],
  circumstances: MacCircumstances,
): SopsError | null {
  const { metadata } = first.file;
  if (metadata.mac === "") {
    return new SopsError("MAC_MISSING", "the file has no MAC", { place: { field: "sops.mac" }, hint: EDITED_HINT });
  }
  const stored = openStoredMac(metadata, first.cipher);
  if (stored === null) {
    return new SopsError("MAC_INVALID", "the MAC cannot be opened: it or the time of the last change was edited", {
      place: { field: "sops.mac" },
      hint: EDITED_HINT,
    });
  }
  const all = documents.flatMap(({ values }) => values);
  const { addedByHost } = circumstances;
  const own = addedByHost === undefined ? all : all.filter((value) => !addedByHost(value));
  // A file may have been encrypted with annotations that look like a host's.
  const candidates = own.length === all.length ? [all] : [own, all];
  if (candidates.some((values) => equal(computeMac(values, metadata.macOnlyEncrypted), stored))) return null;
  return circumstances.rewritten === undefined ? mismatch() : unverifiable(circumstances.rewritten);
}

const EDITED_HINT = "restore the file from its history, or check its contents and encrypt it again";

function mismatch(): SopsError {
  return new SopsError(
    "MAC_MISMATCH",
    "the MAC does not match: a value was added, dropped, reordered or edited in clear after the encryption",
    {
      place: { field: "sops.mac" },
      hint: EDITED_HINT,
    },
  );
}

function unverifiable(rewritten: string): SopsError {
  return new SopsError(
    "MAC_UNVERIFIABLE",
    `the MAC cannot be checked, because ${rewritten}; each value was authenticated on its own`,
    {
      place: { field: "sops.mac" },
      hint: "decrypt before other changes: in a Component, as the first of the transformers, or with its keys in alphabetical order when the file is encrypted",
    },
  );
}

/** SOPS stores the MAC as an encrypted string, bound to the time of the last change. */
function openStoredMac(metadata: Metadata, cipher: Cipher): string | null {
  try {
    const sealed = parseEncryptedValue(metadata.mac);
    return sealed === null ? null : utf8(cipher.open(sealed, metadata.lastModified));
  } catch {
    return null;
  }
}

function equal(computed: string, stored: string): boolean {
  const [a, b] = [Buffer.from(computed), Buffer.from(stored)];
  return a.length === b.length && timingSafeEqual(a, b);
}
