/**
 * The entries of a file's key groups: each holds the data key (or a share of it), encrypted for one recipient. The
 * names of the kinds are those of the metadata lists.
 */
export type WrappedKey =
  | { readonly kind: "age"; readonly recipient: string; readonly enc: string }
  | { readonly kind: "pgp"; readonly fp: string; readonly enc: string }
  | {
      readonly kind: "kms";
      readonly arn: string;
      readonly role?: string;
      readonly context: Readonly<Record<string, string>>;
      readonly awsProfile?: string;
      readonly enc: string;
    }
  | { readonly kind: "gcp_kms"; readonly resourceId: string; readonly enc: string }
  | {
      readonly kind: "azure_kv";
      readonly vaultUrl: string;
      readonly name: string;
      readonly version: string;
      readonly enc: string;
    }
  | {
      readonly kind: "hc_vault";
      readonly vaultAddress: string;
      readonly enginePath: string;
      readonly keyName: string;
      readonly enc: string;
    }
  | { readonly kind: "hckms"; readonly keyId: string; readonly enc: string };

export type KeyKind = WrappedKey["kind"];

/** In the order SOPS keeps within a group after loading. */
export const KEY_KINDS: readonly KeyKind[] = ["kms", "gcp_kms", "hckms", "azure_kv", "hc_vault", "pgp", "age"];

/** Names a key the way its owner knows it: recipient, fingerprint, ARN, resource id or URL. Public data all of it. */
export function keyName(key: WrappedKey): string {
  switch (key.kind) {
    case "age":
      return key.recipient;
    case "pgp":
      return `pgp ${key.fp}`;
    case "kms":
      return key.arn;
    case "gcp_kms":
      return key.resourceId;
    case "azure_kv":
      return `${key.vaultUrl}/keys/${key.name}/${key.version}`;
    case "hc_vault":
      return `${key.vaultAddress}/v1/${key.enginePath}/keys/${key.keyName}`;
    case "hckms":
      return `hckms ${key.keyId}`;
  }
}
