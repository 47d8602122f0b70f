import { unflatten } from "../flatten.ts";
import { takeMetadata } from "../metadata.ts";
import { current, type Edit, type Entry, type Leaf, type MapNode } from "../tree.ts";
import { leafText, printIni, printIniComment } from "./ini-print.ts";
import { type IniComment, type IniKey, type IniSection, readIni } from "./ini-reader.ts";
import { nextLine } from "./ini-value.ts";
import { printJsonCompact } from "./json-print.ts";
import type { Store } from "./store.ts";
import { textOfScalar } from "./text-print.ts";

/** INI: sections of keys, the metadata flattened in the section `sops`. */
export const iniStore: Store = {
  format: "ini",
  load(source) {
    const sections = readIni(source);
    const items = sections.map((section) => entryOfSection(section));
    const root: MapNode = { kind: "map", items, span: { start: 0, end: source.length }, flow: false };
    const { metadata, rest } = takeMetadata(root);
    return { text: source, documents: [rest], metadata, edits: () => iniEdits(source, sections, rest) };
  },
  print: printIni,
  printValue: printJsonCompact,
};

function entryOfSection(section: IniSection): Entry {
  const { name, keys, span } = section;
  const value = name === "sops" ? unflatten(keys.map(metadataField)) : mapOfSection(section);
  return { kind: "entry", key: name, textKey: true, keySpan: { start: span.start, end: span.start }, value };
}

/** Most releases write a line feed as the two characters `\n`; 3.13.0 and 3.13.1 wrote it as it is, in `"""`. */
function metadataField({ name, value, valueSpan }: IniKey): { name: string; leaf: Leaf } {
  return {
    name,
    leaf: { kind: "leaf", value: { type: "str", text: value.replaceAll("\\n", "\n") }, span: valueSpan },
  };
}

function mapOfSection({ comment, keys, span }: IniSection): MapNode {
  const items: (Entry | Leaf)[] = comment === undefined ? [] : [commentLeaf(comment)];
  for (const { name, nameSpan, value, valueSpan, comment: own } of keys) {
    const leaf: Leaf = { kind: "leaf", value: { type: "str", text: value }, span: valueSpan };
    items.push({ kind: "entry", key: name, textKey: true, keySpan: nameSpan, value: leaf });
    // Behind its key, as SOPS has it: comment rules depend on that order.
    if (own !== undefined) items.push(commentLeaf(own));
  }
  return { kind: "map", items, span, flow: false };
}

function commentLeaf({ text, first }: IniComment): Leaf {
  return { kind: "leaf", value: { type: "comment", text }, span: first };
}

function iniEdits(source: string, sections: readonly IniSection[], document: MapNode): Edit[] {
  const edits: Edit[] = [];
  for (const item of document.items) {
    if (item.kind !== "entry" || item.value.kind !== "map") continue;
    for (const inner of item.value.items) {
      const leaf = inner.kind === "entry" ? (inner.value as Leaf) : inner;
      if (leaf.opened === undefined) continue;
      edits.push({ ...leaf.span, text: inner.kind === "entry" ? leafText(leaf) : commentLines(leaf) });
    }
  }
  for (const section of sections) if (section.name === "sops") edits.push(removal(source, section));
  return edits;
}

function commentLines(leaf: Leaf): string {
  return printIniComment(textOfScalar(current(leaf))).slice(0, -1);
}

/** The section with the blank lines that set it off: those before it where it ends the file, else those after it. */
function removal(source: string, { span }: IniSection): Edit {
  const rest = source.slice(span.end);
  if (rest.trim() !== "") {
    return { start: span.start, end: span.end + (/^(?:[ \t\r]*\n)*/.exec(rest)?.[0].length ?? 0), text: "" };
  }
  const before = source.slice(0, span.start);
  let kept = before.length;
  while (kept > 0 && /[ \t\r\n]/.test(before[kept - 1] ?? "")) kept--;
  const lineEnd = kept === 0 ? 0 : nextLine(source, kept);
  return { start: Math.min(lineEnd, span.start), end: source.length, text: "" };
}
