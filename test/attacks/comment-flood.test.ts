import { expect, test } from "vitest";
import { runWithKeys, seal, SECRET_HEAD, sopsBlock, withMac } from "../support/sealing.ts";

const VALUES = `stringData:\n    key: ${seal("one", ["stringData", "key"])}\n`;
const FLOOD = Array.from({ length: 20_000 }, (_, at) => `# comment ${at}\n`).join("");

test("comments by the ten thousand, one below the other, take time in proportion", { timeout: 3000 }, async () => {
  const text = await withMac(`${SECRET_HEAD}${FLOOD}${VALUES}${sopsBlock()}`);
  expect(await runWithKeys(text)).toMatchObject({ exitCode: 0 });
});

test("also if a rule looks at the comments", { timeout: 3000 }, async () => {
  const clear = Array.from({ length: 5000 }, (_, at) => `        k${at}: v\n`).join("");
  const text = await withMac(
    `${SECRET_HEAD}${FLOOD}annotations:\n    # one\n    more:\n${clear}${sopsBlock("encrypted_comment_regex: ^never")}`,
  );
  expect(await runWithKeys(text)).toMatchObject({ exitCode: 0 });
});

test("also if each stands in a document of its own", { timeout: 5000 }, async () => {
  const documents = FLOOD.replaceAll("\n", "\na: !!str b\n---\n");
  const text = await withMac(`${SECRET_HEAD}${VALUES}${sopsBlock()}`);
  expect(await runWithKeys(documents + text)).toMatchObject({ exitCode: 0 });
});
