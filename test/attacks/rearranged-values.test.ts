import { describe, expect, test } from "vitest";
import { fixture, resourceList } from "../support/fixtures.ts";
import { runWithKeys, seal, SECRET_HEAD, sopsBlock, withMac } from "../support/sealing.ts";

const field = (text: string, name: string): string => seal(text, ["stringData", name]);
const items = ["first", "second"].map((text) => seal(text, ["stringData", "list"]));
const OLD = `${SECRET_HEAD}stringData:\n    user: ${field("root", "user")}\n    word: ${field("old", "word")}\n${sopsBlock()}`;
const NEW = `${SECRET_HEAD}stringData:\n    user: ${field("root", "user")}\n    word: ${field("new", "word")}\n    list:\n        - ${items[0]}\n        - ${items[1]}\n    empty: ""\n${sopsBlock()}`;
const good = await withMac(NEW);
const old = await withMac(OLD);
const macOf = (text: string): string => /mac: (.*)/.exec(text)?.[1] ?? "";

describe("a file whose values somebody rearranged without the key is refused, and comes back unchanged", () => {
  test.each([
    [
      "values under each other's keys",
      good.replace("user: ENC", "swap: ENC").replace("word: ENC", "user: ENC"),
      "VALUE_AUTH",
    ],
    [
      "items of a list swapped",
      good.replace(`- ${items[0]}\n        - ${items[1]}`, `- ${items[1]}\n        - ${items[0]}`),
      "MAC_MISMATCH",
    ],
    ["an item repeated", good.replace(`- ${items[0]}`, `- ${items[0]}\n        - ${items[0]}`), "MAC_MISMATCH"],
    ["a value dropped", good.replace(/ {4}user: .*\n/, ""), "MAC_MISMATCH"],
    ["a value emptied", good.replace(/user: .*\n/, 'user: ""\n'), "MAC_MISMATCH"],
    ["a value made null", good.replace(/user: .*\n/, "user:\n"), "MAC_MISMATCH"],
    ["a value turned into a comment", good.replace(/(user: .*)type:str/, "$1type:comment"), "MAC_MISMATCH"],
    ["a value in clear edited", good.replace("namespace: prod", "namespace: test"), "MAC_MISMATCH"],
    [
      "a value of an older version",
      good.replace(/ {4}word: .*\n/, / {4}word: .*\n/.exec(old)?.[0] ?? ""),
      "MAC_MISMATCH",
    ],
    ["the MAC of an older version", good.replace(macOf(good), macOf(old)), "MAC_MISMATCH"],
    ["another time of change", good.replace("11:20:03Z", "11:20:04Z"), "MAC_INVALID"],
    ["no MAC", good.replace(/ {4}mac: .*\n/, ""), "MAC_MISSING"],
    ["a rule that leaves everything in clear", good.replace("^(data|stringData)$", "^none$"), "MAC_MISMATCH"],
    [
      "a MAC said to cover encrypted values only",
      good.replace("    mac:", "    mac_only_encrypted: true\n    mac:"),
      "MAC_MISMATCH",
    ],
    [
      "a key there twice",
      good.replace('empty: ""', `empty: ""\n    "user": ${field("root", "user")}`),
      "FILE_UNSUPPORTED",
    ],
    ["a second sops block", good.replace("stringData:", "sops: {mac: a}\nstringData:"), "METADATA_INVALID"],
  ])("%s", async (_name, text, code) => {
    expect(text).not.toBe(good);
    const list = resourceList([text]);
    const { output, findings, exitCode } = await runWithKeys(list);
    expect(exitCode).toBe(1);
    expect(findings.map(({ problem }) => problem.code)).toContain(code);
    expect(output?.startsWith(list)).toBe(true);
    expect(await runWithKeys(text)).toMatchObject({ output: null, exitCode: 1 });
  });

  test("the same value under another path", async () => {
    const text = good.replace("stringData:", "data:");
    expect(await runWithKeys(text)).toMatchObject({ exitCode: 1, output: null });
  });

  test("the documents of one file in another order, or one of them alone", async () => {
    const [first = "", second = "", ...more] = fixture("multi-document.enc.yaml").split(/^---\n/m);
    expect(await runWithKeys(resourceList([second, first, ...more]))).toMatchObject({ exitCode: 1 });
    expect(await runWithKeys(resourceList([first]))).toMatchObject({ exitCode: 1 });
  });

  test("a file cut off anywhere", { timeout: 20_000 }, async () => {
    for (let end = 1; end < good.length - 1; end += 37) {
      const { output, exitCode } = await runWithKeys(good.slice(0, end));
      if (exitCode === 0) expect(output).toBe(good.slice(0, end));
      else expect(output).toBeNull();
    }
  });
});

test("the sops block may stand anywhere: it is no part of what the MAC covers", async () => {
  const sops = /^sops:\n(?: {4}.*\n)+/m.exec(good)?.[0] ?? "";
  const rest = good.replace(sops, "");
  const plain = (await runWithKeys(good)).output;
  expect(await runWithKeys(sops + rest)).toMatchObject({ exitCode: 0, output: plain });
  expect(await runWithKeys(rest.replace("stringData:", `${sops}stringData:`))).toMatchObject({ output: plain });
});
