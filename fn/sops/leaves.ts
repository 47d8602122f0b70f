import { ActiveComments } from "./active-comments.ts";
import type { Leaf, MapNode, Node } from "./tree.ts";
import { isComment } from "./tree.ts";

/** One stop of the walk. */
export interface Visit {
  readonly leaf: Leaf;
  /** The map keys on the way; list positions do not count (they are in no additional data either). */
  readonly path: readonly string[];
  /** The path for people, with list positions: `spec.hosts[2]`. Made only when somebody asks. */
  readonly field: () => string;
  /** Texts of the comments that govern this leaf, see the comment rules of rules.ts. */
  readonly comments: ActiveComments;
}

/** Where a walker stands; a linked list, so that a level costs one object and no copies. */
interface Step {
  readonly parent: Step | undefined;
  readonly name: string | number;
}

/**
 * All scalars and comments of all documents in document order, which is the order of the MAC. The walk looks at
 * `leaf.opened` only after the consumer had its turn, since a list item may turn out to be a comment when opened.
 */
export function* leaves(documents: readonly MapNode[]): Generator<Visit, void> {
  for (const document of documents) yield* walk(document, [], undefined, ActiveComments.none);
}

function* walk(
  node: Node,
  path: readonly string[],
  step: Step | undefined,
  inherited: ActiveComments,
): Generator<Visit, void> {
  if (node.kind === "leaf") {
    yield { leaf: node, path, comments: inherited, field: () => fieldOf(step) };
    return;
  }
  // With the comments since the last entry of this container; they govern the next entry with everything in it.
  let active = inherited;
  for (const [at, item] of node.items.entries()) {
    if (item.kind === "entry") {
      yield* walk(item.value, [...path, item.key], { parent: step, name: item.key }, active);
      active = inherited;
    } else {
      yield* walk(item, path, node.kind === "list" ? { parent: step, name: at } : step, active);
      active = isComment(item) ? active.and(commentText(item)) : inherited;
    }
  }
}

/** As the file has it: rules are judged on the text that stood there when the file was encrypted or left clear. */
function commentText(leaf: Leaf): string {
  return leaf.value.type === "comment" || leaf.value.type === "str" ? leaf.value.text : "";
}

function fieldOf(step: Step | undefined): string {
  const names: (string | number)[] = [];
  for (let at = step; at !== undefined; at = at.parent) names.unshift(at.name);
  return formatField(names);
}

/** `["spec", "hosts", 2]` → `spec.hosts[2]`; keys that hold dots or brackets are quoted: `data["tls.key"]`. */
export function formatField(names: readonly (string | number)[]): string {
  let text = "";
  for (const name of names) {
    if (typeof name === "number") text += `[${name}]`;
    else if (/^[\w/-]+$/.test(name)) text += text === "" ? name : `.${name}`;
    else text += `[${JSON.stringify(name)}]`;
  }
  return text;
}
