import { describe, expect, test } from "vitest";
import { isSopsError } from "../../fn/errors.ts";
import { floatPlaintext } from "../../fn/sops/float.ts";
import { resolvePlain, resolveTagged } from "../../fn/sops/stores/yaml-scalar.ts";
import type { Scalar } from "../../fn/sops/tree.ts";
import { readVector, vectorsAreThere } from "../support/vectors.ts";

interface Resolved {
  readonly plain_scalar: string;
  readonly error?: string;
  readonly resolved?: Readonly<Record<string, string | boolean>> | null;
}

function described(value: Scalar): Record<string, string | boolean> | null {
  switch (value.type) {
    case "null":
      return null;
    case "str":
      return { str: value.text };
    case "time":
      return { time: value.text };
    case "int":
      return { [value.value > 2n ** 63n - 1n ? "uint64" : "int"]: value.value.toString() };
    case "bool":
      return { bool: value.value };
    case "float":
      return { float: floatPlaintext(value.value) };
    case "bytes":
      return { bytes: Buffer.from(value.bytes).toString("hex") };
  }
}

describe.skipIf(!vectorsAreThere)("plain scalars, as the reference resolves them", () => {
  const all = vectorsAreThere
    ? (JSON.parse(readVector("sops", "vectors/yaml-resolve-scalars.json")) as Resolved[])
    : [];

  test("all of them are there", () => {
    expect(all).toHaveLength(119);
  });

  // The entries with an error are no scalars at all.
  test.each(all.filter(({ error }) => error === undefined))("$plain_scalar", ({ plain_scalar, resolved }) => {
    const got = described(resolvePlain(plain_scalar));
    if (resolved === null || resolved === undefined) return expect(got).toBe(null);
    const expected: Record<string, string | boolean> = { ...resolved };
    delete expected["err"];
    if (typeof expected["float"] === "string" && Number.isFinite(Number(expected["float"]))) {
      expected["float"] = floatPlaintext(Number(expected["float"]));
    }
    expect(got).toEqual(expected);
  });
});

describe("plain scalars", () => {
  test.each([
    ["+9223372036854775808", { type: "float", value: 9223372036854775808 }],
    ["99999999999999999999", { type: "float", value: 1e20 }],
    ["2024-02-30", { type: "str", text: "2024-02-30" }],
    ["2024-1-2 3:4:5,25", { type: "time", text: "2024-01-02T03:04:05.25Z" }],
    ["2024-01-02T03:04:05.100+00:00", { type: "time", text: "2024-01-02T03:04:05.1Z" }],
    [".5_0", { type: "float", value: 0.5 }],
    [".", { type: "str", text: "." }],
    ["infinity", { type: "str", text: "infinity" }],
  ])("%s", (text, value) => {
    expect(resolvePlain(text)).toEqual(value);
  });
});

describe("tagged scalars", () => {
  test.each([
    ["!!str", "5", true, { type: "str", text: "5" }],
    ["tag:yaml.org,2002:int", "0x10", true, { type: "int", value: 16n }],
    ["!!int", "5", false, { type: "int", value: 5n }],
    ["!!float", "5", true, { type: "float", value: 5 }],
    ["!!float", ".inf", true, { type: "float", value: Number.POSITIVE_INFINITY }],
    ["!!bool", "true", false, { type: "bool", value: true }],
    ["!!null", "", true, { type: "null" }],
    ["!!timestamp", "2024-01-01", false, { type: "time", text: "2024-01-01T00:00:00Z" }],
    ["!!binary", "aGVs\nbG8=", false, { type: "str", text: "hello" }],
    ["!!binary", "//4=", true, { type: "bytes", bytes: Buffer.from([0xff, 0xfe]) }],
    ["!vault", "5", true, { type: "str", text: "5" }],
    ["!", "5", true, { type: "int", value: 5n }],
    ["!", "5", false, { type: "str", text: "5" }],
  ])("%s %j, plain %s", (tag, text, plain, value) => {
    expect(resolveTagged(tag, text, plain)).toEqual(value);
  });

  test.each([
    ["!!int", "hunter2"],
    ["!!int", "1.5"],
    ["!!bool", "yes"],
    ["!!null", "nothing"],
    ["!!float", "word"],
    ["!!timestamp", "5"],
    ["!!binary", "hunter2!"],
  ])("%s %s is refused without quoting the value", (tag, text) => {
    let error: unknown;
    try {
      resolveTagged(tag, text, true);
    } catch (thrown) {
      error = thrown;
    }
    expect(isSopsError(error) && error.code).toBe("FILE_UNSUPPORTED");
    expect(String(error)).not.toContain(text);
  });
});

test("hostile numbers take no time", () => {
  const start = performance.now();
  for (const part of ["1", "1_", "1:", "0x1", "1.1", ".1"]) resolvePlain(`1${part.repeat(500_000)}x`);
  resolvePlain("1".repeat(5_000_000));
  expect(performance.now() - start).toBeLessThan(2000);
});
