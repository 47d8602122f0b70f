import { describe, expect, test } from "vitest";
import { SopsError } from "../../fn/errors.ts";
import { Secret } from "../../fn/secret.ts";
import { recoverDataKey } from "../../fn/sops/data-key.ts";
import { keyName, type WrappedKey } from "../../fn/sops/wrapped-key.ts";

const age = (recipient: string): WrappedKey => ({ kind: "age", recipient, enc: "" });
const pgp = (fp: string): WrappedKey => ({ kind: "pgp", fp, enc: "" });
const gcp = (resourceId: string): WrappedKey => ({ kind: "gcp_kms", resourceId, enc: "" });
const vault: WrappedKey = { kind: "hc_vault", vaultAddress: "https://v", enginePath: "e", keyName: "k", enc: "" };

/** Opens the keys it knows, fails at those with an error, and notes what it was asked for. */
function opener(known: Record<string, number[] | Error>) {
  const asked: string[] = [];
  return {
    asked,
    unwrap: async (key: WrappedKey): Promise<Secret | null> => {
      asked.push(keyName(key));
      const answer = known[keyName(key)];
      if (answer instanceof Error) throw answer;
      return answer === undefined ? null : new Secret(Uint8Array.from(answer));
    },
  };
}

const shares = { a: [0x2a ^ 3, 1], b: [0x2a ^ 6, 2], c: [0x2a ^ 5, 3] };

describe("one group", () => {
  test("keys that need no network come first, the others in the order of the file", async () => {
    const { asked, unwrap } = opener({});
    const keyGroups = [[gcp("g1"), vault, gcp("g2"), pgp("P1"), age("a1"), pgp("P2"), age("a2")]];
    await recoverDataKey({ keyGroups, threshold: 0 }, unwrap);
    expect(asked).toEqual(["a1", "a2", "pgp P1", "pgp P2", "g1", "https://v/v1/e/keys/k", "g2"]);
  });

  test("the first success ends it, and the threshold does not matter", async () => {
    const { asked, unwrap } = opener({ a2: [1, 2, 3] });
    const result = await recoverDataKey({ keyGroups: [[age("a1"), age("a2"), pgp("P")]], threshold: 5 }, unwrap);
    expect("dataKey" in result && [...result.dataKey.reveal()]).toEqual([1, 2, 3]);
    expect(asked).toEqual(["a1", "a2"]);
  });

  test("reports every attempt", async () => {
    const error = new SopsError("KEY_CORRUPT", "the wrapped key is damaged");
    const keys = [pgp("P"), age("a")];
    const result = await recoverDataKey({ keyGroups: [keys], threshold: 0 }, opener({ "pgp P": error }).unwrap);
    expect(result).toEqual({
      failed: [
        { group: 0, key: age("a") },
        { group: 0, key: pgp("P"), error },
      ],
      recovered: 0,
      needed: 1,
    });
  });

  test("a failing key does not keep the next from being tried", async () => {
    const error = new SopsError("KEY_CORRUPT", "the wrapped key is damaged");
    const result = await recoverDataKey(
      { keyGroups: [[age("a"), age("b")]], threshold: 0 },
      opener({ a: error, b: [9] }).unwrap,
    );
    expect("dataKey" in result).toBe(true);
  });

  test("errors that are not ours go through", async () => {
    const error = new TypeError("a mistake in the program");
    await expect(recoverDataKey({ keyGroups: [[age("a")]], threshold: 0 }, opener({ a: error }).unwrap)).rejects.toBe(
      error,
    );
  });
});

describe("several groups", () => {
  const keyGroups = [[age("a")], [age("b"), pgp("B")], [age("c")]];

  test.each([
    [["a", "b"], 2],
    [["b", "c"], 2],
    [["a", "b", "c"], 2],
    [["a", "c"], 0],
    [["a", "c"], 1],
  ] as const)("%j with threshold %i give the key", async (names, threshold) => {
    const known = Object.fromEntries(names.map((name) => [name, shares[name]]));
    const { asked, unwrap } = opener(known);
    const result = await recoverDataKey({ keyGroups, threshold }, unwrap);
    expect("dataKey" in result && [...result.dataKey.reveal()]).toEqual([0x2a]);
    expect(asked).toContain("c");
  });

  test.each([
    [{ a: shares.a }, 2, 1, 2],
    [{ a: shares.a }, 0, 1, 2],
    [{ a: shares.a, b: shares.b }, 3, 2, 3],
    [{}, 2, 0, 2],
  ])("%j with threshold %i does not", async (known, threshold, recovered, needed) => {
    const result = await recoverDataKey({ keyGroups, threshold }, opener(known).unwrap);
    expect(result).toMatchObject({ recovered, needed });
    expect("failed" in result && result.failed.map(({ group }) => group)).toContain(2);
  });

  test("shares that do not belong together", async () => {
    const work = recoverDataKey({ keyGroups, threshold: 2 }, opener({ a: shares.a, b: shares.a }).unwrap);
    await expect(work).rejects.toMatchObject({ code: "SHAMIR_THRESHOLD" });
  });
});
