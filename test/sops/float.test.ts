import { describe, expect, test } from "vitest";
import { floatJson, floatPlaintext, floatYaml, parseGoFloat } from "../../fn/sops/float.ts";
import { readVector, vectorsAreThere } from "../support/vectors.ts";

interface Formatted {
  readonly ieee754_be_hex: string;
  readonly python_repr: string;
  readonly cipher_plaintext_and_mac_bytes: string;
  readonly yaml: string;
  readonly json: string;
}

describe.skipIf(!vectorsAreThere)("floats, as the reference writes them", () => {
  const all = vectorsAreThere ? (JSON.parse(readVector("sops", "vectors/float-formatting.json")) as Formatted[]) : [];

  test("all of them are there", () => {
    expect(all).toHaveLength(105);
  });

  test.each(all)("$python_repr", (row) => {
    const value = Buffer.from(row.ieee754_be_hex, "hex").readDoubleBE();
    expect(floatPlaintext(value)).toBe(row.cipher_plaintext_and_mac_bytes);
    expect(floatYaml(value)).toBe(row.yaml);
    if (Number.isFinite(value)) expect(floatJson(value)).toBe(row.json);
    expect(parseGoFloat(row.cipher_plaintext_and_mac_bytes)).toBe(value);
  });
});

describe("floats", () => {
  test.each([
    [0, "0", "0", "0"],
    [-0, "-0", "-0", "-0"],
    [999999, "999999", "999999", "999999"],
    [1e6, "1000000", "1e+06", "1000000"],
    [0.00001, "0.00001", "1e-05", "0.00001"],
    [1e21, "1000000000000000000000", "1e+21", "1e+21"],
    [-12345678.5, "-12345678.5", "-1.23456785e+07", "-12345678.5"],
  ])("%d", (value, plaintext, yaml, json) => {
    expect([floatPlaintext(value), floatYaml(value), floatJson(value)]).toEqual([plaintext, yaml, json]);
  });

  test.each([
    ["inf", Number.POSITIVE_INFINITY],
    ["-Infinity", Number.NEGATIVE_INFINITY],
    ["nan", Number.NaN],
    ["+nan", null],
    ["0x1p-2", 0.25],
    ["0x.8p1", 1],
    ["0xp1", null],
    ["1e400", null],
    ["1e-400", 0],
    ["1_0.5", 10.5],
    ["_1", null],
    ["1_", null],
    ["5.", 5],
    [".", null],
    ["", null],
    [" 1", null],
  ])("reads %j", (text, value) => {
    expect(parseGoFloat(text)).toBe(value);
  });
});

test("hostile numbers take no time", () => {
  const start = performance.now();
  for (const text of ["1".repeat(500_000), "1_".repeat(500_000), `0x${"1".repeat(500_000)}`]) {
    expect(parseGoFloat(`${text}x`)).toBe(null);
  }
  expect(performance.now() - start).toBeLessThan(2000);
});
