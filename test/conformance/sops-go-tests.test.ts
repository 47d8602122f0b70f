/** What the Go tests of SOPS assert about reading and writing single stores. */
import { describe, expect, test } from "vitest";
import { unflatten } from "../../fn/sops/flatten.ts";
import { dotenvStore } from "../../fn/sops/stores/dotenv.ts";
import { readDotenv } from "../../fn/sops/stores/dotenv-reader.ts";
import { formatOf } from "../../fn/sops/stores/format.ts";
import { iniStore } from "../../fn/sops/stores/ini.ts";
import { readIni } from "../../fn/sops/stores/ini-reader.ts";
import { loadJson } from "../../fn/sops/stores/json-reader.ts";
import { STORES } from "../../fn/sops/stores/registry.ts";
import type { Format } from "../../fn/sops/stores/store.ts";
import { parseYaml } from "../../fn/sops/stores/yaml-source.ts";
import type { MapNode, Node } from "../../fn/sops/tree.ts";
import { comment, map, text } from "../support/trees.ts";
import { readVector, vectorsAreThere } from "../support/vectors.ts";

type Pairs = readonly (readonly [string, string | Pairs])[];

/** A tree as the vectors write it: pairs of key and value, comments under `#`. */
function treeOf(pairs: Pairs): MapNode {
  return map(
    pairs.map(([key, value]) =>
      typeof value !== "string" ? [key, treeOf(value)] : key === "#" ? comment(value) : [key, text(value)],
    ),
  );
}

function vector(name: string): unknown {
  return JSON.parse(vectorsAreThere ? readVector("sops/go-tests", name) : "null");
}

function plain(node: Node): unknown {
  if (node.kind === "leaf") return node.value.type === "str" ? node.value.text : node.value;
  if (node.kind === "list") return node.items.map((item) => plain(item));
  return Object.fromEntries(
    node.items.flatMap((item) => (item.kind === "entry" ? [[item.key, plain(item.value)]] : [])),
  );
}

describe.skipIf(!vectorsAreThere)("the stores in SOPS' Go tests", () => {
  test("flatten.json", () => {
    type Flat = readonly (readonly [string, string])[];
    const { unflatten_ok, unflatten_error } = vector("flatten.json") as {
      unflatten_ok: { in: Flat; out: unknown }[];
      unflatten_error: { in: Flat }[];
    };
    const run = (fields: Flat) => unflatten(fields.map(([name, value]) => ({ name, leaf: text(value) })));
    for (const { in: fields, out } of unflatten_ok) expect(plain(run(fields))).toEqual(out);
    for (const { in: fields } of unflatten_error) {
      expect(() => run(fields)).toThrow(expect.objectContaining({ code: "METADATA_INVALID" }));
    }
  });

  test("formats.json", () => {
    const { for_path } = vector("formats.json") as { for_path: Record<string, Format> };
    for (const [path, format] of Object.entries(for_path)) expect(formatOf(path), path).toBe(format);
  });

  test("store-dotenv.json", () => {
    const { load_emit } = vector("store-dotenv.json") as { load_emit: { in: string; tree: Pairs; out: string } };
    expect(readDotenv(load_emit.in).map(({ key, text: value }) => [key ?? "#", value])).toEqual(load_emit.tree);
    expect(dotenvStore.print([treeOf(load_emit.tree)])).toBe(load_emit.out);
  });

  test("store-ini.json", () => {
    type Sections = readonly (readonly [string, Pairs])[];
    const { load, roundtrip_trees } = vector("store-ini.json") as {
      load: { in: string; tree: Sections };
      roundtrip_trees: Sections[];
    };
    const read = (source: string) =>
      readIni(source).map(({ name, comment: head, keys }) => [
        name,
        [
          ...(head === undefined ? [] : [["#", head.text]]),
          ...keys.flatMap((key) => [
            [key.name, key.value],
            ...(key.comment === undefined ? [] : [["#", key.comment.text]]),
          ]),
        ],
      ]);
    expect(read(load.in)).toEqual(load.tree);
    for (const tree of roundtrip_trees) {
      expect(read(iniStore.print([treeOf(tree)]) as string)).toEqual(tree);
    }
  });

  test("store-json.json", () => {
    const { emit, binary } = vector("store-json.json") as {
      emit: { tree_json: string; indent: number; out: string }[];
      binary: { emit: { data: string; out: string }[] };
    };
    for (const { tree_json, indent, out } of emit) {
      if (indent === -1) expect(STORES.json.print([loadJson(tree_json)])).toBe(out);
    }
    for (const { data, out } of binary.emit) {
      expect(Buffer.from(STORES.binary.print([map([["data", text(data)]])])).toString()).toBe(out);
    }
    for (const documents of [[], [map([]), map([])], [map([])], [map([["data", map([])]])]]) {
      expect(() => STORES.binary.print(documents)).toThrow(expect.objectContaining({ code: "OUTPUT_UNSUPPORTED" }));
    }
  });

  test("store-yaml.json, but for inline comments, which printing a tree puts on lines of their own", () => {
    const { load_emit } = vector("store-yaml.json") as {
      load_emit: { name: string; in: string; out: string; indent?: number }[];
    };
    const cases = load_emit.filter(({ name, indent = 4 }) => indent === 4 && !name.startsWith("inline"));
    expect(cases.length).toBeGreaterThan(5);
    for (const { name, in: source, out } of cases) {
      const roots = parseYaml(source).documents.flatMap(({ root }) => (root?.kind === "map" ? [root] : []));
      expect(STORES.yaml.print(roots), name).toBe(out);
    }
  });
});
