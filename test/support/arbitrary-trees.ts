/** Random trees that a format can hold and give back, for round trips through our own encryptor. */
import fc from "fast-check";
import type { SelectionRule } from "../../fn/sops/metadata.ts";
import type { Format } from "../../fn/sops/stores/store.ts";
import type { Leaf, MapNode, Node } from "../../fn/sops/tree.ts";
import { comment, list, map, scalar, text } from "./trees.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }).map((value) => value.toWellFormed()),
  fc.string({ unit: "grapheme-ascii", maxLength: 30 }),
  fc.string({
    unit: fc.constantFrom("\n", "\t", " ", '"', "'", "`", "#", ";", "\\", "=", ":", "a", "-", "\r"),
    maxLength: 8,
  }),
  fc.constantFrom("yes", "1", "~", "", "ENC[no]", "[x]", "- a", "😀", "a\nb\n", "\ufeff", "<<", "$(x)"),
);
const word = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.-]{0,8}$/).filter((name) => name !== "sops");
const key = fc.oneof(
  { weight: 6, arbitrary: word },
  { weight: 1, arbitrary: fc.constantFrom("a_unencrypted", "10", "with space", "ключ", "b_secret") },
);

const number = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => scalar({ type: "int", value })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    // A float without a fraction reads back as an int, in the reference too.
    .filter((value) => !Number.isInteger(value))
    .map((value) => scalar({ type: "float", value })),
);
const bool = fc.boolean().map((value) => scalar({ type: "bool", value }));
const time = fc
  .date({ min: new Date("1000-01-01"), max: new Date("9999-01-01"), noInvalidDate: true })
  .map((date) => scalar({ type: "time", text: date.toISOString().replace(/\.?0*Z$/, "Z") }));
const nothing = fc.constant(scalar({ type: "null" }));
const noteText = fc.constantFrom(" note", "secret", " # deep", " ünïcode", "x: y");

interface Parts {
  node: Node;
  map: MapNode;
}

function nested(leaf: fc.Arbitrary<Leaf>, comments: boolean): fc.Arbitrary<MapNode> {
  const items = (value: fc.Arbitrary<Node>, max: number, withComments: boolean): fc.Arbitrary<MapNode> =>
    fc
      .uniqueArray(
        fc.record({ key, value, note: fc.option(noteText, { freq: withComments ? 3 : 1_000_000, nil: null }) }),
        { maxLength: max, selector: (item) => item.key },
      )
      .map((entries) =>
        map(
          entries.flatMap(({ key: name, value: node, note }): (readonly [string, Node] | Leaf)[] =>
            note === null || !withComments ? [[name, node]] : [comment(note), [name, node]],
          ),
        ),
      );
  const { map: root } = fc.letrec<Parts>((tie) => ({
    node: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf as fc.Arbitrary<Node>,
      tie("map") as fc.Arbitrary<Node>,
      // Comments at the head of a map within a list are written above its dash, and so belong to the list from then on.
      fc
        .array(fc.oneof(leaf as fc.Arbitrary<Node>, items(leaf, 3, false)), { maxLength: 3 })
        .map((values) => list(values)),
    ),
    map: items(tie("node") as fc.Arbitrary<Node>, 5, comments),
  }));
  return root;
}

const json = nested(fc.oneof(anyText.map(text), number, bool, nothing), false);
const yaml = nested(fc.oneof(anyText.map(text), number, bool, nothing, time), true);

/** The two characters `\n` are a line feed in dotenv, and there is no other way to write them. */
const dotenvText = anyText.map((value) => value.replaceAll("\\n", "n"));
const dotenv = fc
  .array(fc.oneof(fc.tuple(key, dotenvText.map(text)), noteText.map(comment)), { maxLength: 6 })
  .map((items) => map(items));

/** INI cannot hold a text with both kinds of quotes for several lines. */
const iniText = anyText.filter((value) => !value.includes("`") || !value.includes('"""'));
const iniSection = fc
  .uniqueArray(
    fc.record({ key, value: iniText, note: fc.option(fc.constantFrom("note", "two words"), { nil: null }) }),
    {
      minLength: 1,
      maxLength: 4,
      selector: (item) => item.key,
    },
  )
  .map((entries) =>
    map(
      entries.flatMap(({ key: name, value, note }): (readonly [string, Node] | Leaf)[] =>
        note === null ? [[name, text(value)]] : [[name, text(value)], comment(note)],
      ),
    ),
  );
const ini = fc
  .tuple(iniSection, fc.array(fc.tuple(word, iniSection), { maxLength: 3 }))
  .map(([top, sections]) => map([["DEFAULT", top], ...sections]));

const binary = fc
  .uint8Array({ maxLength: 60 })
  .map((bytes) => map([["data", scalar({ type: "bytes", bytes: Buffer.from(bytes) })]]));

/** Documents for each format; more than one in YAML only. */
export const treesFor: Readonly<Record<Format, fc.Arbitrary<MapNode[]>>> = {
  yaml: fc.array(yaml, { minLength: 1, maxLength: 3 }),
  json: json.map((root) => [root]),
  dotenv: dotenv.map((root) => [root]),
  ini: ini.map((root) => [root]),
  binary: binary.map((root) => [root]),
};

export const anyRule: fc.Arbitrary<SelectionRule | undefined> = fc.constantFrom<(SelectionRule | undefined)[]>(
  undefined,
  { kind: "unencrypted_suffix", value: "n" },
  { kind: "encrypted_suffix", value: "_secret" },
  { kind: "encrypted_regex", value: "^[a-m]" },
  { kind: "unencrypted_regex", value: "(?i)^[A-F]" },
  { kind: "encrypted_comment_regex", value: "secret|note" },
  { kind: "unencrypted_comment_regex", value: "deep" },
);
