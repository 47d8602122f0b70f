import { describe, expect, test } from "vitest";
import { iniStore } from "../../fn/sops/stores/ini.ts";
import { readIni } from "../../fn/sops/stores/ini-reader.ts";
import { DATA_KEY, encrypt } from "../support/encrypt.ts";
import { inPlace, openWithDataKey } from "../support/open-with-data-key.ts";
import { comment, list, map, scalar, text } from "../support/trees.ts";

const DOCUMENT = map([
  ["DEFAULT", map([["top", text("1")]])],
  ["s", map([comment("about s"), ["a", text("x # y")], comment("about a"), ["longer", text("l1\nl2")]])],
  ["s", map([["again_unencrypted", text("clear")]])],
]);
const PLAIN = `top = 1

; about s
[s]
; about a
a      = \`x # y\`
longer = """l1
l2"""

[s]
again_unencrypted = clear
`;

async function open(source: string): Promise<string> {
  return inPlace(await openWithDataKey(source, "ini", DATA_KEY)).toString();
}

/** Sections as `name: key=value` lines; comments as `#text`. */
function read(source: string): string[] {
  return readIni(source).flatMap(({ name, comment: head, keys }) => [
    `[${name}]${head === undefined ? "" : ` #${head.text}`}`,
    ...keys.map(({ name: key, value, comment: own }) => `${key}=${value}${own === undefined ? "" : ` #${own.text}`}`),
  ]);
}

describe("INI", () => {
  test("opens in place, and all else stays as it was", async () => {
    const encrypted = await encrypt([DOCUMENT], "ini");
    expect(await open(encrypted)).toBe(PLAIN);
    const odd = encrypted.replace("[s]\nagain", "[s]  ; same again\n\n\tagain");
    expect(await open(odd)).toBe(PLAIN.replace("[s]\nagain", "[s]  ; same again\n\n\tagain"));
  });

  test("opens with the metadata in the form of 3.13.0: line feeds as they are, in three quotes", async () => {
    const encrypted = await encrypt([DOCUMENT], "ini");
    const raw = encrypted.replace(/(enc +)= (.*)/, (_line, key: string, value: string) => {
      return `${key}= """${value.replaceAll("\\n", "\n")}"""`;
    });
    expect(raw).not.toBe(encrypted);
    expect(await open(raw)).toBe(PLAIN);
  });

  test("opens with the metadata between other sections", async () => {
    const encrypted = await encrypt([DOCUMENT], "ini");
    const [data = "", metadata = ""] = encrypted.split("\n[sops]\n");
    const [top = "", ...rest] = data.split("\n\n");
    expect(await open([top, `[sops]\n${metadata.trimEnd()}`, ...rest].join("\n\n"))).toBe(PLAIN);
  });

  test("opens with CRLF lines", async () => {
    const single = map([["s", map([["a", text("x")], comment("note")])]]);
    const encrypted = (await encrypt([single], "ini")).replaceAll("\n", "\r\n");
    expect(await open(encrypted)).toBe("; note\r\n[s]\r\na = x\r\n".replace("; note\r\n[s]\r\n", "[s]\r\n; note\r\n"));
  });

  test.each([
    ["\ufeffa=1", ["[DEFAULT]", "a=1"]],
    ["a: 1\n[DEFAULT]\nb = 2", ["[DEFAULT]", "a=1", "[DEFAULT]", "b=2"]],
    ["a = http://x;y # z", ["[DEFAULT]", "a=http://x #y # z"]],
    ["; one\n# two\na=1 ; three", ["[DEFAULT]", "a=1 #one\n# two\n; three"]],
    ["a = 'x'\nb = \"it's\"\nc = 'x' 'y'", ["[DEFAULT]", "a=x", "b=it's", "c='x' 'y'"]],
    ["a = one \\\n  two\nb = 1", ["[DEFAULT]", "a=one two", "b=1"]],
    ['"k=1" = 2\n`k:2` = 3', ["[DEFAULT]", "k=1=2", "k:2=3"]],
    ['a = """x\n# y\n""" z\nb=1', ["[DEFAULT]", "a=x\n# y\n", "b=1"]],
    ["- = x\n- = y\n[s]\n- = z", ["[DEFAULT]", "#1=x", "#2=y", "[s]", "#1=z"]],
    ["a=1\nb=2\na=3", ["[DEFAULT]", "a=3", "b=2"]],
    ["[a]b]x ; c\nk=", ["[DEFAULT]", "[a]b] #c", "k="]],
  ])("reads %j as gopkg.in/ini.v1 does", (source, expected) => {
    expect(read(source)).toEqual(expected);
  });

  test.each(["[]", "[a", "no delimiter", "= x", "a = `never closed", '"a = b'])("refuses %j", (source) => {
    expect(() => readIni(source)).toThrow(expect.objectContaining({ code: "FILE_SYNTAX" }));
  });

  test.each([
    "ends in \\",
    '"quoted"',
    "'quoted'",
    " blanks ",
    "`ticks`",
    '"""',
    'a\n"""',
    "",
    "a # b",
    "multi\nline\n",
  ])("writes the value %j so that it reads back", (value) => {
    const printed = iniStore.print([
      map([
        [
          "s",
          map([
            ["a", text(value)],
            ["b", text("x")],
          ]),
        ],
      ]),
    ]) as string;
    expect(read(printed)).toEqual(["[DEFAULT]", "[s]", `a=${value}`, "b=x"]);
  });

  test("writes keys that need quotes, and pads to the longest", () => {
    const section = map([
      ["a=b", text("1")],
      ["#c", text("2")],
      ["d`e", text("3")],
      ["f", text("4")],
    ]);
    const printed = iniStore.print([map([["s", section]])]) as string;
    expect(read(printed)).toEqual(["[DEFAULT]", "[s]", "a=b=1", "#c=2", "d`e=3", "f=4"]);
    expect(printed).toContain("\nf         = 4\n");
  });

  test.each([
    ["a value outside of sections", map([["a", text("b")]])],
    ["a deeper map", map([["s", map([["a", map([])]])]])],
    ["a list", map([["s", map([["a", list([])]])]])],
    ["an empty key", map([["s", map([["", text("x")]])]])],
    ["a key of several lines", map([["s", map([["a\nb", text("x")]])]])],
    ["an empty section name", map([["", map([])]])],
    ["bytes", map([["s", map([["a", scalar({ type: "bytes", bytes: Buffer.from([255]) })]])]])],
  ])("refuses %s", (_name, document) => {
    expect(() => iniStore.print([document])).toThrow(expect.objectContaining({ code: "OUTPUT_UNSUPPORTED" }));
  });
});
