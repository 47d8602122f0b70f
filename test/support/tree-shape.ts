import { plaintextOf } from "../../fn/sops/plaintext.ts";
import { loadJson } from "../../fn/sops/stores/json.ts";
import { parseYaml } from "../../fn/sops/stores/yaml-source.ts";
import { current, type LeafValue, type Node } from "../../fn/sops/tree.ts";

/** A tree as plain data for comparison: `[key, value]` lists for maps, `#text` for comments, `type:text` for scalars. */
export function shapeOf(node: Node): unknown {
  if (node.kind === "leaf") return scalarShape(current(node));
  return node.items.map((item) => {
    if (item.kind === "entry") return [item.key, shapeOf(item.value)];
    return node.kind === "map" ? shapeOf(item) : [shapeOf(item)];
  });
}

function scalarShape(value: LeafValue): string {
  if (value.type === "comment") return `#${value.text}`;
  if (value.type === "null") return "null";
  const text = plaintextOf(value);
  return `${value.type}:${typeof text === "string" ? text : Buffer.from(text).toString("base64")}`;
}

export function yamlShape(text: string): unknown[] {
  return parseYaml(text).documents.map(({ root }) => (root === null ? [] : shapeOf(root)));
}

export function jsonShape(text: string): unknown {
  return shapeOf(loadJson(text));
}
