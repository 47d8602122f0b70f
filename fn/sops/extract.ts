import { SopsError } from "../errors.ts";
import type { Store } from "./stores/store.ts";
import { current, entryOf, type MapNode, type Node } from "./tree.ts";

type Step = string | number;

/**
 * Reads a path such as `["a"]["b"][0]` as SOPS does: it is split at every `[`, and a quoted part is a key without its
 * first and last character, with no escapes.
 *
 * @throws SopsError EXTRACT_SYNTAX
 */
export function parseExtractPath(path: string): Step[] {
  const [before = "", ...parts] = path.split("[");
  if (before !== "" || parts.length === 0) throw badPath();
  return parts.map((part) => {
    if (!part.endsWith("]")) throw badPath();
    const inner = part.slice(0, -1);
    if (/^["']/.test(inner)) return inner.slice(1, -1);
    if (!/^[+-]?\d+$/.test(inner)) throw badPath();
    return Number(inner);
  });
}

function badPath(): SopsError {
  return new SopsError("EXTRACT_SYNTAX", 'the path to extract is not of the form ["key"][0]');
}

/**
 * The part of a document at a path. A key finds its first entry; positions count comments, as in the reference.
 *
 * @throws SopsError EXTRACT_NOT_FOUND
 */
export function partAt(document: MapNode, path: readonly Step[]): Node {
  return path.reduce<Node>((node, step, at) => {
    const found =
      typeof step === "number" ? itemAt(node, step) : node.kind === "map" ? entryOf(node, step)?.value : undefined;
    if (found !== undefined) return found;
    throw new SopsError("EXTRACT_NOT_FOUND", `there is nothing at component ${at + 1} of the path to extract`);
  }, document);
}

function itemAt(node: Node, position: number): Node | undefined {
  return node.kind === "list" ? node.items[position] : undefined;
}

/**
 * An extracted part: a map as a whole file of the output format, a string as its bytes alone, anything else as that
 * format writes a single value. The reference lets the other documents of a YAML file follow a map; this does not.
 *
 * @throws SopsError OUTPUT_UNSUPPORTED
 */
export function printPart(node: Node, store: Store): string | Uint8Array {
  if (node.kind === "map") return store.print([node]);
  const value = node.kind === "leaf" ? current(node) : undefined;
  if (value?.type === "str" || value?.type === "comment") return value.text;
  return value?.type === "bytes" ? value.bytes : store.printValue(node);
}
