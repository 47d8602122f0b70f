/*
 * Whole trees in the layout SOPS gives YAML: block style, four columns per level, lists indented below their key. Two
 * differences from the reference: texts and keys are spelled as yaml-print.ts says, and a comment in an otherwise empty
 * map or list stands before it instead of at the margin, where most readers refuse it.
 */
import { current, type Entry, isComment, type ListNode, type MapNode, type Node } from "../tree.ts";
import { printYamlScalar } from "./yaml-print.ts";

const INDENT = 4;
/** Longer keys get the form `? key`, as from the reference; readers may refuse them otherwise. */
const MAX_SIMPLE_KEY_BYTES = 128;

/** Documents one after another, each but the first behind `---`. */
export function printYamlDocuments(documents: readonly MapNode[]): string {
  return documents.map((document) => printYamlTree(document)).join("---\n");
}

/** One tree with a final line feed. */
export function printYamlTree(node: Node): string {
  if (node.kind === "leaf") return `${scalar(node, INDENT)}\n`;
  return isEmpty(node) ? `${commentsOf(node, 0)}${emptyForm(node)}\n` : block(node, 0);
}

/** The lines of a map or list that holds something, each ended. */
function block(node: MapNode | ListNode, column: number): string {
  return node.items
    .map((item) => (node.kind === "map" ? mapItem(item, column) : listItem(item as Node, column)))
    .join("");
}

function mapItem(item: Entry | Node, column: number): string {
  if (item.kind !== "entry") return commentLines(item, column);
  const margin = " ".repeat(column);
  const key = printYamlScalar({ type: "str", text: item.key }, { indent: 0, block: false, flow: false });
  const simple = Buffer.byteLength(key) <= MAX_SIMPLE_KEY_BYTES;
  const lead = simple ? `${margin}${key}:` : `${margin}? ${key}\n${margin}:`;
  const { value } = item;
  const inner = nextLevel(column);
  if (value.kind === "leaf") {
    return isComment(value) ? commentLines(value, column) : `${lead} ${scalar(value, inner)}\n`;
  }
  if (isEmpty(value)) return `${commentsOf(value, column)}${lead} ${emptyForm(value)}\n`;
  return `${lead}\n${block(value, inner)}`;
}

function listItem(item: Node, column: number): string {
  const margin = " ".repeat(column);
  const inner = column + 2;
  if (item.kind === "leaf") return isComment(item) ? commentLines(item, column) : `${margin}- ${scalar(item, inner)}\n`;
  if (isEmpty(item)) return `${commentsOf(item, column)}${margin}- ${emptyForm(item)}\n`;
  // A comment cannot stand between a dash and what follows on its line; SOPS puts it above the dash.
  const first = item.items.findIndex((part) => !isCommentItem(part));
  const head = { ...item, items: item.items.slice(0, first) } as MapNode | ListNode;
  const rest = { ...item, items: item.items.slice(first) } as MapNode | ListNode;
  return `${commentsOf(head, column)}${margin}- ${block(rest, inner).slice(inner)}`;
}

/** Multiples of the indent, also below list items, whose content is two columns in. */
function nextLevel(column: number): number {
  return INDENT * Math.floor((column + INDENT) / INDENT);
}

function scalar(node: Node, indent: number): string {
  return node.kind === "leaf" ? printYamlScalar(current(node), { indent, block: true, flow: false }) : "";
}

function isCommentItem(item: Entry | Node): boolean {
  return isComment(item.kind === "entry" ? item.value : item);
}

function isEmpty(node: MapNode | ListNode): boolean {
  return node.items.every((item) => isCommentItem(item));
}

function emptyForm(node: MapNode | ListNode): string {
  return node.kind === "map" ? "{}" : "[]";
}

function commentsOf(node: MapNode | ListNode, column: number): string {
  return node.items.map((item) => commentLines(item.kind === "entry" ? item.value : item, column)).join("");
}

/** Comments of INI may have several lines; each needs its mark, or it would turn into content. */
function commentLines(node: Node, column: number): string {
  const value = node.kind === "leaf" ? current(node) : undefined;
  if (value?.type !== "comment") return "";
  const margin = " ".repeat(column);
  return value.text
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/)
    .map((line) => `${margin}#${line}\n`)
    .join("");
}
