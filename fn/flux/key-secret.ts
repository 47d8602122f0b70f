import type { KeyKind } from "../keys/provider.ts";

/** What Flux's layout makes of one entry of a key Secret. */
export type KeySecretEntry =
  /** Key material for this kind of key. */
  | { readonly kind: KeyKind }
  /** Not read, and its owner should hear why; continues the entry's name. */
  | { readonly note: string };

interface Row {
  readonly matches: (name: string) => boolean;
  readonly entry: KeySecretEntry;
}

const endsIn = (suffix: string, entry: KeySecretEntry): Row => ({ matches: (name) => name.endsWith(suffix), entry });
const is = (exact: string, entry: KeySecretEntry): Row => ({ matches: (name) => name === exact, entry });
const notYet = (what: string): KeySecretEntry => ({ note: `holds ${what}, which this version does not open yet` });

/** The entries Flux's kustomize-controller knows (`ImportKeys`); it matches them exactly, also by case. */
const LAYOUT: readonly Row[] = [
  endsIn(".agekey", { kind: "age" }),
  endsIn(".asc", notYet("an OpenPGP key")),
  is("sops.vault-token", notYet("a Vault token")),
  is("sops.aws-kms", notYet("credentials for AWS KMS")),
  is("sops.gcp-kms", notYet("credentials for Google Cloud KMS")),
  is("sops.azure-kv", notYet("credentials for Azure Key Vault")),
];

/** Names that people give to age identities; Flux passes over them without a word. */
const MEANT_AS_AGE = /(?:^|[^a-z])age(?:[^a-z]|$)|age-?key|^(?:keys?|identity|identities)(?:\.(?:txt|key))?$/i;

/**
 * Tells what an entry of a mounted key Secret is for, by its name alone, as Flux does.
 *
 * @returns `null` for names that have nothing to do with keys.
 */
export function keySecretEntry(name: string): KeySecretEntry | null {
  const row = LAYOUT.find(({ matches }) => matches(name));
  if (row !== undefined) return row.entry;
  return MEANT_AS_AGE.test(name) ? { note: "is ignored: Flux's layout wants the name to end in .agekey" } : null;
}
