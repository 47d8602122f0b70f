import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { resourceList } from "../support/fixtures.ts";
import { runWithKeys, seal, SECRET_HEAD, sopsBlock, withMac } from "../support/sealing.ts";

/*
 * An alias stands in one place and its value in another. Edits must keep to the place of the alias: otherwise somebody
 * without a key could have any part of a resource cut out or left over.
 */
const ANCHORED = SECRET_HEAD.replace("prod", "&ns prod");
const one = seal("one", ["stringData", "key"]);
const comment = seal(" note", ["stringData", "list"], "comment");
const item = seal("item", ["stringData", "list"]);

describe("an alias", () => {
  test("as the last thing in the metadata goes with it, and nothing is left to join the value above", async () => {
    const text = `${ANCHORED}stringData:\n    key: ${one}\n${sopsBlock()}    unknown:\n        - *ns\n`;
    const { output, exitCode } = await runWithKeys(await withMac(text));
    expect(exitCode).toBe(0);
    expect(output).toBe(`${SECRET_HEAD}stringData:\n    key: one\n`);
  });

  test.each([
    ["last in a flow list", `["${item}", *note]`],
    ["first in a flow list", `[*note, "${item}"]`],
    ["in a block list", `\n      - *note\n      - ${item}`],
  ])("of an encrypted comment, %s, changes nothing where the comment stands", async (_name, list) => {
    const text = `note: &note ${comment}\n${SECRET_HEAD}stringData:\n    list: ${list}\n${sopsBlock()}`;
    const { output, exitCode } = await runWithKeys(await withMac(text));
    expect(exitCode).toBe(0);
    expect(parse(output ?? "")).toEqual({
      note: comment,
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "app", namespace: "prod" },
      stringData: { list: ["item"] },
    });
  });

  const secret = async (): Promise<string> => withMac(`${ANCHORED}stringData:\n    key: ${one}\n${sopsBlock()}`);

  test("of a whole encrypted item is refused", async () => {
    const list = `${resourceList([await secret()]).replace("- apiVersion", "- &item\n  apiVersion")}- *item\n`;
    const { output, findings, exitCode } = await runWithKeys(list);
    expect(exitCode).toBe(1);
    expect(findings.map(({ problem }) => problem.code)).toContain("FILE_UNSUPPORTED");
    expect(output?.startsWith(list)).toBe(true);
  });

  test("in another item of a value within an encrypted one is refused, since the anchor would be gone", async () => {
    const list = resourceList([await secret(), "kind: ConfigMap\nmetadata: {name: *ns}\n"]);
    const { output, findings, exitCode } = await runWithKeys(list);
    expect(exitCode).toBe(1);
    expect(findings).toMatchObject([{ problem: { code: "FILE_UNSUPPORTED" } }]);
    expect(output?.startsWith(list)).toBe(true);
  });
});
