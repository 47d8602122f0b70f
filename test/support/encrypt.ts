/** Encrypts trees into SOPS files of any format, with a data key given by the test; the opposite of what is shipped. */
import { createCipheriv, randomBytes } from "node:crypto";
import { pathAad } from "../../fn/sops/cipher.ts";
import { leaves } from "../../fn/sops/leaves.ts";
import { computeMac, type MacInput } from "../../fn/sops/mac.ts";
import type { SelectionRule } from "../../fn/sops/metadata.ts";
import { plaintextOf } from "../../fn/sops/plaintext.ts";
import { compileRule } from "../../fn/sops/rules.ts";
import { STORES } from "../../fn/sops/stores/registry.ts";
import type { Format } from "../../fn/sops/stores/store.ts";
import type { Leaf, LeafValue, MapNode, Node } from "../../fn/sops/tree.ts";
import { list, map, scalar, text } from "./trees.ts";

export const DATA_KEY: string = "5f".repeat(32);
const LAST_MODIFIED = "2024-05-06T07:08:09Z";

export interface EncryptOptions {
  readonly rule?: SelectionRule;
  readonly macOnlyEncrypted?: boolean;
}

/** The text of a SOPS file that holds the documents; these are left as they were. */
export async function encrypt(
  documents: readonly MapNode[],
  format: Format,
  { rule, macOnlyEncrypted = false }: EncryptOptions = {},
): Promise<string> {
  const copies = documents.map((document) => copy(document) as MapNode);
  const selects = await compileRule(rule ?? { kind: "unencrypted_suffix", value: "_unencrypted" });
  const covered: MacInput[] = [];
  const inLists = new Set(copies.flatMap((document) => itemsOfLists(document)));
  // All visits first: the walk decides by what a leaf holds whether it is a comment.
  for (const { leaf, path, comments } of Array.from(leaves(copies))) {
    const { value } = leaf;
    const selected = selects(path, comments, value.type === "comment" ? value.text : null);
    if (value.type !== "comment") covered.push({ value, selected });
    if (!selected || value.type === "null" || bytesOf(value).length === 0) continue;
    const sealed = seal(bytesOf(value), value.type === "bytes" ? "str" : value.type, pathAad(path));
    const asComment = value.type === "comment" && !inLists.has(leaf);
    leaf.opened = { type: asComment ? "comment" : "str", text: sealed };
  }
  const mac = seal(Buffer.from(computeMac(covered, macOnlyEncrypted)), "str", LAST_MODIFIED);
  const metadata = map([
    [
      "age",
      list([
        map([
          ["enc", text("-----BEGIN-----\nAA==\n-----END-----\n")],
          ["recipient", text("age1test")],
        ]),
      ]),
    ],
    ["lastmodified", text(LAST_MODIFIED)],
    ["mac", text(mac)],
    ...(macOnlyEncrypted ? [["mac_only_encrypted", scalar({ type: "bool", value: true })] as const] : []),
    ...(rule === undefined ? [] : [[rule.kind, text(rule.value)] as const]),
    ["version", text("3.13.2")],
  ]);
  const sealedDocuments = copies.map((document) => withMetadata(document, format, metadata));
  return Buffer.from(STORES[format === "binary" ? "json" : format].print(sealedDocuments)).toString("utf8");
}

function withMetadata(document: MapNode, format: Format, metadata: MapNode): MapNode {
  const added =
    format === "dotenv"
      ? flatten(metadata, "").map(([name, leaf]) => [`sops_${name}`, leaf] as const)
      : format === "ini"
        ? // Most releases spell line feeds out in INI, in metadata only.
          [["sops", map(flatten(metadata, "").map(([name, leaf]) => [name, spelledOut(leaf)] as const))] as const]
        : [["sops", metadata] as const];
  return { ...document, items: [...document.items, ...map(added).items] };
}

function spelledOut(leaf: Leaf): Leaf {
  return leaf.value.type === "str" ? text(leaf.value.text.replaceAll("\n", "\\n")) : leaf;
}

/** Flat names as dotenv and INI have them. */
function flatten(node: Node, name: string): [string, Leaf][] {
  if (node.kind === "leaf") return [[name, node]];
  if (node.kind === "list") return node.items.flatMap((item, at) => flatten(item, `${name}__list_${at}`));
  return node.items.flatMap((item) =>
    item.kind === "entry" ? flatten(item.value, name === "" ? item.key : `${name}__map_${item.key}`) : [],
  );
}

function bytesOf(value: LeafValue): Buffer {
  return Buffer.from(value.type === "comment" ? value.text : plaintextOf(value));
}

function seal(plaintext: Uint8Array, type: string, aad: string): string {
  const iv = randomBytes(32);
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(DATA_KEY, "hex"), iv);
  cipher.setAAD(Buffer.from(aad, "utf8"));
  const data = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const [b64data, b64iv, b64tag] = [data, iv, cipher.getAuthTag()].map((bytes) => bytes.toString("base64"));
  return `ENC[AES256_GCM,data:${b64data},iv:${b64iv},tag:${b64tag},type:${type}]`;
}

function copy(node: Node): Node {
  if (node.kind === "leaf") return { kind: "leaf", value: node.value, span: node.span };
  if (node.kind === "list") return { ...node, items: node.items.map(copy) };
  return {
    ...node,
    items: node.items.map((item) =>
      item.kind === "entry" ? { ...item, value: copy(item.value) } : (copy(item) as Leaf),
    ),
  };
}

function itemsOfLists(node: Node): Node[] {
  if (node.kind === "leaf") return [];
  if (node.kind === "list") return [...node.items, ...node.items.flatMap(itemsOfLists)];
  return node.items.flatMap((item) => (item.kind === "entry" ? itemsOfLists(item.value) : []));
}
