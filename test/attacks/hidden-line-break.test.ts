import { describe, expect, test } from "vitest";
import { fixture, resourceList } from "../support/fixtures.ts";
import { runWithKeys, SECRET_HEAD, sopsBlock, withMac } from "../support/sealing.ts";

/*
 * For readers of YAML 1.1, kubectl and sops among them, four more characters end a line. What is a comment here would be
 * content there, and no MAC covers a comment.
 */
const SECRET = fixture("secret-string-data.enc.yaml");

describe.each([
  ["a carriage return", "\r"],
  ["a next line", "\u0085"],
  ["a line separator", "\u2028"],
  ["a paragraph separator", "\u2029"],
])("%s that ends a comment for some readers only", (_name, mark) => {
  test.each([
    ["above the resource", SECRET.replace(/^/, `# note${mark}immutable: true\n`)],
    ["behind a value", SECRET.replace("type: Opaque", `type: Opaque # note${mark}immutable: true`)],
    ["before a key", `${mark}${SECRET}`],
    ["at the end", `${SECRET}# note${mark}immutable: true\n`],
  ])("is refused %s", async (_where, text) => {
    expect(await runWithKeys(text)).toMatchObject({
      output: null,
      exitCode: 1,
      findings: [{ problem: { code: "FILE_UNSUPPORTED" } }],
    });
    expect(await runWithKeys(resourceList([text]))).toMatchObject({ exitCode: 1 });
  });
});

test("a byte order mark before a key is refused, since it would vanish with metadata that stands first", async () => {
  const sops = /^sops:\n(?: {4}.*\n)+/m.exec(SECRET)?.[0] ?? "";
  const text = `${sops}\ufeff# ${SECRET.replace(sops, "")}`;
  expect(await runWithKeys(text)).toMatchObject({ output: null, exitCode: 1 });
});

test("a byte order mark at the very start is none of that", async () => {
  expect(await runWithKeys(`\ufeff${SECRET}`)).toMatchObject({ exitCode: 0, findings: [] });
});

test("between quotes it is content", async () => {
  const text = await withMac(`${SECRET_HEAD}note: "a\u2028b\u0085c"\n${sopsBlock()}`);
  expect(await runWithKeys(text)).toMatchObject({ exitCode: 0 });
});

test("where nothing is encrypted it passes through as any other byte", async () => {
  const text = "# note\u2028b: 1\na: 1\n";
  expect(await runWithKeys(text)).toEqual({ output: text, findings: [], exitCode: 0 });
});
