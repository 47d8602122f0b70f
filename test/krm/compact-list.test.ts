import { expect, test } from "vitest";
import { parse } from "yaml";
import { resourceList } from "../support/fixtures.ts";
import { runWithKeys, seal, SECRET_HEAD, sopsBlock, withMac } from "../support/sealing.ts";

test("a list of nothing but an encrypted comment stays a list where dashes are not indented", async () => {
  const note = seal(" note", ["stringData", "list"], "comment");
  const text = `${SECRET_HEAD}stringData:\n    list:\n    - ${note}\n    empty: ""\n${sopsBlock()}`;
  const { output, exitCode } = await runWithKeys(resourceList([await withMac(text)]));
  expect(exitCode).toBe(0);
  expect(parse(output ?? "")).toMatchObject({ items: [{ stringData: { list: [], empty: "" } }] });
  expect(output).toContain("# note\n");
});
