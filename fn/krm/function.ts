import { asSopsError, SopsError } from "../errors.ts";
import type { KeyRing } from "../keys/keyring.ts";
import { parseYaml, type YamlSource } from "../sops/stores/yaml-source.ts";
import { applyEdits, type MapNode, type Node } from "../sops/tree.ts";
import { carriesSops, isAddedByHost, isDecryptionDisabled, originFile, rewrittenByHost } from "./annotations.ts";
import { type Config, readConfig } from "./config.ts";
import { type DocumentsOptions, type EncryptedDocument, openDocuments } from "./encrypted-documents.ts";
import { matches } from "./match.ts";
import { type ResourceList, readResourceList, resourceRef, resultsEdits } from "./resource-list.ts";
import { type Finding, hasError, resultOf, sortFindings } from "./results.ts";

export interface FunctionContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gathers the keys at hand. Called once, and only if something is encrypted. */
  readonly keyRing: (config: Config["keys"]) => Promise<KeyRing>;
  readonly signal?: AbortSignal;
}

export interface FunctionOutcome {
  /** What to write on standard output; the very input if nothing was to be done, `null` if there is nothing safe to write. */
  readonly output: string | null;
  readonly findings: readonly Finding[];
  readonly exitCode: 0 | 1 | 2;
}

/**
 * Decrypts a ResourceList or a stream of documents. All or nothing: with any error the list comes back unchanged but
 * for its `results`, as kustomize and kpt need it, and a stream not at all.
 */
export async function runFunction(input: string, context: FunctionContext): Promise<FunctionOutcome> {
  let source: YamlSource;
  let list: ResourceList | null;
  try {
    if (input.trim() === "")
      throw new SopsError(
        "INPUT_EMPTY",
        "the input is empty; it should be a ResourceList or a stream of YAML or JSON documents",
      );
    source = parseYaml(input);
    list = readResourceList(source);
  } catch (error) {
    const problem = asSopsError(error);
    return {
      output: null,
      findings: [{ severity: "error", problem }],
      exitCode: problem.code === "INPUT_EMPTY" ? 2 : 1,
    };
  }
  return list === null ? runStream(input, source, context) : runList(input, list, context);
}

async function runList(input: string, list: ResourceList, context: FunctionContext): Promise<FunctionOutcome> {
  const failed = (findings: readonly Finding[], exitCode: 1 | 2): FunctionOutcome => {
    const sorted = sortFindings(findings);
    return {
      output: applyEdits(list.source.text, resultsEdits(list, sorted.map(resultOf))),
      findings: sorted,
      exitCode,
    };
  };
  let config: Config;
  try {
    config = readConfig(list.functionConfig, context.env);
  } catch (error) {
    const { functionConfig } = list;
    const resource = functionConfig?.kind === "map" ? resourceRef(functionConfig) : undefined;
    return failed(
      [{ severity: "error", problem: asSopsError(error).at(resource === undefined ? {} : { resource }) }],
      2,
    );
  }
  try {
    const invalid: Finding[] = [];
    const documents = list.items.flatMap((item, at) => {
      try {
        return encryptedItem(item, at, config);
      } catch (error) {
        invalid.push({ severity: "error", problem: asSopsError(error) });
        return [];
      }
    });
    if (documents.length === 0)
      return invalid.length > 0 ? failed(invalid, 1) : { output: input, findings: [], exitCode: 0 };
    const opened = await open(list.source, documents, config, context, { addedByHost: isAddedByHost });
    const findings = [...invalid, ...opened.findings];
    if (hasError(findings)) return failed(findings, 1);
    const sorted = sortFindings(findings);
    return {
      output: applyEdits(list.source.text, [...opened.edits, ...resultsEdits(list, sorted.map(resultOf))]),
      findings: sorted,
      exitCode: 0,
    };
  } catch (error) {
    return failed([{ severity: "error", problem: asSopsError(error) }], 1);
  }
}

function encryptedItem(item: Node, at: number, config: Config): EncryptedDocument[] {
  if (item.kind !== "map")
    throw new SopsError(
      "ITEM_INVALID",
      `item ${at + 1} of the list is not a resource but a ${item.kind === "list" ? "list" : "single value"}`,
    );
  if (!carriesSops(item)) return [];
  const resource = resourceRef(item);
  if (resource.kind === undefined || resource.name === undefined) {
    throw new SopsError(
      "ITEM_INVALID",
      `item ${at + 1} of the list is encrypted but lacks a ${resource.kind === undefined ? "kind" : "metadata.name"} in clear, so it is no Kubernetes resource`,
      {
        place: { resource, ...originFile(item) },
        hint: "encrypt with encrypted_regex: ^(data|stringData)$, so that kind and metadata stay readable",
      },
    );
  }
  if (isDecryptionDisabled(item) || !matches(item, config.match)) return [];
  return [{ root: item, place: { resource, ...originFile(item) }, rewritten: rewrittenByHost(item) }];
}

/** Documents without SOPS data pass through; there is no list to put results into, so warnings go to the caller only. */
async function runStream(input: string, source: YamlSource, context: FunctionContext): Promise<FunctionOutcome> {
  try {
    const config = readConfig(undefined, context.env);
    const documents = source.documents.flatMap(({ root }, index) => encryptedStreamDocument(root, index));
    if (documents.length === 0) return { output: input, findings: [], exitCode: 0 };
    // No host stands before a stream, so annotations in its style are the file's own.
    const { edits, findings } = await open(source, documents, config, context);
    const sorted = sortFindings(findings);
    if (hasError(findings)) return { output: null, findings: sorted, exitCode: 1 };
    return { output: applyEdits(source.text, edits), findings: sorted, exitCode: 0 };
  } catch (error) {
    const problem = asSopsError(error);
    return {
      output: null,
      findings: [{ severity: "error", problem }],
      exitCode: problem.code.startsWith("CONFIG") ? 2 : 1,
    };
  }
}

function encryptedStreamDocument(root: Node | null, index: number): EncryptedDocument[] {
  if (root === null || (root.kind === "leaf" && root.value.type === "null")) return [];
  if (root.kind !== "map") throw new SopsError("ITEM_INVALID", `document ${index + 1} of the input is not a map`);
  if (!carriesSops(root)) return [];
  return [{ root, place: placeInStream(root, index) }];
}

function placeInStream(root: MapNode, index: number): EncryptedDocument["place"] {
  const resource = resourceRef(root);
  return resource.name === undefined ? { file: "standard input", index } : { resource, file: "standard input", index };
}

async function open(
  source: YamlSource,
  documents: readonly EncryptedDocument[],
  config: Config,
  context: FunctionContext,
  hosted: Pick<DocumentsOptions, "addedByHost"> = {},
) {
  const keys = await context.keyRing(config.keys);
  try {
    const { edits, findings } = await openDocuments(source, documents, {
      keys,
      mac: config.mac,
      ...hosted,
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    });
    // With an error, its own text says what became of every key source.
    if (hasError(findings)) return { edits, findings };
    const warnings = (await keys.problems()).map((problem): Finding => ({ severity: "warning", problem }));
    return { edits, findings: [...findings, ...warnings] };
  } finally {
    keys.wipe();
  }
}
