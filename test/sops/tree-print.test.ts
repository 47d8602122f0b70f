/** Whole trees in the layout of SOPS, paths into them, and the flat names of metadata. */
import { describe, expect, test } from "vitest";
import { parseExtractPath, partAt, printPart } from "../../fn/sops/extract.ts";
import { unflatten } from "../../fn/sops/flatten.ts";
import { formatOf, sniff } from "../../fn/sops/stores/format.ts";
import { printJsonCompact } from "../../fn/sops/stores/json-print.ts";
import { STORES } from "../../fn/sops/stores/registry.ts";
import type { Format } from "../../fn/sops/stores/store.ts";
import { shapeOf, yamlShape } from "../support/tree-shape.ts";
import { comment, list, map, scalar, text } from "../support/trees.ts";

const LONG = "k".repeat(130);

describe("YAML", () => {
  const cases = {
    "nests by four columns, lists by two behind the dash": [
      map([
        [
          "a",
          map([
            [
              "l",
              list([
                text("x"),
                list([text("b"), text("c")]),
                map([
                  ["k", text("v")],
                  ["m", list([text("1")])],
                ]),
              ]),
            ],
          ]),
        ],
      ]),
      'a:\n    l:\n        - x\n        - - b\n          - c\n        - k: v\n          m:\n            - "1"\n',
    ],
    "comments stand where they are in the tree": [
      map([
        comment(" top"),
        ["a", map([["b", text("c")], comment(" foot")])],
        ["l", list([comment(" item"), text("x")])],
      ]),
      "# top\na:\n    b: c\n    # foot\nl:\n    # item\n    - x\n",
    ],
    "a comment of several lines stays a comment": [map([comment(" a\nb: c"), ["d", text("e")]]), "# a\n#b: c\nd: e\n"],
    "a comment at the head of a map in a list is above its dash": [
      map([["l", list([map([comment(" head"), ["k", text("v")]])])]]),
      "l:\n    # head\n    - k: v\n",
    ],
    "what is empty but for comments": [
      map([
        ["m", map([comment(" in m")])],
        ["l", list([comment(" in l")])],
        ["i", list([map([])])],
      ]),
      "# in m\nm: {}\n# in l\nl: []\ni:\n    - {}\n",
    ],
    "a long key": [map([[LONG, map([["a", text("b")]])]]), `? ${LONG}\n:\n    a: b\n`],
    "an empty document": [map([]), "{}\n"],
  } as const;

  test.each(Object.entries(cases))("%s", (_name, [document, printed]) => {
    expect(STORES.yaml.print([document])).toBe(printed);
    // Comments in empty maps and at the head of maps in lists move, and several lines are several comments.
    if (!/\{\}|# head|#b: c/.test(printed)) expect(yamlShape(printed)).toEqual([shapeOf(document)]);
  });

  test("documents are divided by ---", () => {
    expect(STORES.yaml.print([map([["a", text("b")]]), map([])])).toBe("a: b\n---\n{}\n");
  });
});

test("JSON drops comments and other documents", () => {
  const document = map([comment(" x"), ["a", list([comment(" y"), text("<b>")])], ["e", map([comment(" z")])]]);
  expect(STORES.json.print([document, map([])])).toBe('{\n\t"a": [\n\t\t"\\u003cb\\u003e"\n\t],\n\t"e": {}\n}\n');
  expect(printJsonCompact(document)).toBe('{"a":["\\u003cb\\u003e"],"e":{}}');
});

describe("extracting", () => {
  const document = map([["a", list([text("x\n"), scalar({ type: "int", value: 1n }), map([["]", text("y")]])])]]);

  test.each<[string, Format, string]>([
    ['["a"][0]', "json", "x\n"],
    ['["a"][1]', "yaml", "1\n"],
    ['["a"][1]', "json", "1"],
    ["['a'][2][\"]\"]", "yaml", "y"],
    ['["a"][2]', "dotenv", "]=y\n"],
    ['["a"]', "ini", '["x\\n",1,{"]":"y"}]'],
  ])("%s as %s", (path, format, expected) => {
    expect(printPart(partAt(document, parseExtractPath(path)), STORES[format])).toBe(expected);
  });

  test.each(["", "a", "[a]", '["a"', '["a"]x', "[1.5]", '["a["]'])("%j is no path", (path) => {
    expect(() => parseExtractPath(path)).toThrow(expect.objectContaining({ code: "EXTRACT_SYNTAX" }));
  });

  test.each(['["b"]', '["a"][3]', '["a"][-1]', '["a"]["x"]', '["a"][0][0]', '["a"][2][0]'])(
    "%s leads nowhere",
    (path) => {
      expect(() => partAt(document, parseExtractPath(path))).toThrow(
        expect.objectContaining({ code: "EXTRACT_NOT_FOUND" }),
      );
    },
  );

  test.each<Format>(["dotenv", "binary"])("%s has no form for a number on its own", (format) => {
    const part = partAt(document, ["a", 1]);
    expect(() => printPart(part, STORES[format])).toThrow(expect.objectContaining({ code: "OUTPUT_UNSUPPORTED" }));
  });
});

test.each<[string, Format]>([
  ["a.yaml", "yaml"],
  ["a.enc.yml", "yaml"],
  [".env", "dotenv"],
  ["x/prod.env", "dotenv"],
  ["a.ini", "ini"],
  ["a.json", "json"],
  [".env.local", "binary"],
  ["A.YAML", "binary"],
  ["a.yaml.enc", "binary"],
])("the name %s stands for %s", (name, format) => {
  expect(formatOf(name)).toBe(format);
});

test("braces that are no JSON are YAML in flow style", () => {
  expect(sniff("{a: b, sops: {mac: x}}")).toBe("yaml");
});

describe("flat names", () => {
  const run = (names: readonly string[]) => shapeOf(unflatten(names.map((name) => ({ name, leaf: text(name) }))));

  test("become maps and lists, in any order of their lines", () => {
    expect(run(["a__list_1__map_k", "b", "a__list_0"])).toEqual({
      map: [
        ["a", { list: ["str:a__list_0", { map: [["k", "str:a__list_1__map_k"]] }] }],
        ["b", "str:b"],
      ],
    });
    expect(run(["__proto____map_x"])).toEqual({ map: [["__proto__", { map: [["x", "str:__proto____map_x"]] }]] });
  });

  test.each([
    [["a", "a"]],
    [["a", "a__map_b"]],
    [["a__map_b", "a"]],
    [["a__list_0", "a__map_b"]],
    [["a__list_1"]],
    [["a__list_-1"]],
    [["a__list_99999999999999"]],
    [[`a${"__map_b".repeat(1000)}`]],
  ])("%j contradict each other or leave gaps", (names) => {
    expect(() => run(names)).toThrow(expect.objectContaining({ code: "METADATA_INVALID" }));
  });
});
