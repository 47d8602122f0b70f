import { MAC_POLICIES } from "../mac-policy.ts";

/** The functionConfig as data: the reader checks against it, and the JSON Schema is made from it. */
export type FieldSpec = { readonly description: string } & (
  | { readonly type: "boolean" }
  | { readonly type: "enum"; readonly values: readonly string[] }
  | { readonly type: "strings" }
  | { readonly type: "stringMap" }
  | { readonly type: "object"; readonly fields: Readonly<Record<string, FieldSpec>> }
);

export const CONFIG_API_VERSION = "decrypt-sops.github.io/v1";
export const CONFIG_KIND = "DecryptSops";

export const CONFIG_FIELDS: Readonly<Record<string, FieldSpec>> = {
  keys: {
    type: "object",
    description: "Where keys may come from. Key material itself does not belong here: this file sits in Git.",
    fields: {
      directories: {
        type: "strings",
        description:
          "Directories laid out like Flux's key Secret (*.agekey). Relative to the working directory. Replaces DECRYPT_SOPS_KEYS.",
      },
      environment: {
        type: "boolean",
        description:
          "Whether SOPS_AGE_KEY, SOPS_AGE_KEY_FILE and the user's sops/age/keys.txt are used. Default: true.",
      },
    },
  },
  mac: {
    type: "enum",
    values: MAC_POLICIES,
    description: "What to do about a MAC that does not hold. Default: verify, or DECRYPT_SOPS_MAC.",
  },
  match: {
    type: "object",
    description: "Which resources to decrypt; all conditions must hold. Default: every one that carries SOPS data.",
    fields: {
      kinds: { type: "strings", description: "Kinds, such as Secret." },
      names: { type: "strings", description: "Names; * and ? stand for any text and any one character." },
      namespaces: { type: "strings", description: "Namespaces; * and ? as in names." },
      labels: { type: "stringMap", description: "Labels with their values; all must be there." },
      annotations: { type: "stringMap", description: "Annotations with their values; all must be there." },
      paths: {
        type: "strings",
        description: "Files as the host names them; * and ? as in names, * also across slashes.",
      },
    },
  },
};

/** The JSON Schema (draft 2020-12) of the functionConfig, for editors. */
export function configSchema(): object {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: CONFIG_KIND,
    description: "Configuration of the decrypt-sops KRM function",
    type: "object",
    required: ["apiVersion", "kind"],
    additionalProperties: false,
    properties: {
      apiVersion: { const: CONFIG_API_VERSION },
      kind: { const: CONFIG_KIND },
      metadata: { type: "object", description: "Name and annotations, as in every Kubernetes resource." },
      ...properties(CONFIG_FIELDS),
    },
  };
}

function properties(fields: Readonly<Record<string, FieldSpec>>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, spec]) => [name, { description: spec.description, ...typeOf(spec) }]),
  );
}

function typeOf(spec: FieldSpec): object {
  switch (spec.type) {
    case "boolean":
      return { type: "boolean" };
    case "enum":
      return { enum: [...spec.values] };
    case "strings":
      return { type: "array", items: { type: "string" } };
    case "stringMap":
      return { type: "object", additionalProperties: { type: "string" } };
    case "object":
      return { type: "object", additionalProperties: false, properties: properties(spec.fields) };
  }
}
