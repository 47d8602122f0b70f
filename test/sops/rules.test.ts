import { describe, expect, test } from "vitest";
import { leaves } from "../../fn/sops/leaves.ts";
import type { SelectionRule } from "../../fn/sops/metadata.ts";
import { compileRule } from "../../fn/sops/rules.ts";
import type { Entry, Leaf, LeafValue, MapNode, Node } from "../../fn/sops/tree.ts";
import { readVector, vectorsAreThere } from "../support/vectors.ts";

const span = { start: 0, end: 0 };
const leaf = (value: LeafValue): Leaf => ({ kind: "leaf", value, span });
const comment = (text: string): Leaf => leaf({ type: "comment", text });

type Item = readonly [key: string, value: string | readonly (Item | string)[], mark?: { readonly enc: boolean }];

/** The vectors mark list items in words: `baz (encrypted)`, `# note (clear)`. */
function tree(items: readonly Item[], expected: boolean[]): MapNode {
  const made = items.map(([key, value, mark]): Entry | Leaf => {
    if (mark !== undefined) expected.push(mark.enc);
    if (key === "#" && typeof value === "string") return comment(value);
    return { kind: "entry", key, textKey: true, keySpan: span, value: valueOf(value, expected) };
  });
  return { kind: "map", items: made, span, flow: false };
}

function valueOf(value: string | readonly (Item | string)[], expected: boolean[]): Node {
  if (typeof value === "string") return leaf({ type: "str", text: value });
  if (!value.every((item) => typeof item === "string")) return tree(value as readonly Item[], expected);
  const items = value.map((item) => {
    expected.push(item.endsWith("(encrypted)"));
    const text = item.replace(/ \([a-z]+\)$/, "");
    return text.startsWith("# ") ? comment(text.slice(2)) : leaf({ type: "str", text });
  });
  return { kind: "list", items, span, flow: false };
}

describe.skipIf(!vectorsAreThere)("selection, as the reference's own tests have it", () => {
  const { cases } = vectorsAreThere
    ? (JSON.parse(readVector("sops", "go-tests/tree-selection.json")) as {
        cases: { rule: Record<string, string>; tree: Item[] }[];
      })
    : { cases: [] };

  test("all of them are there", () => {
    expect(cases).toHaveLength(6);
  });

  test.each(cases)("$rule", async ({ rule, tree: items }) => {
    const [[kind, value] = []] = Object.entries(rule);
    const expected: boolean[] = [];
    const root = tree(items, expected);
    const selects = await compileRule({ kind, value } as SelectionRule);
    const selected = [...leaves([root])].map((visit) =>
      selects(visit.path, visit.comments, visit.leaf.value.type === "comment" ? visit.leaf.value.text : null),
    );
    expect(selected).toEqual(expected);
  });
});

describe("rules", () => {
  test.each<[SelectionRule["kind"], string, string[], boolean]>([
    ["unencrypted_suffix", "_unencrypted", ["a"], true],
    ["unencrypted_suffix", "_unencrypted", ["a_unencrypted", "b"], false],
    ["unencrypted_suffix", "_unencrypted", [], true],
    ["encrypted_suffix", "_enc", ["a", "b_enc", "c"], true],
    ["encrypted_suffix", "_enc", [], false],
    ["encrypted_regex", "^(data|stringData)$", ["data", "k"], true],
    ["encrypted_regex", "^(data|stringData)$", ["metadata", "name"], false],
    ["encrypted_regex", "^a:b$", ["a", "b"], false],
    ["unencrypted_regex", "^(kind|metadata)$", ["metadata", "name"], false],
    // A pattern that Go refuses never matches.
    ["encrypted_regex", "(?=data)", ["data"], false],
    ["unencrypted_regex", "(?=data)", ["data"], true],
  ])("%s %s on %j: %s", async (kind, value, path, expected) => {
    expect((await compileRule({ kind, value }))(path, [], null)).toBe(expected);
  });

  test("a comment counts among its own active comments in one rule only", async () => {
    const unencrypted = await compileRule({ kind: "unencrypted_comment_regex", value: "clear" });
    expect(unencrypted([], [], "keep this clear")).toBe(false);
    expect(unencrypted([], ["keep this clear"], null)).toBe(false);
    expect(unencrypted([], ["other"], "other")).toBe(true);
    const encrypted = await compileRule({ kind: "encrypted_comment_regex", value: "secret" });
    expect(encrypted([], [], "secret")).toBe(false);
    expect(encrypted([], ["secret"], "secret")).toBe(true);
    expect(encrypted(["secret"], [], null)).toBe(false);
  });
});
