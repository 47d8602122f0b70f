import type { MapNode } from "../sops/tree.ts";
import { textAt } from "../sops/tree.ts";
import { annotation, originFile } from "./annotations.ts";

/** Which resources are meant; an absent condition holds for all. */
export interface Match {
  readonly kinds?: readonly string[];
  readonly names?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly paths?: readonly string[];
}

export function matches(item: MapNode, match: Match): boolean {
  const { kinds, names, namespaces, labels, annotations, paths } = match;
  return (
    (kinds === undefined || kinds.includes(textAt(item, "kind") ?? "")) &&
    anyGlob(names, textAt(item, "metadata", "name")) &&
    anyGlob(namespaces, textAt(item, "metadata", "namespace")) &&
    anyGlob(paths, originFile(item).file) &&
    Object.entries(labels ?? {}).every(([name, value]) => textAt(item, "metadata", "labels", name) === value) &&
    Object.entries(annotations ?? {}).every(([name, value]) => annotation(item, name) === value)
  );
}

function anyGlob(patterns: readonly string[] | undefined, text: string | undefined): boolean {
  return patterns === undefined || (text !== undefined && patterns.some((pattern) => globMatches(pattern, text)));
}

/** `*` for any text, `?` for any one character; without backtracking over more than the last star. */
export function globMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
