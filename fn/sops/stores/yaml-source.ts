import {
  Composer,
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node as AstNode,
  type Pair,
  Parser,
  Scalar,
  type YAMLMap,
} from "yaml";
import { SopsError } from "../../errors.ts";
import type { Entry, ListNode, MapNode, Node, Span } from "../tree.ts";
import { lineOf } from "./line.ts";
import { readYamlBlock } from "./yaml-block.ts";
import { type FoundComment, placeComments } from "./yaml-comments.ts";
import { resolvePlain, resolveTagged } from "./yaml-scalar.ts";

/** A node with what stands before it in the text and goes away together with it. */
export type YamlNode = Node & {
  /** Where tag or anchor begin; the same as the span's start if there is none. */
  readonly propsStart?: number;
  /** Position of the dash, for items of block lists. */
  readonly dash?: number;
  /** An alias with what it stands for: the span is that of the alias, the spans below are those of the anchored node. */
  readonly alias?: true;
};

/** An entry with the place where its key begins, tag, anchor and question mark included. */
export type YamlEntry = Entry & { readonly start?: number };

/** A place where the text has an alias, with the copy it stands for. */
interface AliasCopy {
  readonly span: Span;
  readonly node: Node;
  /** Where the anchored node begins. */
  readonly target: number;
}

/** A YAML text as trees whose nodes know their place in it. */
export interface YamlSource {
  /** The text that all places and edits refer to; it is the one that was given but for brackets that had to be indented. */
  readonly text: string;
  readonly documents: readonly YamlDocument[];
  /** The first place outside quotes and block scalars with a character that readers understand differently. */
  readonly ambiguous: number | undefined;
}

export interface YamlDocument {
  /** `null` for an empty document. */
  readonly root: Node | null;
  readonly aliases: readonly AliasCopy[];
  /** The anchors with the blanks that follow them. */
  readonly anchors: readonly Span[];
}

const MAX_DEPTH = 500;
/** Nodes that aliases may add; Go's decoder stops bombs by a similar bound. */
const MAX_ALIASED_NODES = 10_000;

/**
 * Parses any number of YAML documents. All scalars keep their spelling: their types are resolved by the rules of the
 * library that computed the MAC (yaml-scalar.ts), not by those of the parser.
 *
 * @throws SopsError FILE_SYNTAX with the line, FILE_LIMIT for nesting or alias bombs. The parser's own messages quote
 *   the text and are dropped.
 */
export function parseYaml(text: string): YamlSource {
  return readYamlBlock(text) ?? parseAnyYaml(text);
}

/** {@link parseYaml} by the full parser alone; for what the block reader refuses, and to hold that one against it. */
export function parseAnyYaml(text: string): YamlSource {
  try {
    return parse(text);
  } catch (error) {
    const mended = withIndentedBrackets(text);
    if (mended === text) throw error;
    return parse(mended);
  }
}

/**
 * The reference writes an empty map or list that has a comment inside with its closing bracket at the very margin,
 * which only its own parser reads. A block scalar has no line there, so nothing else can be meant.
 */
function withIndentedBrackets(text: string): string {
  return text.replace(/^( +)(#.*\r?\n)(?=[}\]])/gm, "$1$2$1");
}

function parse(text: string): YamlSource {
  const tokens = [...new Parser().parse(text)];
  const { comments, ambiguous } = findComments(tokens, text);
  let nextComment = 0;
  const composer = new Composer({
    schema: "failsafe",
    resolveKnownTags: false,
    keepSourceTokens: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });
  const parsed = [...composer.compose(tokens, false, text.length)];
  const documents = parsed.map((document, at): YamlDocument => {
    const problem = document.errors[0];
    if (problem !== undefined) throw syntaxError(text, problem.pos[0], problem.code);
    const end = at === parsed.length - 1 ? text.length : document.range[2];
    const builder = new TreeBuilder(text);
    const root = document.contents === null ? null : builder.node(document.contents);
    const firstComment = nextComment;
    while ((comments[nextComment]?.hash ?? end) < end) nextComment++;
    const own = comments.slice(firstComment, nextComment);
    if (root !== null) placeComments(text, root, own);
    return { root, aliases: builder.aliases, anchors: builder.anchors };
  });
  return { text, documents, ambiguous };
}

function syntaxError(text: string, position: number, code: string): SopsError {
  const line = lineOf(text, position);
  const what = code.toLowerCase().replaceAll("_", " ");
  return new SopsError("FILE_SYNTAX", `line ${line} is not valid YAML (${what})`, { place: { line } });
}

/** Where such a character is content for everybody. In a plain scalar it could divide a key and make it something else. */
const DELIMITED: ReadonlySet<unknown> = new Set(["single-quoted-scalar", "double-quoted-scalar", "block-scalar"]);
/**
 * YAML 1.1, and so all readers in Go, ends a line there; YAML 1.2 and the parser do not, or not at all of them. And a byte
 * order mark within the text would vanish, were it to become the first character once the metadata is gone.
 */
const AMBIGUOUS = /[\u0085\u2028\u2029\ufeff]|\r(?!\n|$)/;

/** All comments of the token tree, walked without recursion: this is where a nesting bomb would hit first. */
function findComments(
  tokens: readonly CST.Token[],
  text: string,
): { comments: FoundComment[]; ambiguous: number | undefined } {
  const found: FoundComment[] = [];
  let ambiguous: number | undefined;
  const stack: { token: unknown; depth: number }[] = tokens.toReversed().map((token) => ({ token, depth: 0 }));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { token, depth } = next;
    if (typeof token !== "object" || token === null) continue;
    if (depth > 2 * MAX_DEPTH)
      throw new SopsError("FILE_LIMIT", `the document is nested more than ${MAX_DEPTH} levels deep`);
    if (Array.isArray(token)) {
      for (const item of token) stack.push({ token: item, depth });
      continue;
    }
    const { type, offset, source, start, key, sep, value, items, end, props } = token as Record<string, unknown>;
    if (typeof offset === "number" && typeof source === "string") {
      const leadingMark = type === "byte-order-mark" && offset === 0;
      if (!leadingMark && !DELIMITED.has(type) && AMBIGUOUS.test(source))
        ambiguous = Math.min(offset, ambiguous ?? offset);
      if (type === "comment") found.push({ hash: offset, end: offset + source.replace(/\r$/, "").length });
    }
    for (const inner of [end, items, value, sep, key, props, start]) {
      if (typeof inner === "object" && inner !== null) stack.push({ token: inner, depth: depth + 1 });
    }
  }
  const comments = found.toSorted((a, b) => a.hash - b.hash).filter(({ hash }) => text[hash] === "#");
  return { comments, ambiguous };
}

class TreeBuilder {
  readonly aliases: AliasCopy[] = [];
  readonly anchors: Span[] = [];
  readonly #text: string;
  readonly #anchored = new Map<string, AstNode>();
  /** Nodes on the way down; an alias to one of them would never end. */
  readonly #open = new Set<AstNode>();
  #insideAlias = 0;
  #aliasedNodes = 0;

  constructor(text: string) {
    this.#text = text;
  }

  node(ast: AstNode, propTokens: readonly CST.SourceToken[] = [], dash?: number): Node {
    if (this.#insideAlias > 0 && ++this.#aliasedNodes > MAX_ALIASED_NODES) {
      throw new SopsError("FILE_LIMIT", `the aliases of the document expand to more than ${MAX_ALIASED_NODES} values`);
    }
    if (isAlias(ast)) return this.#alias(ast.source, spanOf(ast), dash);
    const propsStart = this.#props(propTokens, spanOf(ast).start);
    if ("anchor" in ast && ast.anchor !== undefined) this.#anchored.set(ast.anchor, ast);
    if (isScalar(ast)) return this.#scalar(ast, propsStart, dash);
    this.#open.add(ast);
    const node: YamlNode = isMap(ast) ? this.#map(ast) : this.#list(ast);
    this.#open.delete(ast);
    return dash === undefined ? node : Object.assign(node, { dash });
  }

  #scalar(ast: Scalar, propsStart: number, dash: number | undefined): YamlNode {
    const text = typeof ast.value === "string" ? ast.value : (ast.source ?? "");
    const plain = ast.type === Scalar.PLAIN || ast.type === undefined;
    const value =
      ast.tag === undefined || ast.tag === "!"
        ? plain && ast.tag === undefined
          ? resolvePlain(text)
          : { type: "str" as const, text }
        : resolveTagged(ast.tag, text, plain);
    const span = spanOf(ast);
    // The range of a block scalar takes in its last line break, which stays when the scalar is replaced.
    const end =
      ast.type === Scalar.BLOCK_LITERAL || ast.type === Scalar.BLOCK_FOLDED ? trimBreaks(this.#text, span) : span.end;
    return {
      kind: "leaf",
      value,
      span: { start: span.start, end },
      propsStart,
      ...(dash === undefined ? {} : { dash }),
    };
  }

  #map(ast: YAMLMap): MapNode {
    const items: Entry[] = ast.items.map((pair: Pair): YamlEntry => {
      const key = pair.key as AstNode | null;
      const token = pair.srcToken;
      if (key !== null && !isScalar(key) && !isAlias(key)) {
        throw new SopsError("FILE_UNSUPPORTED", "a map or list is used as a key", {
          place: { line: lineOf(this.#text, spanOf(key).start) },
        });
      }
      const leaf = key === null ? undefined : this.node(key, token?.start ?? []);
      const named = leaf?.kind === "leaf" && leaf.value.type === "str" ? leaf.value.text : undefined;
      const keySpan = key === null ? { start: ast.range?.[0] ?? 0, end: ast.range?.[0] ?? 0 } : spanOf(key);
      const value =
        pair.value === null || pair.value === undefined
          ? nullLeaf(afterColon(token) ?? keySpan.end)
          : this.node(pair.value as AstNode, token?.sep ?? []);
      const keyText = named ?? this.#text.slice(keySpan.start, keySpan.end);
      const start = Math.min(keySpan.start, ...(token?.start ?? []).filter(isOfKey).map(({ offset }) => offset));
      return { kind: "entry", key: keyText, textKey: named !== undefined, keySpan, value, start };
    });
    return { kind: "map", items, span: spanOf(ast), flow: ast.flow === true };
  }

  #list(ast: AstNode): ListNode {
    if (!isSeq(ast))
      throw new SopsError("FILE_UNSUPPORTED", "the document holds a kind of node that SOPS does not know");
    const token = ast.srcToken as CST.BlockSequence | CST.FlowCollection | undefined;
    const flow = ast.flow === true;
    const sources = (token?.items ?? []).filter(
      (item) => flow || item.start.some(({ type }) => type === "seq-item-ind"),
    );
    const items = ast.items.map((item, at) => {
      const start = sources[at]?.start ?? [];
      const dash = start.find(({ type }) => type === "seq-item-ind")?.offset;
      if (isMap(item) && flow && sources[at]?.sep !== undefined) return this.#map(item);
      return this.node(item as AstNode, start, dash);
    });
    return { kind: "list", items, span: spanOf(ast), flow };
  }

  #alias(name: string, span: Span, dash: number | undefined): Node {
    const target = this.#anchored.get(name);
    if (target === undefined) {
      const line = lineOf(this.#text, span.start);
      throw new SopsError("FILE_SYNTAX", `line ${line} has an alias without an anchor`, { place: { line } });
    }
    if (this.#open.has(target)) {
      const line = lineOf(this.#text, span.start);
      throw new SopsError("FILE_LIMIT", `line ${line} has an alias to a value that contains it`, { place: { line } });
    }
    this.#insideAlias++;
    const copy = this.node(target);
    this.#insideAlias--;
    const own = { span, propsStart: span.start, alias: true, ...(dash === undefined ? {} : { dash }) } as const;
    const node: YamlNode = { ...copy, ...own };
    if (this.#insideAlias === 0) this.aliases.push({ span, node, target: spanOf(target).start });
    return node;
  }

  /** Notes the anchors and says where tag or anchor begin. */
  #props(tokens: readonly CST.SourceToken[], valueStart: number): number {
    let start = valueStart;
    for (const token of tokens) {
      if (token.type !== "anchor" && token.type !== "tag") continue;
      start = Math.min(start, token.offset);
      if (token.type === "anchor" && this.#insideAlias === 0) {
        // With all its blanks: one that stayed would move the key behind it to another depth.
        let end = token.offset + token.source.length;
        while (this.#text[end] === " " || this.#text[end] === "\t") end++;
        this.anchors.push({ start: token.offset, end });
      }
    }
    return start;
  }
}

function isOfKey({ type }: CST.SourceToken): boolean {
  return type === "explicit-key-ind" || type === "tag" || type === "anchor";
}

function spanOf(ast: AstNode): Span {
  const [start, end] = ast.range ?? [0, 0];
  return { start, end };
}

function trimBreaks(text: string, span: Span): number {
  let end = span.end;
  if (end > span.start && text[end - 1] === "\n") end--;
  if (end > span.start && text[end - 1] === "\r") end--;
  return end;
}

function nullLeaf(position: number): YamlNode {
  return { kind: "leaf", value: { type: "null" }, span: { start: position, end: position }, propsStart: position };
}

function afterColon(token: CST.CollectionItem | undefined): number | undefined {
  const colon = token?.sep?.find(({ type }) => type === "map-value-ind");
  return colon === undefined ? undefined : colon.offset + 1;
}
