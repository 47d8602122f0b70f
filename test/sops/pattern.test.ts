import { describe, expect, test } from "vitest";
import { compilePattern } from "../../fn/sops/pattern.ts";

const matches = async (pattern: string, text: string): Promise<boolean> => (await compilePattern(pattern))(text);

describe("words between anchors", () => {
  test.each([
    ["^(data|stringData)$", "data", true],
    ["^(data|stringData)$", "metadata", false],
    ["^(data|stringData)$", "data\n", false],
    ["^(?:data|stringData)$", "stringData", true],
    ["^data$", "data", true],
    ["^data$", "datas", false],
    ["^data", "database", true],
    ["data$", "metadata", true],
    ["(data|spec)$", "podspec", true],
    ["^(data|spec)", "specs", true],
    ["data", "metadata2", true],
    ["data|spec", "x-spec-x", true],
    ["(data|spec)", "metadata", true],
    // The anchors bind closer than the bar.
    ["^data|spec$", "database", true],
    ["^data|spec$", "podspec", true],
    ["^data|spec$", "metadata2", false],
    ["^Data$", "data", false],
  ])("%s on %j: %s", async (pattern, text, expected) => {
    expect(await matches(pattern, text)).toBe(expected);
  });
});

describe("everything else has the syntax and meaning of RE2", () => {
  test.each([
    ["(?i)^DATA$", "data", true],
    ["^(data|string.*)$", "stringData", true],
    ["^pass\\z", "pass", true],
    ["^[[:digit:]]+$", "123", true],
    ["^(?P<name>x)$", "x", true],
    ["\\Qa.b\\E", "axb", false],
    ["\\pL", "é", true],
    ["^a\\-b\\_c$", "a-b_c", true],
    ["a{", "a{", true],
    ["^\\s$", "\u00a0", false],
    ["^a.b$", "a\rb", true],
    ["^.$", "\u{1f600}", true],
    ["^(|x)$", "", true],
  ])("%s on %j: %s", async (pattern, text, expected) => {
    expect(await matches(pattern, text)).toBe(expected);
  });

  test.each([
    "a(?=b)",
    "(?<=a)b",
    "(?!x)a",
    "(a)\\1",
    "a{1001}",
    "(?:a{100}){100}",
    "\\Z",
    "(?>a)",
    "a++",
    "(",
    "*",
    "[z-a]",
    "\\C",
  ])("%s is no pattern and never matches", async (pattern) => {
    for (const text of ["", "a", "ab", "aa", "b", pattern]) expect(await matches(pattern, text)).toBe(false);
  });

  test.each([
    ["^(a+)+$", `${"a".repeat(50_000)}b`],
    ["^(a|aa)+$", `${"a".repeat(50_000)}b`],
    ["^(x+x+)+y", "x".repeat(50_000)],
  ])("%s takes no time on a hostile text", async (pattern, text) => {
    const search = await compilePattern(pattern);
    const start = performance.now();
    expect(search(text)).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
