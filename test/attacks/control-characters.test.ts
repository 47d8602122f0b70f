import { expect, test } from "vitest";
import { run } from "../support/executable.ts";
import { fixture, keysFolder, resourceList } from "../support/fixtures.ts";

/** Names come from the repository and go to terminals, logs and the YAML reader of the host. */
const NAME = String.raw`"app\n\e[2Jdecrypt-sops: info: all is well\x7f\x9b\u0085\u2028\u202E\uFEFF\uFFFE"`;

test("control characters in a name reach neither the terminal nor the results", async () => {
  const list = resourceList([fixture("secret-string-data.enc.yaml").replace("name: app", `name: ${NAME}`)]);
  const { status, stdout, stderr } = await run(list, { env: { DECRYPT_SOPS_KEYS: keysFolder } });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^decrypt-sops: error: Secret prod\/app\?/);
  expect(stderr).not.toMatch(/^decrypt-sops: info/m);
  expect(stderr).not.toMatch(/[^\n\x20-\x7e\ufeff\ufffe]/);
  expect(stdout.startsWith(list)).toBe(true);
  expect(stdout.slice(list.length)).toMatch(/^results:\n[\n\x20-\x7e]+$/);
});
