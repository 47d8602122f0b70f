/** Random documents as people write them, for encryption by the real sops: odd scalars, comments, several documents. */
import fc from "fast-check";

/** Plain scalars whose type or spelling is easily got wrong. */
const ODD_SCALARS = [
  "~",
  "null",
  "true",
  "False",
  "yes",
  "off",
  "y",
  "0",
  "-0",
  "42",
  "-17",
  "0777",
  "0o17",
  "017",
  "08",
  "0x1F",
  "0b101",
  "1_000",
  "9007199254740993",
  "-9223372036854775808",
  "9223372036854775807",
  "1.0",
  "1.5",
  "-0.0",
  "1e3",
  "1E-7",
  "1234567.5",
  "0.00001",
  "1e21",
  ".5",
  ".inf",
  "-.inf",
  ".nan",
  "2001-12-14",
  "2001-12-14T21:59:43.10-05:00",
  "2001-12-14 21:59:43",
  "12:30",
  "190:20:30",
  "1.2.3",
  "abc",
  "a b",
  "a:b",
  "<<",
  "=",
  "{}",
  "[]",
  '""',
  "''",
];

const word = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.-]{0,8}$/);
const key = fc
  .oneof(
    { weight: 8, arbitrary: word },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        "data",
        "password",
        "user_unencrypted",
        "token_secret",
        "10",
        "y",
        "with:colon",
        "with space",
        "ключ",
        "",
        "true",
      ),
    },
  )
  .map((text) => ({ text }));

/** Any text, more often than not of the kinds that need care when written as YAML. */
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }).map((value) => value.replaceAll("\u0000", "").toWellFormed()),
  fc.string({ unit: "grapheme-ascii", maxLength: 40 }),
  fc
    .array(fc.string({ unit: "grapheme-ascii", maxLength: 12 }), { minLength: 2, maxLength: 4 })
    .map((lines) => lines.join("\n")),
  fc.constantFrom(
    ...ODD_SCALARS,
    "# no comment",
    "- item",
    "trailing ",
    " leading",
    "tab\there",
    "ENC[not really]",
    "😀",
    "multi\nline\n",
    "ends\n\n",
  ),
);

/** The reference itself writes lines that begin with white space as null or as invalid YAML, so there is nothing to compare. */
const text = anyText.map((content) => (content.includes("\n") ? content.replace(/^\s+/, "") : content));

type Value =
  | { readonly kind: "plain"; readonly source: string }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "map"; readonly entries: readonly Item[] }
  | { readonly kind: "list"; readonly items: readonly Item[] };

interface Item {
  readonly key: string;
  readonly value: Value;
  readonly head: string | null;
  readonly inline: string | null;
}

// Without the empty comment: the reference turns it into an empty string when it stands in a list.
const comment = fc.option(fc.constantFrom(" note", "secret", " public: yes", " # deep", " ünïcode"), {
  freq: 4,
  nil: null,
});

const { value } = fc.letrec<{ value: Value; map: Value; item: Item }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc
      .constantFrom(...ODD_SCALARS.filter((source) => source !== "<<"))
      .map((source): Value => ({ kind: "plain", source })),
    text.map((content): Value => ({ kind: "text", value: content })),
    tie("map"),
    fc.array(tie("item"), { maxLength: 4 }).map((items): Value => ({ kind: "list", items })),
  ),
  map: fc
    .uniqueArray(tie("item"), { maxLength: 5, selector: (item) => item.key })
    .map((entries): Value => ({ kind: "map", entries })),
  item: fc
    .record({ key, value: tie("value"), head: comment, inline: comment })
    .map((item): Item => ({ ...item, key: item.key.text })),
}));

const documentRoot = fc
  .uniqueArray(fc.record({ key, value, head: comment, inline: comment }), {
    minLength: 1,
    maxLength: 6,
    selector: (item) => item.key.text,
  })
  .map((entries): Value => ({ kind: "map", entries: entries.map((item) => ({ ...item, key: item.key.text })) }));

/** YAML of one to three documents. */
export const yamlText: fc.Arbitrary<string> = fc
  .array(documentRoot, { minLength: 1, maxLength: 3 })
  .map((roots) => roots.map((root) => printBlock(root, 0)).join("---\n"));

/** JSON with a top-level object; duplicate keys do not occur. */
export const jsonText: fc.Arbitrary<string> = documentRoot.map((root) => `${JSON.stringify(toJson(root), null, 2)}\n`);

/** Flags that give sops a rule, or none. */
export const ruleFlags: fc.Arbitrary<string[]> = fc
  .constantFrom<string[][]>(
    [],
    ["--encrypted-regex", "^(data|password)$"],
    ["--encrypted-regex", "(?i)^PASS|tok[a-z]+_"],
    ["--unencrypted-regex", "^[a-m]"],
    ["--encrypted-suffix", "_secret"],
    ["--unencrypted-suffix", "n"],
  )
  .map((flags) => [...flags]);

function printBlock(node: Value, indent: number): string {
  const margin = " ".repeat(indent);
  const items = node.kind === "map" ? node.entries : node.kind === "list" ? node.items : [];
  return items
    .map(({ key: name, value: inner, head, inline }) => {
      const lead = node.kind === "map" ? `${JSON.stringify(name)}:` : "-";
      const above = head === null ? "" : `${margin}#${head}\n`;
      const beside = inline === null || inner.kind === "map" || inner.kind === "list" ? "" : ` #${inline}`;
      return `${above}${margin}${lead}${printValue(inner, indent)}${beside}\n`.replace(/\n\n$/, "\n");
    })
    .join("");
}

function printValue(node: Value, indent: number): string {
  switch (node.kind) {
    case "plain":
      return ` ${node.source}`;
    case "text":
      return ` ${yamlString(node.value)}`;
    default: {
      const block = printBlock(node, indent + 2);
      if (block === "") return node.kind === "map" ? " {}" : " []";
      return `\n${block}`;
    }
  }
}

/** JSON strings are YAML strings, but for what YAML does not let stand unescaped. */
function yamlString(content: string): string {
  return JSON.stringify(content).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function toJson(node: Value): unknown {
  switch (node.kind) {
    case "plain": {
      const number = Number(node.source);
      if (node.source === "true" || node.source === "False") return node.source === "true";
      if (node.source === "~" || node.source === "null") return null;
      return Number.isFinite(number) && /^-?\d/.test(node.source) ? number : node.source;
    }
    case "text":
      return node.value;
    case "list":
      return node.items.map((item) => toJson(item.value));
    case "map":
      return Object.fromEntries(node.entries.map((item) => [item.key, toJson(item.value)]));
  }
}
