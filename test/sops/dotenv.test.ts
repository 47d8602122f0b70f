import { describe, expect, test } from "vitest";
import { dotenvStore } from "../../fn/sops/stores/dotenv.ts";
import { readDotenv } from "../../fn/sops/stores/dotenv-reader.ts";
import { DATA_KEY, encrypt } from "../support/encrypt.ts";
import { inPlace, openWithDataKey } from "../support/open-with-data-key.ts";
import { comment, list, map, scalar, text } from "../support/trees.ts";

const DOCUMENT = map([
  comment(" head"),
  ["A", text("1")],
  [" B ", text(' "x=y" ')],
  ["A", text("two\nlines")],
  ["EMPTY", text("")],
  ["D_unencrypted", text("clear")],
]);
const PLAIN = '# head\nA=1\n B = "x=y" \nA=two\\nlines\nEMPTY=\nD_unencrypted=clear\n';

async function open(source: string): Promise<string> {
  return inPlace(await openWithDataKey(source, "dotenv", DATA_KEY)).toString();
}

describe("dotenv", () => {
  test("opens in place: blank lines and clear values stay as they were", async () => {
    const encrypted = await encrypt([DOCUMENT], "dotenv");
    expect(await open(encrypted)).toBe(PLAIN);
    const spaced = encrypted.replace(" B ", "\n\n B ");
    expect(await open(spaced)).toBe(PLAIN.replace(" B ", "\n\n B "));
  });

  test("metadata may stand anywhere and in any order", async () => {
    const lines = (await encrypt([DOCUMENT], "dotenv")).trimEnd().split("\n");
    const metadata = lines.filter((line) => line.startsWith("sops_"));
    const rest = lines.filter((line) => !line.startsWith("sops_"));
    expect(await open([...metadata.toReversed(), ...rest, ""].join("\n"))).toBe(PLAIN);
  });

  test("a file that was turned to CRLF opens, which the reference cannot do", async () => {
    const encrypted = (await encrypt([DOCUMENT], "dotenv")).replaceAll("\n", "\r\n");
    expect(await open(encrypted)).toBe(PLAIN.replaceAll("\n", "\r\n"));
  });

  test("the quoted form of release 3.6.0 opens to what every other release reads", async () => {
    const encrypted = await encrypt(
      [map([comment(" head"), ["A", text("it's\n'two' lines")], ["B_unencrypted", text("it's clear")]])],
      "dotenv",
    );
    const quoted = encrypted
      .replaceAll(/^(\w+)=(.*)$/gm, (_line, key: string, value: string) => {
        return `${key}='${value.replaceAll("'", "\\'").replaceAll("\\n", "\n")}'`;
      })
      .replace(/^#/m, "# ");
    expect(quoted).toContain("B_unencrypted='it\\'s clear'");
    expect(await open(quoted)).toBe("# head\nA=it's\\n'two' lines\nB_unencrypted=it's clear\n");
  });

  test.each(["A=1\nno variable\n", "   \n", "export A\n"])(
    "what is no variable is refused with its line: %j",
    (source) => {
      expect(() => readDotenv(source)).toThrow(expect.objectContaining({ code: "FILE_SYNTAX" }));
    },
  );

  test("writes scalars of other formats as SOPS spells them", () => {
    const document = map([
      ["int", scalar({ type: "int", value: -5n })],
      ["one", scalar({ type: "float", value: 1 })],
      ["big", scalar({ type: "float", value: 1e21 })],
      ["yes", scalar({ type: "bool", value: true })],
      ["time", scalar({ type: "time", text: "2024-01-01T00:00:00.5Z" })],
      ["nothing", scalar({ type: "null" })],
      comment("two\nlines"),
    ]);
    expect(dotenvStore.print([document])).toBe(
      "int=-5\none=1.0\nbig=1E+21\nyes=true\ntime=2024-01-01T00:00:00Z\nnothing=<nil>\n#two\n#lines\n",
    );
  });

  test.each([
    ["a map", map([["a", map([])]])],
    ["a list", map([["a", list([])]])],
    ["a key that would become a value", map([["a=b", text("c")]])],
    ["a key that would become a line", map([["a\nb", text("c")]])],
    ["a key that would become a comment", map([["#a", text("c")]])],
    ["bytes", map([["a", scalar({ type: "bytes", bytes: Buffer.from([255]) })]])],
  ])("refuses %s", (_name, document) => {
    expect(() => dotenvStore.print([document])).toThrow(expect.objectContaining({ code: "OUTPUT_UNSUPPORTED" }));
  });
});
