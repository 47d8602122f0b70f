import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSopsError } from "../../fn/errors.ts";
import { readYamlBlock } from "../../fn/sops/stores/yaml-block.ts";
import { parseAnyYaml, type YamlNode, type YamlSource } from "../../fn/sops/stores/yaml-source.ts";
import type { Entry } from "../../fn/sops/tree.ts";
import { jsonText, yamlText } from "../support/arbitrary-documents.ts";
import { fixture, fixtureNames, resourceList } from "../support/fixtures.ts";

/** Everything later stages look at; the ends of block containers and the place of a null are not among it. */
function everything(source: YamlSource): unknown {
  return source.documents.map(({ root, aliases, anchors }) => ({
    root: root === null ? null : dump(root),
    aliases,
    anchors,
  }));
}

function dump(node: YamlNode | Entry): unknown {
  if (node.kind === "entry")
    return { key: node.key, textKey: node.textKey, keySpan: node.keySpan, value: dump(node.value) };
  const { dash } = node;
  if (node.kind === "leaf") {
    if (node.value.type === "null") return { null: true };
    const value = node.value.type === "int" ? `int ${node.value.value}` : node.value;
    return { value, span: node.span, propsStart: node.propsStart ?? node.span.start, dash };
  }
  return {
    kind: node.kind,
    flow: node.flow,
    dash,
    start: node.span.start,
    items: node.items.map((item) => dump(item)),
  };
}

/** Refusing is always allowed; reading means reading as the full parser does. */
function agrees(text: string): "read" | "refused" {
  const block = readYamlBlock(text);
  if (block === null) return "refused";
  let full: YamlSource;
  try {
    full = parseAnyYaml(text);
  } catch (error) {
    throw new Error(`read what the full parser refuses: ${isSopsError(error) ? error.message : String(error)}`, {
      cause: error,
    });
  }
  expect(everything(block)).toEqual(everything(full));
  return "read";
}

const RUNS = process.env["SLOW"] === "1" ? 100_000 : 2_000;

describe("the block reader", () => {
  test.each(fixtureNames(".enc.yaml"))("reads %s as the full parser does, alone and in a list", (name) => {
    const text = fixture(`${name}.enc.yaml`);
    // Keys with blanks and colons are left to the full parser.
    if (name === "unusual-keys") {
      expect(agrees(text)).toBe("refused");
      return;
    }
    expect(agrees(text)).toBe("read");
    const documents = text.split(/^---\n/m);
    expect(agrees(resourceList(documents.filter((document) => !document.startsWith("#"))))).toBe("read");
  });

  test.each(fixtureNames(".plain.yaml"))("agrees on the plaintext of %s", (name) => {
    agrees(fixture(`${name}.plain.yaml`));
  });

  test("agrees on random documents", () => {
    let read = 0;
    fc.assert(
      fc.property(yamlText, (text) => void (agrees(text) === "read" && read++)),
      { numRuns: RUNS },
    );
    expect(read).toBeGreaterThan(RUNS / 10);
    fc.assert(
      fc.property(jsonText, (text) => void agrees(text)),
      { numRuns: RUNS / 20 },
    );
  });

  const corpus = [
    ...fixtureNames(".enc.yaml").map((name) => fixture(`${name}.enc.yaml`)),
    ...fixtureNames(".plain.yaml").map((name) => fixture(`${name}.plain.yaml`)),
  ];
  const pieces = fc.constantFrom(
    "\n",
    " ",
    "  ",
    "    ",
    "\t",
    "- ",
    "-",
    ": ",
    ":",
    "#",
    " # c",
    "|",
    "|-",
    "|+",
    ">",
    '"',
    "'",
    "{}",
    "[]",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&a ",
    "*a",
    "!t ",
    "? ",
    "---\n",
    "...\n",
    "--- ",
    "%YAML 1.2\n",
    "a: 1\n",
    "sops:\n",
    "\n\n",
    "\r\n",
    "\u0085",
    "\u2028",
    "\ufeff",
    "\\",
    "~",
    "@",
    "`",
    "\n  x",
    "key",
    "0x1F",
  );

  test("agrees on files that somebody damaged: pieces put in, cut out, repeated", () => {
    const damage = fc.record({
      at: fc.nat(),
      length: fc.nat({ max: 30 }),
      kind: fc.constantFrom("insert", "cut", "repeat"),
      piece: pieces,
    });
    let read = 0;
    fc.assert(
      fc.property(fc.constantFrom(...corpus), fc.array(damage, { minLength: 1, maxLength: 3 }), (original, damages) => {
        // Long encrypted texts would take all the hits.
        let text = original.replace(/ENC\[[^\]]*\]/g, "ENC[x]").replace(/^ +[A-Za-z0-9+/=]{60,}\n/gm, "");
        for (const { at, length, kind, piece } of damages) {
          const start = at % (text.length + 1);
          const cut = text.slice(start, start + length);
          text =
            text.slice(0, start) +
            (kind === "insert" ? piece : kind === "repeat" ? cut + cut : "") +
            text.slice(kind === "cut" ? start + length : start);
        }
        if (agrees(text) === "read") read++;
      }),
      { numRuns: RUNS },
    );
    expect(read).toBeGreaterThan(RUNS / 10);
  });
});
