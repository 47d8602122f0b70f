import { expect, test } from "vitest";
import { runWithKeys, seal, SECRET_HEAD, sopsBlock, withMac } from "../support/sealing.ts";

test("a list item that somebody turned into a comment is missed by the MAC", async () => {
  const items = ["a", "b", "c"].map((text) => seal(text, ["stringData", "list"]));
  const whole = await withMac(
    `${SECRET_HEAD}stringData:\n    list:\n${items.map((item) => `      - ${item}\n`).join("")}${sopsBlock()}`,
  );
  expect(await runWithKeys(whole)).toMatchObject({ exitCode: 0 });
  const cut = whole.replace(`- ${items[1]}`, `#${items[1]}`);
  expect(await runWithKeys(cut)).toMatchObject({
    output: null,
    exitCode: 1,
    findings: [{ problem: { code: "MAC_MISMATCH" } }],
  });
});
