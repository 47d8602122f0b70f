import { describe, expect, test } from "vitest";
import { isSopsError } from "../../fn/errors.ts";
import { combineShares, divide, multiply } from "../../fn/sops/shamir.ts";
import { readVector, vectorsAreThere } from "../support/vectors.ts";

interface Vectors {
  readonly mult: readonly [number, number, number][];
  readonly div: readonly [number, number, number][];
  readonly combine_must_fail_utf8: readonly (readonly string[])[];
  readonly combine_examples_generated_with_reference: readonly {
    secret_hex: string;
    threshold: number;
    shares_hex: string[];
  }[];
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return isSopsError(error) ? error.code : "not ours";
  }
  return undefined;
}

function subsets<T>(all: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return all.flatMap((item, at) => subsets(all.slice(at + 1), size - 1).map((rest) => [item, ...rest]));
}

describe.skipIf(!vectorsAreThere)("Shamir's scheme, as the reference's own tests have it", () => {
  const vectors: Vectors = vectorsAreThere
    ? (JSON.parse(readVector("sops", "go-tests/shamir.json")) as Vectors)
    : { mult: [], div: [], combine_must_fail_utf8: [], combine_examples_generated_with_reference: [] };

  test("field arithmetic", () => {
    for (const [a, b, product] of vectors.mult) expect(multiply(a, b)).toBe(product);
    for (const [a, b, quotient] of vectors.div) expect(divide(a, b)).toBe(quotient);
  });

  test.each(vectors.combine_must_fail_utf8)("refuses %j", (...shares) => {
    expect(codeOf(() => combineShares(shares.map((share) => Buffer.from(share))))).toBe("SHAMIR_THRESHOLD");
  });

  test.each(vectors.combine_examples_generated_with_reference)("combines to $secret_hex", (example) => {
    const shares = example.shares_hex.map((hex) => Buffer.from(hex, "hex"));
    for (let size = example.threshold; size <= shares.length; size++) {
      for (const some of subsets(shares, size))
        expect(Buffer.from(combineShares(some)).toString("hex")).toBe(example.secret_hex);
    }
    const tooFew = subsets(shares, example.threshold - 1).filter((some) => some.length > 1);
    for (const some of tooFew) expect(Buffer.from(combineShares(some)).toString("hex")).not.toBe(example.secret_hex);
  });
});

describe("Shamir's scheme", () => {
  test("division undoes multiplication everywhere", () => {
    const wrong: string[] = [];
    for (let a = 0; a < 256; a++) {
      for (let b = 1; b < 256; b++) if (divide(multiply(a, b), b) !== a) wrong.push(`${a} * ${b}`);
    }
    expect(wrong).toEqual([]);
  });

  test("a line through two points", () => {
    // 0x2a + 3x at x = 1 and x = 2.
    expect(combineShares([Uint8Array.of(0x2a ^ 3, 1), Uint8Array.of(0x2a ^ 6, 2)])).toEqual(Uint8Array.of(0x2a));
  });

  test.each<[string, number[][]]>([
    ["no share", []],
    ["one share", [[1, 1]]],
    ["shares without a secret", [[1], [2]]],
    [
      "different lengths",
      [
        [1, 2, 1],
        [1, 2],
      ],
    ],
    [
      "the same share twice",
      [
        [7, 1],
        [8, 1],
      ],
    ],
  ])("refuses %s", (_name, shares) => {
    expect(codeOf(() => combineShares(shares.map((share) => Uint8Array.from(share))))).toBe("SHAMIR_THRESHOLD");
  });
});
