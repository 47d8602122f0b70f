import { describe, expect, test } from "vitest";
import { run } from "../support/executable.ts";
import { keysFolder } from "../support/fixtures.ts";
import { seal, SECRET_HEAD, sopsBlock, withMac } from "../support/sealing.ts";

const env = { DECRYPT_SOPS_KEYS: keysFolder };
const VALUES = `stringData:\n    key: ${seal("one", ["stringData", "key"])}\n`;
const repeat = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join("");

describe("small inputs that would be large or endless work are refused at once", () => {
  test.each([
    [
      "aliases of aliases",
      `a0: &a0 [x, x, x]\n${repeat(30, (at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}, *a${at}]\n`)}`,
    ],
    ["an alias to what contains it", "a: &a [*a]\n"],
    ["brackets by the hundred thousand", `a: ${"[".repeat(100_000)}`],
    ["braces by the hundred thousand", "{a: ".repeat(100_000)],
    ["brackets that close again", `a: ${"[".repeat(50_000)}${"]".repeat(50_000)}\n`],
    ["dashes on one line", `${"- ".repeat(50_000)}x\n`],
    ["question marks on one line", `${"? ".repeat(50_000)}x\n`],
    ["maps in maps", repeat(900, (at) => `${" ".repeat(at)}a:\n`)],
  ])("%s", { timeout: 5000 }, async (_name, input) => {
    const { status, stdout, stderr } = await run(input, { env });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^decrypt-sops: error: (?!an internal)[^\n]+\n/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe("the pattern of a rule, which comes from the file, takes linear time", () => {
  test.each([
    ["nested repetition", "(a+)+$", "a".repeat(60)],
    ["many optional parts", "a?".repeat(2000) + "a".repeat(60), "a".repeat(60)],
    ["counted repetition of counted repetition", "(((a{100}){100}){100}){100}", "a".repeat(60)],
    ["brackets by the ten thousand", `${"(".repeat(50_000)}a${")".repeat(50_000)}`, "a"],
  ])("%s", { timeout: 5000 }, async (_name, pattern, key) => {
    const text = `${SECRET_HEAD}${key}!: v\n${VALUES}${sopsBlock(`encrypted_regex: '${pattern}|^stringData$'`)}`;
    const { status, stderr } = await run(text, { env });
    // The MAC was not put in; what counts is that there is an answer.
    expect(status).toBe(1);
    expect(stderr).toMatch(/^decrypt-sops: error: (?!an internal)/);
  });
});

describe("thousands of things in one file take time in proportion", () => {
  test.each([
    ["aliases", `x: &x v\n${repeat(9000, (at) => `y${at}: *x\n`)}`],
    ["anchors", repeat(20_000, (at) => `y${at}: &a${at} v\n`)],
    ["values on one line", `data: {${repeat(3000, (at) => `"k${at}": "${seal("v", ["data", `k${at}`])}", `)}}\n`],
    ["encrypted comments", `data:\n    l:\n${repeat(3000, () => `    - ${seal("v", ["data", "l"], "comment")}\n`)}`],
    ["keys of one map", `data:\n${repeat(3000, (at) => `    k${at}: ${seal("v", ["data", `k${at}`])}\n`)}`],
  ])("%s", { timeout: 6000 }, async (_name, lines) => {
    const text = await withMac(`${SECRET_HEAD}${lines}${VALUES}${sopsBlock()}`);
    const { status, stderr } = await run(text, { env });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});
