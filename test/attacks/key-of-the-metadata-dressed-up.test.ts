import { describe, expect, test } from "vitest";
import { runWithKeys, seal, SECRET_HEAD, sopsBlock, withMac } from "../support/sealing.ts";

const one = seal("one", ["stringData", "key"]);
const VALUES = `stringData:\n    key: ${one}\n`;

describe("what stands before the key of the metadata goes with it and does not stick to the next key", () => {
  test.each([
    ["a tag", `!!binary ${sopsBlock().replace("sops", "c29wcw==")}`],
    ["a tag that changes nothing", `!!str ${sopsBlock()}`],
    ["an anchor", `&a ${sopsBlock()}`],
    ["a question mark", sopsBlock().replace("sops:", "? sops\n:")],
  ])("%s", async (_name, sops) => {
    const { output, exitCode } = await runWithKeys(await withMac(`${SECRET_HEAD}${sops}${VALUES}`));
    expect(exitCode).toBe(0);
    expect(output).toBe(`${SECRET_HEAD}stringData:\n    key: one\n`);
  });

  test("a tag of an encrypted comment in a flow list does not go over to the next item", async () => {
    const note = seal(" note", ["stringData", "list"], "comment");
    const item = seal("aXRlbQ==", ["stringData", "list"]);
    const text = `${SECRET_HEAD}stringData:\n    list: [!!str "${note}", "${item}"]\n${sopsBlock()}`;
    const { output } = await runWithKeys(await withMac(text));
    expect(output).toBe(`${SECRET_HEAD}stringData:\n    list: ["aXRlbQ=="]\n`);
  });
});

test("a comment between tag and value does not stop the work", async () => {
  const note = seal(" note", ["stringData"], "comment");
  const text = `${SECRET_HEAD}stringData:\n    key: !!str #${note}\n        ${one}\n${sopsBlock()}`;
  expect(await runWithKeys(await withMac(text))).toMatchObject({
    exitCode: 0,
    output: `${SECRET_HEAD}stringData:\n    key: one\n`,
  });
});
