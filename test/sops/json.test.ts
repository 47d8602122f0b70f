import { describe, expect, test } from "vitest";
import { Secret } from "../../fn/secret.ts";
import { cipherFor, pathAad } from "../../fn/sops/cipher.ts";
import { leaves } from "../../fn/sops/leaves.ts";
import { typedPlaintext } from "../../fn/sops/plaintext.ts";
import { compileRule } from "../../fn/sops/rules.ts";
import { printJsonScalar, printJsonString } from "../../fn/sops/stores/json-print.ts";
import { jsonStore, loadJson } from "../../fn/sops/stores/json.ts";
import { applyEdits, type LeafValue, type Node, type Scalar } from "../../fn/sops/tree.ts";
import { parseEncryptedValue } from "../../fn/sops/value.ts";
import { readVector, vectorsAreThere } from "../support/vectors.ts";
import { errorOf } from "../support/error-of.ts";

/** A tree without its positions. */
function plain(node: Node): unknown {
  if (node.kind === "leaf") return node.value.type === "str" ? node.value.text : node.value;
  if (node.kind === "list") return node.items.map(plain);
  return { map: node.items.map((item) => (item.kind === "entry" ? [item.key, plain(item.value)] : plain(item))) };
}

const int = (value: bigint): Scalar => ({ type: "int", value });
const float = (value: number): Scalar => ({ type: "float", value });

describe("reading", () => {
  test.each<[string, unknown]>([
    ["{}", { map: [] }],
    [
      ' {"a" :\t[ ] ,\r\n"b":{}}',
      {
        map: [
          ["a", []],
          ["b", { map: [] }],
        ],
      },
    ],
    [
      '{"2":true,"1":false,"2":null}',
      {
        map: [
          ["2", { type: "bool", value: true }],
          ["1", { type: "bool", value: false }],
          ["2", { type: "null" }],
        ],
      },
    ],
    [
      '{"a":[1,-0,9223372036854775807,-9223372036854775808]}',
      { map: [["a", [int(1n), int(0n), int(2n ** 63n - 1n), int(-(2n ** 63n))]]] },
    ],
    ['{"a":[1.0,1e3,-0.0,9223372036854775808]}', { map: [["a", [float(1), float(1000), float(-0), float(2 ** 63)]]] }],
    ['{"\\u0061\\n\\ud83d\\ude00":"\\ud800x\\"\\\\"}', { map: [["a\n\u{1f600}", '\ufffdx"\\']] }],
    ['{"__proto__":"x"}', { map: [["__proto__", "x"]] }],
    ['{"a":"b"} and whatever follows', { map: [["a", "b"]] }],
  ])("%s", (source, expected) => {
    expect(plain(loadJson(source))).toEqual(expected);
  });

  test("positions", () => {
    const source = '{ "a": [1, "x"] }';
    const [entry] = loadJson(source).items;
    if (entry?.kind !== "entry" || entry.value.kind !== "list") throw new Error("no entry");
    const text = ({ start, end }: { start: number; end: number }): string => source.slice(start, end);
    expect([text(entry.keySpan), text(entry.value.span), ...entry.value.items.map((item) => text(item.span))]).toEqual([
      '"a"',
      '[1, "x"]',
      "1",
      '"x"',
    ]);
  });

  test.each([
    ["", "FILE_SYNTAX", 1],
    ["\n\n", "FILE_SYNTAX", 3],
    ["\ufeff{}", "FILE_SYNTAX", 1],
    ["{", "FILE_SYNTAX", 1],
    ['{"a":1,\n}', "FILE_SYNTAX", 2],
    ['{"a":[1,\n]}', "FILE_SYNTAX", 2],
    ['{\n"a"\n1}', "FILE_SYNTAX", 3],
    ['{"a":01}', "FILE_SYNTAX", 1],
    ['{"a":+1}', "FILE_SYNTAX", 1],
    ['{"a":.5}', "FILE_SYNTAX", 1],
    ['{"a":1e400}', "FILE_SYNTAX", 1],
    ['{"a":nulL}', "FILE_SYNTAX", 1],
    ['{"a":"hunter2\n"}', "FILE_SYNTAX", 1],
    ['{"a":"hunter2\\x"}', "FILE_SYNTAX", 1],
    ['{"a":"hunter2', "FILE_SYNTAX", 1],
    ['{"a":"hunter2\\"', "FILE_SYNTAX", 1],
    ["{'a':1}", "FILE_SYNTAX", 1],
    ["{/**/}", "FILE_SYNTAX", 1],
    ["foo: bar", "FILE_SYNTAX", 1],
    ["42", "FILE_UNSUPPORTED", 1],
    ['"x"', "FILE_UNSUPPORTED", 1],
    ["\n [42]", "FILE_UNSUPPORTED", 2],
    [`{"a":${"[".repeat(1000)}`, "FILE_LIMIT", 1],
  ])("refuses %j", (source, code, line) => {
    const error = errorOf(() => loadJson(source));
    expect(error).toMatchObject({ code, place: { line } });
    expect(error?.message).not.toContain("hunter2");
  });

  test("nesting up to the limit, and long strings", () => {
    expect(() => loadJson(`{"a":${"[".repeat(999)}${"]".repeat(999)}}`)).not.toThrow();
    const long = "\\n".repeat(4_000_000);
    expect(() => loadJson(`{"a":"${long}"}`)).not.toThrow();
  });
});

describe("printing", () => {
  test.each([
    ['<a href="&">', '"\\u003ca href=\\"\\u0026\\"\\u003e"'],
    ["\n\r\t\b\f\\", '"\\n\\r\\t\\b\\f\\\\"'],
    ["\u0001\u001f\u007f", '"\\u0001\\u001f\u007f"'],
    ["\u2028\u2029", '"\\u2028\\u2029"'],
    ["é/\u{1f600}", '"é/\u{1f600}"'],
    ["\ud800", '"\ufffd"'],
  ])("%j", (text, printed) => {
    expect(printJsonString(text)).toBe(printed);
  });

  test.each<[string, Scalar]>([
    ["9007199254740993", int(9007199254740993n)],
    ["1", float(1)],
    ["-0", float(-0)],
    ["1e+21", float(1e21)],
    ["true", { type: "bool", value: true }],
    ["null", { type: "null" }],
    ['"2024-01-01T00:00:00Z"', { type: "time", text: "2024-01-01T00:00:00Z" }],
    ['"a\\ufffd\\ufffdé"', { type: "bytes", bytes: Uint8Array.of(0x61, 0xe2, 0x82, 0xc3, 0xa9) }],
  ])("%s", (printed, value) => {
    expect(printJsonScalar(value)).toBe(printed);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("%d is not JSON", (value) => {
    expect(errorOf(() => printJsonScalar(float(value)))?.code).toBe("OUTPUT_UNSUPPORTED");
  });
});

const SOPS = '"sops": {"lastmodified": "2025-03-23T10:20:30Z", "age": [{"recipient": "r", "enc": "e"}]}';

/** Loads a file, opens leaves by their text, and returns what the store makes of it. */
function rewrite(source: string, opened: Record<string, LeafValue> = {}): string {
  const file = jsonStore.load(source);
  for (const { leaf } of leaves(file.documents)) {
    const value = leaf.value.type === "str" ? opened[leaf.value.text] : undefined;
    if (value !== undefined) leaf.opened = value;
  }
  return applyEdits(source, file.edits());
}

describe("edits", () => {
  const note: LeafValue = { type: "comment", text: " note" };
  test.each<[string, string, string, Record<string, LeafValue>?]>([
    ["metadata last", `{\n\t"a": 1,\n\t${SOPS}\n}\n`, '{\n\t"a": 1\n}\n'],
    ["metadata first", `{\n  ${SOPS},\n  "a": 1\n}\n`, '{\n  "a": 1\n}\n'],
    ["metadata in the middle", `{"a": 1, ${SOPS} , "b": 2}\n`, '{"a": 1, "b": 2}\n'],
    ["metadata alone", `{\n\t${SOPS}\n}\n`, "{}\n"],
    ["text after the object", `{"a": 1, ${SOPS}} trailing`, '{"a": 1}\n'],
    ["no line break at the end", `{"a": 1, ${SOPS}}`, '{"a": 1}\n'],
    ["blank lines at the end", `{"a": 1, ${SOPS}}\r\n\r\n`, '{"a": 1}\r\n\r\n'],
    [
      "values in their places",
      `{"a": "X",  "b": ["Y"], ${SOPS}}\n`,
      '{"a": "v\\u003c",  "b": [5]}\n',
      { X: { type: "str", text: "v<" }, Y: int(5n) },
    ],
    ["a comment in a list", `{"a": ["C", "Y"], ${SOPS}}\n`, '{"a": [5]}\n', { C: note, Y: int(5n) }],
    ["a comment at the end", `{"a": [\n1,\n"C"\n], ${SOPS}}\n`, '{"a": [\n1\n]}\n', { C: note }],
    ["comments only", `{"a": [\n"C",\n"C"\n], ${SOPS}}\n`, '{"a": []}\n', { C: note }],
    ["a comment under a key", `{"b": 1, "a": "C", ${SOPS}}\n`, '{"b": 1}\n', { C: note }],
    ["nothing but a comment", `{"a": "C", ${SOPS}}\n`, "{}\n", { C: note }],
  ])("%s", (_name, source, expected, opened) => {
    expect(rewrite(source, opened)).toBe(expected);
  });

  test("a value that JSON cannot hold is named by its line only", () => {
    const error = errorOf(() => rewrite(`{\n"a": "X", ${SOPS}}\n`, { X: float(Number.NaN) }));
    expect(error).toMatchObject({ code: "OUTPUT_UNSUPPORTED", place: { line: 2 } });
  });
});

interface Case {
  readonly name: string;
  readonly file: string;
  readonly store: string;
  readonly data_key_hex?: string;
  readonly stdout: string;
}

function cases(): Case[] {
  if (!vectorsAreThere) return [];
  type Made = Omit<Case, "stdout"> & { expect: { json?: { ok: boolean; stdout_file: string } } };
  type Found = Omit<Case, "stdout"> & { result?: { ok: boolean; stdout_file: string } };
  const made = (JSON.parse(readVector("sops", "generated/manifest.json")) as { cases: Made[] }).cases.map((entry) => ({
    ...entry,
    file: `generated/${entry.file}`,
    stdout: entry.expect.json?.ok === true ? `generated/${entry.expect.json.stdout_file}` : "",
  }));
  const found = (JSON.parse(readVector("sops", "expected/index.json")) as Found[]).map((entry) => ({
    ...entry,
    name: entry.file,
    stdout: entry.result?.ok === true ? entry.result.stdout_file : "",
  }));
  return [...made, ...found].filter(
    ({ store, stdout, data_key_hex }) => store === "json" && stdout !== "" && data_key_hex !== undefined,
  );
}

/** What the reference lays out anew and this store leaves as the file has it. */
const REFORMATTED = new Set(["history/1.13/example.json", "history/3.0.0/example.json"]);

describe.skipIf(!vectorsAreThere)("whole files, as the reference opens them", () => {
  test("some are there", () => {
    expect(cases().length).toBeGreaterThan(5);
  });

  test.each(cases())("$name", async ({ name, file, data_key_hex = "", stdout }) => {
    const source = readVector("sops", file);
    const encrypted = jsonStore.load(source);
    const cipher = cipherFor(new Secret(Buffer.from(data_key_hex, "hex")));
    const selects = await compileRule(encrypted.metadata.rule);
    for (const { leaf, path, comments } of leaves(encrypted.documents)) {
      const sealed = leaf.value.type === "str" ? parseEncryptedValue(leaf.value.text) : null;
      if (sealed !== null && selects(path, comments, null))
        leaf.opened = typedPlaintext(cipher.open(sealed, pathAad(path)), sealed.type);
    }
    const result = applyEdits(source, encrypted.edits());
    if (REFORMATTED.has(name)) expect(plain(loadJson(result))).toEqual(plain(loadJson(readVector("sops", stdout))));
    else expect(result).toBe(readVector("sops", stdout));
  });
});
