import { type OpenedFile, openFile, problemsOf } from "../open-file.ts";
import type { KeyRing } from "../keys/keyring.ts";
import { judgeMac, type MacPolicy } from "../mac-policy.ts";
import type { Place, SopsError } from "../errors.ts";
import { yamlFile } from "../sops/stores/yaml.ts";
import type { YamlSource } from "../sops/stores/yaml-source.ts";
import type { CoveredValue } from "../sops/open.ts";
import { type Edit, entryOf, type MapNode, textAt } from "../sops/tree.ts";
import { type Finding, hasError } from "./results.ts";

/** One encrypted document of a list or stream, with what messages call it. */
export interface EncryptedDocument {
  readonly root: MapNode;
  readonly place: Place;
  /** Set if the host has rewritten it, see annotations.ts. */
  readonly rewritten?: string | undefined;
}

export interface DocumentsOptions {
  readonly keys: KeyRing;
  readonly mac: MacPolicy;
  readonly addedByHost?: (value: CoveredValue) => boolean;
  readonly signal?: AbortSignal;
}

export interface DocumentsOutcome {
  /** Empty if any finding is an error. */
  readonly edits: readonly Edit[];
  readonly findings: readonly Finding[];
}

interface OpenedDocument {
  readonly document: EncryptedDocument;
  readonly opened: OpenedFile;
}

/**
 * Opens documents that stand side by side in one text: all of them or none. Every problem of every document is
 * collected before anything is decided. Key calls of the whole run go out together.
 */
export async function openDocuments(
  source: YamlSource,
  documents: readonly EncryptedDocument[],
  options: DocumentsOptions,
): Promise<DocumentsOutcome> {
  const findings: Finding[] = [];
  const report = (document: EncryptedDocument, severity: Finding["severity"], problems: readonly SopsError[]): void => {
    for (const problem of problems) findings.push({ severity, problem: problem.at(document.place) });
  };
  const results = await Promise.all(
    documents.map(async (document): Promise<OpenedDocument | null> => {
      try {
        return { document, opened: await openFile(yamlFile(source, [document.root]), options.keys, options.signal) };
      } catch (error) {
        report(document, "error", problemsOf(error));
        return null;
      }
    }),
  );
  for (const group of groupByFile(results.filter((result) => result !== null))) {
    for (const { document, severity, problem } of judgeGroup(group, options)) report(document, severity, [problem]);
  }
  if (hasError(findings)) return { edits: [], findings };
  return { edits: results.flatMap((result) => result?.opened.file.edits() ?? []), findings };
}

/**
 * The documents of one multi-document file repeat its metadata, and one MAC covers all of them in order. They are found
 * together again by that MAC, wherever the host has put them.
 */
function groupByFile(results: readonly OpenedDocument[]): OpenedDocument[][] {
  const groups = new Map<string, OpenedDocument[]>();
  for (const result of results) {
    const sops = entryOf(result.document.root, "sops")?.value;
    const id = `${textAt(sops, "mac") ?? ""}\0${textAt(sops, "lastmodified") ?? ""}`;
    const group = groups.get(id) ?? [];
    group.push(result);
    groups.set(id, group);
  }
  return [...groups.values()];
}

function judgeGroup(
  group: readonly OpenedDocument[],
  options: DocumentsOptions,
): (Finding & { document: EncryptedDocument })[] {
  const circumstances = (documents: readonly OpenedDocument[]) => ({
    ...(options.addedByHost === undefined ? {} : { addedByHost: options.addedByHost }),
    rewritten: documents.map(({ document }) => document.rewritten).find((reason) => reason !== undefined),
  });
  const [first] = group;
  if (first === undefined) return [];
  const together = judgeMac(
    group.map(({ opened }) => opened),
    options.mac,
    circumstances(group),
  );
  if (together === null) return [];
  // The same file may also be there several times, each copy complete in itself.
  return group.flatMap((member) => {
    const alone = group.length === 1 ? together : judgeMac([member.opened], options.mac, circumstances([member]));
    return alone === null ? [] : [{ ...alone, document: member.document }];
  });
}
