/** Trees as plain data, so that two texts can be compared by values, types, order and comments. */
import { plaintextOf } from "../../fn/sops/plaintext.ts";
import { loadJson } from "../../fn/sops/stores/json.ts";
import { parseYaml } from "../../fn/sops/stores/yaml-source.ts";
import { current, type LeafValue, type Node } from "../../fn/sops/tree.ts";

/** A comment or scalar is a text, see {@link scalarShape}. */
export type Shape = string | { readonly map: readonly (string | Entry)[] } | { readonly list: readonly Shape[] };
type Entry = readonly [key: string, value: Shape];

/** What a tree holds now. */
export function shapeOf(node: Node): Shape {
  if (node.kind === "leaf") return scalarShape(current(node));
  if (node.kind === "list") return { list: node.items.map((item) => shapeOf(item)) };
  return {
    map: node.items.map((item) =>
      item.kind === "entry" ? [item.key, shapeOf(item.value)] : scalarShape(current(item)),
    ),
  };
}

/** `#text` for comments, `type:text` for scalars, `null`. */
function scalarShape(value: LeafValue): string {
  if (value.type === "comment") return `#${value.text}`;
  if (value.type === "null") return "null";
  const text = plaintextOf(value);
  return `${value.type}:${typeof text === "string" ? text : Buffer.from(text).toString("base64")}`;
}

/** One shape for each document. */
export function yamlShape(text: string): Shape[] {
  return parseYaml(text).documents.map(({ root }) => (root === null ? "null" : shapeOf(root)));
}

export function jsonShape(text: string): Shape[] {
  return [shapeOf(loadJson(text))];
}

function isComment(shape: Shape | Entry): shape is string {
  return typeof shape === "string" && shape.startsWith("#");
}

export function withoutComments(shape: Shape): Shape {
  if (typeof shape === "string") return shape;
  if ("list" in shape)
    return { list: shape.list.filter((item) => !isComment(item)).map((item) => withoutComments(item)) };
  return {
    map: shape.map.flatMap((item) => (typeof item === "string" ? [] : [[item[0], withoutComments(item[1])] as const])),
  };
}

/** The texts of all comments in order. */
export function commentsOf(shape: Shape): string[] {
  if (typeof shape === "string") return isComment(shape) ? [shape] : [];
  if ("list" in shape) return shape.list.flatMap((item) => commentsOf(item));
  return shape.map.flatMap((item) => (typeof item === "string" ? [item] : commentsOf(item[1])));
}
