/** Trees made by hand, without places in any text. */
import type { Entry, Leaf, ListNode, MapNode, Node, Scalar } from "../../fn/sops/tree.ts";

const NOWHERE = { start: 0, end: 0 };

export function scalar(value: Scalar): Leaf {
  return { kind: "leaf", value, span: NOWHERE };
}

export function text(value: string): Leaf {
  return scalar({ type: "str", text: value });
}

export function comment(value: string): Leaf {
  return { kind: "leaf", value: { type: "comment", text: value }, span: NOWHERE };
}

/** A map of pairs of key and value, with comments between them. */
export function map(items: readonly (readonly [string, Node] | Leaf)[]): MapNode {
  const entries = items.map((item): Entry | Leaf =>
    "kind" in item ? item : { kind: "entry", key: item[0], textKey: true, keySpan: NOWHERE, value: item[1] },
  );
  return { kind: "map", items: entries, span: NOWHERE, flow: false };
}

export function list(items: readonly Node[]): ListNode {
  return { kind: "list", items: [...items], span: NOWHERE, flow: false };
}
