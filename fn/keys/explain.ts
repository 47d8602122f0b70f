import { SopsError } from "../errors.ts";
import { keyLabel, safeText, shortText } from "./provider.ts";
import type { CredentialReport, KeyKind, Look, WrappedKey } from "./provider.ts";

/** What is known of a file whose data key could not be had. */
export interface Unopened {
  readonly failed: readonly { readonly key: WrappedKey; readonly error?: SopsError }[];
  /** How many key groups were opened, of how many that must be. */
  readonly recovered: number;
  readonly needed: number;
}

interface Circumstances extends Unopened {
  readonly reports: readonly CredentialReport[];
  readonly looked: readonly Look[];
  /** The kinds of key this version opens. */
  readonly supported: readonly KeyKind[];
}

const KIND_NAMES: Readonly<Record<KeyKind, string>> = {
  age: "age",
  pgp: "OpenPGP",
  kms: "AWS KMS",
  gcp_kms: "Google Cloud KMS",
  hckms: "Huawei Cloud KMS",
  azure_kv: "Azure Key Vault",
  hc_vault: "Vault",
};

const MAX_NAMES = 5;
const MAX_PLACES = 12;

/** Builds the error for {@link Unopened}; see `KeyRing.explain`. */
export function explainUnopened(all: Circumstances): SopsError {
  const { failed, recovered, needed, reports, looked } = all;
  const wanted = unique(failed.map(({ key }) => keyLabel(key)));
  const usable = reports.filter(({ problem }) => problem === undefined);
  const atHand = unique(
    usable.flatMap(({ origin, identities }) => identities.map((name) => `${shortText(name)} from ${safeText(origin)}`)),
  );
  const broken = reports.flatMap(({ origin, problem }) =>
    problem === undefined ? [] : [`${safeText(origin)} (${problem})`],
  );
  // Where credentials came from is said with them.
  const elsewhere = looked.filter(({ where }) => !reports.some(({ origin }) => isWithin(origin, where)));
  const parts = [
    ...unique(failed.flatMap(({ error }) => (error === undefined ? [] : [error.message]))).slice(0, MAX_NAMES),
    needed > 1
      ? `only ${recovered} of the ${needed} key groups needed could be opened`
      : "no key at hand opens the file",
    wanted.length === 0 ? "it names no key" : `it wants ${some(wanted, MAX_NAMES)}`,
    ...mislabelled(all),
    ...notSupported(all),
    `at hand: ${atHand.length === 0 ? "none" : some(atHand, MAX_NAMES)}`,
    ...(broken.length === 0 ? [] : [`not usable: ${broken.join(", ")}`]),
    ...(elsewhere.length === 0 ? [] : [`also looked at: ${some(elsewhere.map(look), MAX_PLACES)}`]),
  ];
  const code = needed > 1 && recovered > 0 ? "SHAMIR_THRESHOLD" : "NO_KEY_MATCHED";
  return new SopsError(code, parts.join("; "), {
    hint: hint(all),
    tags: { wanted: wanted.join(", "), looked: looked.map(look).join(", ") },
  });
}

/** An identity that the file names is at hand and still does not fit: somebody edited the entry. */
function mislabelled({ failed, reports }: Circumstances): string[] {
  const identities = new Set(reports.flatMap((report) => report.identities));
  const names = failed.flatMap(({ key, error }) =>
    key.kind === "age" && error === undefined && identities.has(key.recipient) ? [keyLabel(key)] : [],
  );
  return names.length === 0 ? [] : [`the entry for ${some(unique(names), MAX_NAMES)} does not belong to that key`];
}

function notSupported({ failed, supported }: Circumstances): string[] {
  const kinds = unique(failed.map(({ key }) => key.kind)).filter((kind) => !supported.includes(kind));
  return kinds.length === 0
    ? []
    : [`${kinds.map((kind) => KIND_NAMES[kind]).join(", ")} not supported by this version`];
}

function hint({ failed, supported, looked }: Circumstances): string {
  if (looked.some(({ found }) => /\((?:EACCES|EPERM)\)/.test(found))) {
    return "make the key files readable for the user this runs as, which is nobody in a container: chmod a+r, or defaultMode: 0444 of the mounted Secret";
  }
  if (failed.length > 0 && failed.every(({ key }) => !supported.includes(key.kind))) {
    const kinds = supported.map((kind) => KIND_NAMES[kind]).join(", ");
    return `add a recipient of a kind this version opens (${kinds}) to the file with sops rotate`;
  }
  return "set SOPS_AGE_KEY_FILE to a file with the identity, or mount a directory with it in a file named *.agekey and name that in keys.directories or DECRYPT_SOPS_KEYS";
}

function look({ where, found }: Look): string {
  return `${safeText(where)} (${found})`;
}

function isWithin(origin: string, where: string): boolean {
  return origin === where || origin.startsWith(`${where.replace(/[/\\]$/, "")}/`) || origin.startsWith(`${where}\\`);
}

function some(names: readonly string[], limit: number): string {
  const more = names.length - limit;
  return more > 0 ? `${names.slice(0, limit).join(", ")} and ${more} more` : names.join(", ");
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
