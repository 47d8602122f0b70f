import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { printYamlFlow, printYamlScalar } from "../../fn/sops/stores/yaml-print.ts";
import type { Leaf, LeafValue, Node } from "../../fn/sops/tree.ts";
import { readVector, vectorsAreThere } from "../support/vectors.ts";

const BLOCK = { indent: 4, block: true, flow: false };
const FLOW = { indent: 0, block: false, flow: true };
const span = { start: 0, end: 0 };
const str = (text: string): LeafValue => ({ type: "str", text });

/** What differs from the reference on purpose; the reasons are at the top of yaml-print.ts. */
const DEVIATIONS = new Set([
  // Would need `|+`.
  "l1\nl2\n\n",
  "\n",
  "\n\n",
  "a\n\n",
  // Would need an indentation indicator.
  "\nlead",
  "  ind\nx",
  " a\n",
  // The reference writes `null`.
  "\tlead tab\nx",
  "\ta\nb",
  // The reference writes them raw, and blanks after them.
  "a\u2028b",
  "\u2028",
  // The reference writes `!!merge <<`.
  "<<",
  // The reference escapes the letters too.
  "\ufeffabc",
  "\ufeffa",
]);

describe.skipIf(!vectorsAreThere)("strings, as the reference writes them", () => {
  const all = vectorsAreThere
    ? (JSON.parse(readVector("sops", "vectors/yaml-emit-strings.json")) as { value: string; as_map_value: string }[])
    : [];

  test.each(all)("$value", ({ value, as_map_value }) => {
    const printed = `k: ${printYamlScalar(str(value), BLOCK)}\n`;
    if (DEVIATIONS.has(value)) expect(printed).not.toBe(as_map_value);
    else expect(printed).toBe(as_map_value);
  });

  test("every deviation is among them", () => {
    const values = new Set(all.map(({ value }) => value));
    expect([...DEVIATIONS].filter((value) => !values.has(value))).toEqual([]);
  });
});

describe("scalars", () => {
  test.each<[string, LeafValue]>([
    ["9007199254740993", { type: "int", value: 9007199254740993n }],
    ["1e+06", { type: "float", value: 1e6 }],
    ["-.inf", { type: "float", value: Number.NEGATIVE_INFINITY }],
    ["true", { type: "bool", value: true }],
    ["null", { type: "null" }],
    ["2024-01-01T00:00:00.5+02:00", { type: "time", text: "2024-01-01T00:00:00.5+02:00" }],
    ["!!binary //4=", { type: "bytes", bytes: Uint8Array.of(0xff, 0xfe) }],
    ["text", { type: "bytes", bytes: Buffer.from("text") }],
    ['"yes"', str("yes")],
    ['"12:30"', str("12:30")],
    ['""', str("")],
    ["'a: b'", str("a: b")],
    ['"\\U0001F600"', str("\u{1f600}")],
    ["|\n    a\n\n    b", str("a\n\nb\n")],
  ])("%s", (printed, value) => {
    expect(printYamlScalar(value, BLOCK)).toBe(printed);
  });

  test("no literal block where none may stand", () => {
    expect(printYamlScalar(str("a\nb"), { ...BLOCK, block: false })).toBe('"a\\nb"');
    expect(printYamlScalar(str("a\nb"), FLOW)).toBe('"a\\nb"');
  });

  test("a node on one line", () => {
    const leaf = (value: LeafValue, opened?: LeafValue): Leaf => ({
      kind: "leaf",
      value,
      span,
      ...(opened && { opened }),
    });
    const entry = (key: string, value: Node) => ({ kind: "entry" as const, key, textKey: true, keySpan: span, value });
    const node: Node = {
      kind: "map",
      span,
      flow: false,
      items: [
        leaf({ type: "comment", text: " note" }),
        entry("k", leaf(str("ENC[…]"), str("two words"))),
        entry("two words", {
          kind: "list",
          span,
          flow: false,
          items: [leaf({ type: "int", value: 1n }), leaf(str("ENC[…]"), { type: "comment", text: " c" })],
        }),
        entry("yes", { kind: "map", span, flow: false, items: [] }),
      ],
    };
    expect(printYamlFlow(node)).toBe('{k: "two words", "two words": [1], "yes": {}}');
  });
});

describe("what is printed is read back the same", () => {
  const parts = [
    ...Array.from("ab \t\n\r'\"\\#:-?,[]{}&*!|>%@`<=~.0x1_+\u0085\u00a0\u2028\u2029\ufeff\u{1f600}é\x00\x7f"),
    "---",
    "...",
    "<<",
    "yes",
    ": ",
    " #",
    "\n\n",
    "null",
  ];
  const texts = fc.oneof(
    fc.string({ unit: "binary" }).map((text) => text.toWellFormed()),
    fc.array(fc.constantFrom(...parts), { maxLength: 8 }).map((all) => all.join("")),
  );
  const numRuns = process.env["SLOW"] === undefined ? 2000 : 100_000;

  function readBack(source: string, key: string): unknown {
    const document = parseDocument(source, { schema: "failsafe", logLevel: "error" });
    expect(document.errors).toEqual([]);
    return document.get(key);
  }

  test.each([2, 4, 7])("in block maps with lines at column %i", (indent) => {
    fc.assert(
      fc.property(texts, (text) => {
        const printed = printYamlScalar(str(text), { indent, block: true, flow: false });
        const margin = " ".repeat(indent - 2);
        expect(readBack(`${margin}k: ${printed}\n${margin}z: end\n`, "k")).toBe(text);
        expect(readBack(`k: ${printed}\n`, "k")).toBe(text);
      }),
      { numRuns },
    );
  });

  test("in flow collections", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const printed = printYamlScalar(str(text), FLOW);
        expect(readBack(`k: [${printed}, ${printed}]\n`, "k")).toMatchObject({
          items: [{ value: text }, { value: text }],
        });
        expect(readBack(`{k: ${printed}, z: end}\n`, "k")).toBe(text);
      }),
      { numRuns },
    );
  });

  test("as keys of flow maps", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const value: Leaf = { kind: "leaf", value: str("v"), span };
        const entry = { kind: "entry" as const, key: text, textKey: true, keySpan: span, value };
        const printed = printYamlFlow({ kind: "map", span, flow: false, items: [entry] });
        expect(readBack(printed, text)).toBe("v");
      }),
      { numRuns: 500 },
    );
  });
});
