import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { globMatches } from "../../fn/krm/match.ts";
import { nearestName } from "../../fn/krm/nearest-name.ts";

describe("a pattern with * and ?", () => {
  test.each([
    ["db", "db", true],
    ["db", "db2", false],
    ["db*", "db-prod", true],
    ["*-prod", "db-prod", true],
    ["d?-*", "db-prod", true],
    ["?", "", false],
    ["*", "", true],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-b-b", false],
    ["secrets/*", "secrets/deep/one.yaml", true],
  ])("%s on %s: %s", (pattern, text, matches) => {
    expect(globMatches(pattern, text)).toBe(matches);
  });

  test("agrees with the same pattern as a regular expression", () => {
    const letters = fc.stringMatching(/^[ab*?]{0,8}$/);
    fc.assert(
      fc.property(letters, fc.stringMatching(/^[ab]{0,10}$/), (pattern, text) => {
        const regex = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
        expect(globMatches(pattern, text)).toBe(regex.test(text));
      }),
    );
  });

  test("takes no more than moments for a hostile pattern", { timeout: 2_000 }, () => {
    expect(globMatches(`${"*a".repeat(2_000)}b`, "a".repeat(20_000))).toBe(false);
  });
});

describe("the nearest name", () => {
  test.each([
    ["directorys", "directories"],
    ["Keys", "keys"],
    ["enviroment", "environment"],
    ["zzz", undefined],
  ])("to %s is %s", (name, nearest) => {
    expect(nearestName(name, ["keys", "directories", "environment"])).toBe(nearest);
  });
});
