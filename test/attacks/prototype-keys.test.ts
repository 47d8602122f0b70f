import { expect, test } from "vitest";
import { run } from "../support/executable.ts";
import { keysFolder, resourceList } from "../support/fixtures.ts";
import { seal, SECRET_HEAD, sopsBlock, withMac } from "../support/sealing.ts";

const NAMES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];

test("names that every object inherits are names like all others, in data, labels and the configuration", async () => {
  const labels = `    labels: {${NAMES.map((name) => `${name}: x`).join(", ")}}\n`;
  const data = NAMES.map((name) => `    ${name}: ${seal(`value of ${name}`, ["stringData", name])}\n`).join("");
  const secret = await withMac(`${SECRET_HEAD}${labels}stringData:\n${data}${sopsBlock()}`);
  const match = (value: string): string =>
    `apiVersion: decrypt-sops.github.io/v1\nkind: DecryptSops\nmatch: {labels: {__proto__: ${value}, constructor: x}}\n`;
  const env = { DECRYPT_SOPS_KEYS: keysFolder };
  const selected = await run(resourceList([secret], match("x")), { env });
  expect(selected).toMatchObject({ status: 0, stderr: "" });
  for (const name of NAMES) expect(selected.stdout).toContain(`      ${name}: value of ${name}\n`);
  const other = resourceList([secret], match("other"));
  expect(await run(other, { env })).toEqual({ status: 0, stdout: other, stderr: "" });
});
