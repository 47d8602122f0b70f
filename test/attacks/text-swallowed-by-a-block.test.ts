import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { runWithKeys, seal, SECRET_HEAD, sopsBlock, withMac } from "../support/sealing.ts";

/*
 * The MAC covers neither comments nor blanks. A value of several lines that is written as a literal block must not take
 * any of those that somebody put behind or below it for its own text.
 */
const VALUE = "one\ntwo\nthree";
const sealed = seal(VALUE, ["stringData", "key"]);
const HEAD = `${SECRET_HEAD}stringData:\n    key: ${sealed}`;

describe("text that the MAC does not cover never becomes part of a value of several lines", () => {
  test.each([
    ["blanks behind it", `${HEAD}   \n${sopsBlock()}`],
    ["a tab behind it", `${HEAD}\t\n${sopsBlock()}`],
    ["a deep comment below it", `${HEAD}\n          # PermitRootLogin yes\n${sopsBlock()}`],
    ["a comment at its own depth", `${HEAD}\n        # PermitRootLogin yes\n${sopsBlock()}`],
    ["a line of blanks below it", `${HEAD}\n                \n${sopsBlock()}`],
    ["an empty line and a comment", `${HEAD}\n\n\n          # PermitRootLogin yes\n${sopsBlock()}`],
    ["a comment behind the metadata", `${HEAD}\n${sopsBlock()}          # PermitRootLogin yes\ntype: Opaque\n`],
    ["an empty line and a comment behind the metadata", `${HEAD}\n${sopsBlock()}\n          # PermitRootLogin yes\n`],
    ["blanks behind the metadata", `${HEAD}\n${sopsBlock()}\n                \n`],
    ["Windows line ends", `${HEAD}   \n${sopsBlock()}`.replaceAll("\n", "\r\n")],
  ])("%s", async (_name, text) => {
    const { output, exitCode } = await runWithKeys(await withMac(text));
    expect(exitCode).toBe(0);
    expect(parse(output ?? "")).toMatchObject({ stringData: { key: VALUE } });
  });

  test("a comment below a list item", async () => {
    const item = seal(VALUE, ["stringData", "list"]);
    const { output } = await runWithKeys(
      await withMac(
        `${SECRET_HEAD}stringData:\n    list:\n      - ${item}\n        # more\n      - ${item}\n${sopsBlock()}`,
      ),
    );
    expect(parse(output ?? "")).toMatchObject({ stringData: { list: [VALUE, VALUE] } });
  });

  test("a block in clear above the metadata, too", async () => {
    const text = `${SECRET_HEAD}note: |\n    in clear\n${sopsBlock()}      # more\nstringData: {}\n`;
    const { output } = await runWithKeys(await withMac(text));
    expect(parse(output ?? "")).toMatchObject({ note: "in clear\n" });
  });
});

test("a key stays at its depth when its anchor goes, and out of the block above", async () => {
  const { output } = await runWithKeys(await withMac(`${HEAD}\n&a                type: Opaque\n${sopsBlock()}`));
  expect(parse(output ?? "")).toMatchObject({ stringData: { key: VALUE }, type: "Opaque" });
});

test("a comment at the depth of the key leaves the block as it is", async () => {
  const { output } = await runWithKeys(await withMac(`${HEAD}\n\n    # about the next\n    other: ""\n${sopsBlock()}`));
  expect(output).toContain("key: |-\n        one\n        two\n        three\n\n    # about the next\n");
});
