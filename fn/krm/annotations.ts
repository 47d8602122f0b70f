import { entryOf, type MapNode, type Node, textAt } from "../sops/tree.ts";
import { looksEncrypted } from "../sops/value.ts";
import type { CoveredValue } from "../sops/open.ts";

/** Prefixes and names under which kustomize and kpt note things on resources while functions run. */
const HOST_PREFIXES = ["internal.config.kubernetes.io/", "internal.config.k8s.io/"];
const HOST_NAMES = new Set([
  "config.kubernetes.io/index",
  "config.kubernetes.io/path",
  "config.kubernetes.io/origin",
  "config.k8s.io/id",
  "kustomize.config.k8s.io/id",
  "alpha.config.kubernetes.io/transformations",
]);

const PATH_ANNOTATIONS = ["internal.config.kubernetes.io/path", "config.kubernetes.io/path"];
const INDEX_ANNOTATIONS = ["internal.config.kubernetes.io/index", "config.kubernetes.io/index"];

function isHostAnnotation(name: string): boolean {
  return HOST_NAMES.has(name) || HOST_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/**
 * Whether a value is an annotation of the host, which the file was not encrypted with and the MAC does not cover. The
 * author's own `config.kubernetes.io/local-config` and the like are not among them.
 */
export function isAddedByHost({ path, value }: CoveredValue): boolean {
  const [metadata, annotations, name] = path;
  if (path.length !== 3 || metadata !== "metadata" || annotations !== "annotations" || name === undefined) return false;
  return isHostAnnotation(name) && !(value.type === "str" && looksEncrypted(value.text));
}

export function annotation(item: MapNode, name: string): string | undefined {
  return textAt(item, "metadata", "annotations", name);
}

/** The file the host read the item from, and which of its documents it was; from 0. */
export function originFile(item: MapNode): { file?: string; index?: number } {
  const file = PATH_ANNOTATIONS.map((name) => annotation(item, name)).find((text) => text !== undefined);
  const index = INDEX_ANNOTATIONS.map((name) => annotation(item, name)).find(
    (text) => text !== undefined && /^\d{1,9}$/.test(text),
  );
  // kustomize build numbers items without naming files; such a number would mislead.
  if (file === undefined) return {};
  return index === undefined ? { file } : { file, index: Number(index) };
}

/**
 * Tells whether `kustomize build` has rewritten the item, which sorts all keys, drops comments and re-spells scalars
 * before a transformer sees it. Hosts that keep documents as they are always say the path of the file; an annotation in
 * the file itself therefore cannot pass a tampered document off as a rewritten one there.
 *
 * @returns what to tell the user, or `undefined`.
 */
export function rewrittenByHost(item: MapNode): string | undefined {
  const byKustomizeBuild = annotation(item, "kustomize.config.k8s.io/id") !== undefined;
  const pathIsKnown = PATH_ANNOTATIONS.some((name) => annotation(item, name) !== undefined);
  if (!byKustomizeBuild || pathIsKnown || !isSorted(item, [])) return undefined;
  return "kustomize build has sorted the keys of the resource and may have changed its metadata";
}

function isSorted(node: Node, path: readonly string[]): boolean {
  if (node.kind === "leaf") return true;
  if (path.join("/") === "metadata/annotations") return true;
  let last: string | undefined;
  for (const item of node.items) {
    if (item.kind !== "entry") {
      if (!isSorted(item, path)) return false;
      continue;
    }
    if (last !== undefined && item.key < last) return false;
    last = item.key;
    if (!isSorted(item.value, [...path, item.key])) return false;
  }
  return true;
}

/** Flux' way to leave a resource encrypted. */
export function isDecryptionDisabled(item: MapNode): boolean {
  return annotation(item, "kustomize.toolkit.fluxcd.io/decrypt")?.toLowerCase() === "disabled";
}

/** Whether a resource carries SOPS data: a top-level `sops` map with a MAC or the time of the last change. */
export function carriesSops(item: MapNode): boolean {
  const sops = entryOf(item, "sops")?.value;
  if (sops?.kind !== "map") return false;
  return sops.items.some(
    (entry) => entry.kind === "entry" && ["mac", "lastmodified"].includes(entry.key.toLowerCase()),
  );
}
