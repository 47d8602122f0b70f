import { SopsError } from "../../errors.ts";
import { current, type Entry, type Leaf, type MapNode } from "../tree.ts";
import { printIniKey, printIniValue, trim } from "./ini-value.ts";
import { textOfScalar } from "./text-print.ts";

/**
 * Documents as one INI file in the layout of SOPS' INI store: all their sections in a row, keys of a section padded to
 * the longest. `DEFAULT` has no header if it comes first.
 *
 * A comment stands before its section if it comes first in it, else before the key it follows in the tree. Where several
 * belong together all are kept; the reference keeps the last.
 *
 * @throws SopsError OUTPUT_UNSUPPORTED for anything but sections of scalars.
 */
export function printIni(documents: readonly MapNode[]): string {
  const sections = documents.flatMap(({ items }) => items.filter((item): item is Entry => item.kind === "entry"));
  const printed = sections.map((section, at) => printSection(section, at === 0));
  return printed.filter((text) => text !== "").join("\n");
}

function printSection({ key, value }: Entry, first: boolean): string {
  if (value.kind !== "map") throw unsupported("a value outside of any section");
  const header = first && key === "DEFAULT" ? "" : `[${sectionName(key)}]\n`;
  const { head, keys } = groupComments(value);
  const names = keys.map(({ entry }) => printIniKey(entry.key));
  // The library counts bytes.
  const width = Math.max(0, ...names.map((name) => Buffer.byteLength(name)));
  const lines = keys.map(({ entry, comments }, at) => {
    const name = names[at] ?? "";
    const padding = " ".repeat(width - Buffer.byteLength(name));
    return `${comments.map(printIniComment).join("")}${name}${padding} = ${scalarText(entry)}\n`;
  });
  return head.map(printIniComment).join("") + header + lines.join("");
}

/** A comment as whole lines, marked as the library marks them, so that nothing in it can be taken for a key. */
export function printIniComment(text: string): string {
  return text
    .split("\n")
    .map((line) => (/^[#;]/.test(line) ? `${line[0]} ${trim(line.slice(1))}` : line === "" ? ";" : `; ${line}`))
    .map((line) => `${line}\n`)
    .join("");
}

function groupComments(section: MapNode): {
  head: string[];
  keys: { entry: Entry; comments: string[] }[];
} {
  const head: string[] = [];
  const keys: { entry: Entry; comments: string[] }[] = [];
  for (const item of section.items) {
    if (item.kind === "entry") keys.push({ entry: item, comments: [] });
    else (keys.at(-1)?.comments ?? head).push(textOfScalar(current(item)));
  }
  return { head, keys };
}

function scalarText({ value }: Entry): string {
  if (value.kind !== "leaf") throw unsupported("a map or list within a section");
  return leafText(value);
}

/** What a leaf holds now, as an INI value. */
export function leafText(leaf: Leaf): string {
  return printIniValue(textOfScalar(current(leaf)));
}

function sectionName(name: string): string {
  if (name === "" || name.includes("\n")) throw unsupported("a section with an empty or broken name");
  return name;
}

function unsupported(found: string): SopsError {
  return new SopsError("OUTPUT_UNSUPPORTED", `the file holds ${found}, which INI cannot express`, {
    hint: "choose another --output-type",
  });
}
