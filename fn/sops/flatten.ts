import { SopsError } from "../errors.ts";
import type { Leaf, MapNode, Node } from "./tree.ts";

/** A name with all its levels in it, and what stands there. */
export interface FlatField {
  readonly name: string;
  readonly leaf: Leaf;
}

type Draft =
  | { readonly kind: "leaf"; readonly leaf: Leaf }
  | { readonly kind: "map"; readonly items: Map<string, Draft> }
  | { readonly kind: "list"; readonly items: Map<number, Draft> };

/** The metadata are four levels deep; names that claim more would only exhaust the stack. */
const MAX_DEPTH = 32;
const NOWHERE = { start: 0, end: 0 };

/**
 * Puts metadata that dotenv and INI files hold as flat names back into a tree: `__map_` leads to a key, `__list_` to a
 * position, as SOPS' `stores/flatten.go` writes them. The order of the names does not matter.
 *
 * @throws SopsError METADATA_INVALID if two names contradict each other or a list has gaps.
 */
export function unflatten(fields: readonly FlatField[]): MapNode {
  const root: Draft = { kind: "map", items: new Map() };
  for (const field of fields) insert(root, field);
  return finish(root) as MapNode;
}

function insert(root: Draft, { name, leaf }: FlatField): void {
  const [first = "", ...rest] = name.split(/__(map|list)_/);
  if (rest.length > 2 * MAX_DEPTH) throw invalid("a name that is nested too deeply");
  let at = root;
  let step: string | number = first;
  for (let next = 0; next < rest.length; next += 2) {
    const kind = rest[next] === "list" ? "list" : "map";
    at = child(at, step, () => ({ kind, items: new Map() }));
    if (at.kind !== kind) throw invalid("a name that is used both for a value and for what holds values");
    const token = rest[next + 1] ?? "";
    // Go's number parser leaves 0 where the text is no number, and SOPS does not look at its error.
    step = kind === "map" ? token : /^[+-]?\d+$/.test(token) ? Number(token) : 0;
  }
  const last: Draft = { kind: "leaf", leaf };
  const found = child(at, step, () => last);
  if (found !== last) throw invalid("the same name twice");
}

function child(at: Draft, step: string | number, make: () => Draft): Draft {
  if (at.kind === "leaf") throw invalid("a name that is used both for a value and for what holds values");
  const items = at.items as Map<string | number, Draft>;
  let found = items.get(step);
  if (found === undefined) items.set(step, (found = make()));
  return found;
}

function finish(draft: Draft): Node {
  if (draft.kind === "leaf") return draft.leaf;
  if (draft.kind === "map") {
    const items = [...draft.items].map(([key, value]) => ({
      kind: "entry" as const,
      key,
      textKey: true,
      keySpan: NOWHERE,
      value: finish(value),
    }));
    return { kind: "map", items, span: NOWHERE, flow: false };
  }
  const items = Array.from({ length: draft.items.size }, (_, at) => {
    const item = draft.items.get(at);
    if (item === undefined) throw invalid("a list that is not numbered from 0 on without gaps");
    return finish(item);
  });
  return { kind: "list", items, span: NOWHERE, flow: false };
}

function invalid(what: string): SopsError {
  return new SopsError("METADATA_INVALID", `the sops metadata has ${what}`, { place: { field: "sops" } });
}
