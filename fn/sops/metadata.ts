import { SopsError } from "../errors.ts";
import { type Fields, fieldsOf } from "./metadata-fields.ts";
import { normalTime } from "./time.ts";
import type { Entry, MapNode, Node } from "./tree.ts";
import { KEY_KINDS, type KeyKind, type WrappedKey } from "./wrapped-key.ts";

const RULE_KINDS = [
  "unencrypted_suffix",
  "encrypted_suffix",
  "unencrypted_regex",
  "encrypted_regex",
  "unencrypted_comment_regex",
  "encrypted_comment_regex",
] as const;

/** Which values of a file are encrypted; see rules.ts. */
export interface SelectionRule {
  readonly kind: (typeof RULE_KINDS)[number];
  readonly value: string;
}

/** What the `sops` part of a file says, as far as it is needed to open the file. */
export interface Metadata {
  /** One group of alternative keys, or several whose shares together make the data key. */
  readonly keyGroups: readonly (readonly WrappedKey[])[];
  /** How many groups are needed; 0 if the file does not say. */
  readonly threshold: number;
  /** Time of the last change in the form that authenticates the MAC. */
  readonly lastModified: string;
  /** The encrypted MAC; empty if the file has none. */
  readonly mac: string;
  readonly rule: SelectionRule;
  /** Whether the MAC covers encrypted values only. */
  readonly macOnlyEncrypted: boolean;
  /** Version of the program that wrote the file, as the file has it. */
  readonly version: string;
}

/**
 * Finds the one top-level `sops` entry and reads it, as SOPS' `stores.ExtractMetadata`.
 *
 * @returns the metadata, its entry, and the map without that entry.
 * @throws SopsError METADATA_MISSING; METADATA_INVALID if there are two of them or it is no map, or as
 *   {@link readMetadata}.
 */
export function takeMetadata(root: MapNode): { metadata: Metadata; entry: Entry; rest: MapNode } {
  const found = root.items.filter((item): item is Entry => item.kind === "entry" && item.key === "sops");
  const [entry] = found;
  if (entry === undefined) {
    throw new SopsError("METADATA_MISSING", "the file has no sops metadata, so it is not encrypted with SOPS");
  }
  if (found.length > 1) throw invalid("sops", `the file has sops metadata ${found.length} times`);
  const rest = { ...root, items: root.items.filter((item) => item !== entry) };
  return { metadata: readMetadata(entry.value), entry, rest };
}

/**
 * Reads the value of the `sops` entry. As lenient as any SOPS release: names in any case, unknown fields ignored,
 * numbers for text, one map for a list, `null` for absent. It also takes what only some releases did: an unquoted
 * timestamp in YAML and a threshold written as a float.
 *
 * A damaged `created_at` of a key stops SOPS; here it is not even read, since it opens nothing and guards nothing.
 *
 * @throws SopsError METADATA_INVALID with `place.field`.
 */
export function readMetadata(node: Node): Metadata {
  const fields = fieldsOf(node, "sops");
  const lastModified = normalTime(fields.text("lastmodified"), "drop");
  if (lastModified === null) {
    throw invalid("sops.lastmodified", "the sops metadata has no valid time in lastmodified");
  }
  const threshold = fields.integer("shamir_threshold");
  if (threshold < 0 || threshold > 255)
    throw invalid("sops.shamir_threshold", "no file can have such a threshold of key groups");
  return {
    keyGroups: keyGroups(fields),
    threshold,
    lastModified,
    mac: fields.text("mac"),
    rule: selectionRule(fields),
    macOnlyEncrypted: fields.boolean("mac_only_encrypted"),
    version: fields.text("version"),
  };
}

function keyGroups(fields: Fields): WrappedKey[][] {
  const flat = keysOf(fields);
  // SOPS ignores `key_groups` as soon as one of the flat lists holds a key.
  const groups = flat.length > 0 ? [flat] : fields.list("key_groups").map((group) => keysOf(group));
  if (groups.every((group) => group.length === 0)) throw invalid("sops", "the sops metadata has no keys");
  return groups;
}

function keysOf(fields: Fields): WrappedKey[] {
  return KEY_KINDS.flatMap((kind) => fields.list(kind).map((key) => wrappedKey(kind, key)));
}

function wrappedKey(kind: KeyKind, key: Fields): WrappedKey {
  const enc = key.text("enc");
  switch (kind) {
    case "age":
      return { kind, recipient: key.text("recipient"), enc };
    case "pgp":
      return { kind, fp: key.text("fp"), enc };
    case "kms":
      return {
        kind,
        arn: key.text("arn"),
        ...optional("role", key.text("role")),
        context: key.texts("context"),
        ...optional("awsProfile", key.text("aws_profile")),
        enc,
      };
    case "gcp_kms":
      return { kind, resourceId: key.text("resource_id"), enc };
    case "azure_kv":
      return { kind, vaultUrl: key.text("vault_url"), name: key.text("name"), version: key.text("version"), enc };
    case "hc_vault":
      return {
        kind,
        vaultAddress: key.text("vault_address"),
        enginePath: key.text("engine_path"),
        keyName: key.text("key_name"),
        enc,
      };
    case "hckms":
      return { kind, keyId: key.text("key_id"), enc };
  }
}

function optional<Name extends string>(name: Name, text: string): { [K in Name]?: string } {
  return (text === "" ? {} : { [name]: text }) as { [K in Name]?: string };
}

function selectionRule(fields: Fields): SelectionRule {
  const given = RULE_KINDS.map((kind) => ({ kind, value: fields.text(kind) })).filter(({ value }) => value !== "");
  if (given.length > 1) {
    throw invalid(
      "sops",
      `the sops metadata has more than one selection rule: ${given.map(({ kind }) => kind).join(", ")}`,
    );
  }
  return given[0] ?? { kind: "unencrypted_suffix", value: "_unencrypted" };
}

function invalid(field: string, message: string): SopsError {
  return new SopsError("METADATA_INVALID", message, { place: { field } });
}
