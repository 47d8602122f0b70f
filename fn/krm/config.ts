import { SopsError } from "../errors.ts";
import { MAC_POLICIES, type MacPolicy } from "../mac-policy.ts";
import { formatField } from "../sops/leaves.ts";
import { type Entry, entryOf, type MapNode, type Node, textAt } from "../sops/tree.ts";
import { CONFIG_API_VERSION, CONFIG_FIELDS, CONFIG_KIND, type FieldSpec } from "./config-schema.ts";
import type { Match } from "./match.ts";
import { nearestName } from "./nearest-name.ts";

/** What the function is asked to do, with environment and defaults already applied. */
export interface Config {
  readonly keys: { readonly directories: readonly string[]; readonly environment: boolean };
  readonly mac: MacPolicy;
  readonly match: Match;
}

type Environment = Readonly<Record<string, string | undefined>>;
type ConfigValue = boolean | string | string[] | Record<string, string> | ConfigObject;
interface ConfigObject {
  [name: string]: ConfigValue;
}

/**
 * Reads a functionConfig: a `DecryptSops`, or a ConfigMap whose `data` names fields by their path (`keys.directories`,
 * lists divided by commas). Order of precedence: functionConfig, environment, default.
 *
 * @throws SopsError CONFIG_UNKNOWN_FIELD with the nearest known name, CONFIG_INVALID, CONFIG_KEY_MATERIAL.
 */
export function readConfig(functionConfig: Node | undefined, env: Environment): Config {
  const given = functionConfig === undefined ? {} : configObject(functionConfig);
  const keys = (given["keys"] ?? {}) as { directories?: string[]; environment?: boolean };
  const directory = env["DECRYPT_SOPS_KEYS"];
  return {
    keys: {
      directories: keys.directories ?? (directory === undefined || directory === "" ? [] : [directory]),
      environment: keys.environment ?? true,
    },
    mac: (given["mac"] as MacPolicy | undefined) ?? macFromEnvironment(env),
    match: (given["match"] ?? {}) as Match,
  };
}

function macFromEnvironment(env: Environment): MacPolicy {
  const text = env["DECRYPT_SOPS_MAC"];
  if (text === undefined || text === "") return "verify";
  const policy = MAC_POLICIES.find((known) => known === text);
  if (policy === undefined)
    throw new SopsError("CONFIG_INVALID", `DECRYPT_SOPS_MAC is none of ${MAC_POLICIES.join(", ")}`);
  return policy;
}

function configObject(node: Node): ConfigObject {
  if (node.kind !== "map") throw new SopsError("CONFIG_INVALID", "the functionConfig is not a map");
  refuseKeyMaterial(node, []);
  const apiVersion = textAt(node, "apiVersion");
  const kind = textAt(node, "kind");
  if (apiVersion === "v1" && kind === "ConfigMap") return fromConfigMap(node);
  if (apiVersion !== CONFIG_API_VERSION || kind !== CONFIG_KIND) {
    throw new SopsError(
      "CONFIG_INVALID",
      `the functionConfig is neither a ${CONFIG_KIND} of ${CONFIG_API_VERSION} nor a v1 ConfigMap`,
      {
        place: { field: apiVersion === CONFIG_API_VERSION ? "kind" : "apiVersion" },
      },
    );
  }
  const own = entries(node).filter(({ key }) => !["apiVersion", "kind", "metadata"].includes(key));
  return readObject(own, CONFIG_FIELDS, []);
}

function entries(map: MapNode): Entry[] {
  return map.items.filter((item) => item.kind === "entry");
}

function readObject(
  own: readonly Entry[],
  fields: Readonly<Record<string, FieldSpec>>,
  path: readonly string[],
): ConfigObject {
  const object: ConfigObject = {};
  for (const { key, value } of own) {
    const spec = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (spec === undefined) throw unknownField([...path, key], Object.keys(fields));
    if (Object.hasOwn(object, key)) throw invalid([...path, key], "is there twice");
    const read = readValue(value, spec, [...path, key]);
    if (read !== undefined) object[key] = read;
  }
  return object;
}

function readValue(node: Node, spec: FieldSpec, path: readonly string[]): ConfigValue | undefined {
  // An explicit null is as good as leaving the field out.
  if (node.kind === "leaf" && node.value.type === "null") return undefined;
  switch (spec.type) {
    case "boolean":
      if (node.kind === "leaf" && node.value.type === "bool") return node.value.value;
      throw invalid(path, "is not true or false");
    case "enum": {
      const text = node.kind === "leaf" && node.value.type === "str" ? node.value.text : "";
      if (spec.values.includes(text)) return text;
      throw invalid(path, `is none of ${spec.values.join(", ")}`);
    }
    case "strings":
      if (node.kind !== "list") throw invalid(path, "is not a list of strings");
      return node.items
        .filter((item) => item.kind !== "leaf" || item.value.type !== "comment")
        .map((item) => stringOf(item, path, "is not a list of strings"));
    case "stringMap":
      if (node.kind !== "map") throw invalid(path, "is not a map of strings");
      return Object.fromEntries(
        entries(node).map(({ key, value }) => [key, stringOf(value, path, "is not a map of strings")]),
      );
    case "object":
      if (node.kind !== "map") throw invalid(path, "is not a map");
      return readObject(entries(node), spec.fields, path);
  }
}

function stringOf(node: Node, path: readonly string[], complaint: string): string {
  if (node.kind === "leaf" && node.value.type === "str") return node.value.text;
  throw invalid(path, complaint);
}

function fromConfigMap(node: MapNode): ConfigObject {
  const data = entryOf(node, "data")?.value;
  if (data === undefined || (data.kind === "leaf" && data.value.type === "null")) return {};
  if (data.kind !== "map") throw invalid(["data"], "is not a map of strings");
  const object: ConfigObject = {};
  for (const { key, value } of entries(data)) {
    const path = key.split(".");
    const spec = specAt(path);
    if (spec === undefined || spec.type === "object" || spec.type === "stringMap")
      throw unknownField(["data", key], scalarPaths(CONFIG_FIELDS, ""));
    setAt(object, path, fromText(stringOf(value, ["data", key], "is not a string"), spec, ["data", key]));
  }
  return object;
}

function specAt(path: readonly string[]): FieldSpec | undefined {
  let fields = CONFIG_FIELDS;
  let spec: FieldSpec | undefined;
  for (const name of path) {
    spec = Object.hasOwn(fields, name) ? fields[name] : undefined;
    fields = spec?.type === "object" ? spec.fields : {};
  }
  return spec;
}

function scalarPaths(fields: Readonly<Record<string, FieldSpec>>, prefix: string): string[] {
  return Object.entries(fields).flatMap(([name, spec]) => {
    if (spec.type === "object") return scalarPaths(spec.fields, `${prefix}${name}.`);
    return spec.type === "stringMap" ? [] : [prefix + name];
  });
}

function setAt(object: ConfigObject, path: readonly string[], value: ConfigValue): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    object[name] = value;
    return;
  }
  const inner = (object[name] ?? {}) as ConfigObject;
  object[name] = inner;
  setAt(inner, rest, value);
}

function fromText(text: string, spec: FieldSpec, path: readonly string[]): ConfigValue {
  switch (spec.type) {
    case "boolean":
      if (text === "true" || text === "false") return text === "true";
      throw invalid(path, "is not true or false");
    case "strings":
      return text
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== "");
    case "enum":
      if (spec.values.includes(text)) return text;
      throw invalid(path, `is none of ${spec.values.join(", ")}`);
    case "object":
    case "stringMap":
      throw invalid(path, "cannot be given in a ConfigMap");
  }
}

/** Keys in a functionConfig would sit in Git in clear; better to fail than to get people used to it. */
function refuseKeyMaterial(node: Node, path: readonly (string | number)[]): void {
  if (node.kind === "leaf") {
    const text = node.value.type === "str" || node.value.type === "comment" ? node.value.text : "";
    if (!/AGE-SECRET-KEY-|-----BEGIN [A-Z ]*PRIVATE KEY/i.test(text)) return;
    throw new SopsError(
      "CONFIG_KEY_MATERIAL",
      "the functionConfig holds a private key, which would sit in Git in clear",
      {
        place: { field: formatField(path) },
        hint: "replace that key now, and give the new one in a directory named by keys.directories, in a variable such as SOPS_AGE_KEY_FILE, or in a mounted Secret",
      },
    );
  }
  for (const [at, item] of node.items.entries()) {
    if (item.kind === "entry") refuseKeyMaterial(item.value, [...path, item.key]);
    else refuseKeyMaterial(item, node.kind === "list" ? [...path, at] : path);
  }
}

function unknownField(path: readonly string[], known: readonly string[]): SopsError {
  const name = path.at(-1) ?? "";
  const nearest = nearestName(name, known);
  return new SopsError("CONFIG_UNKNOWN_FIELD", `the functionConfig has an unknown field ${formatField(path)}`, {
    place: { field: formatField(path) },
    hint: nearest === undefined ? `known here are ${known.join(", ")}` : `did you mean ${nearest}?`,
  });
}

function invalid(path: readonly string[], complaint: string): SopsError {
  return new SopsError("CONFIG_INVALID", `${formatField(path)} of the functionConfig ${complaint}`, {
    place: { field: formatField(path) },
  });
}
