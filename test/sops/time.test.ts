import { describe, expect, test } from "vitest";
import { isDate, normalTime } from "../../fn/sops/time.ts";

describe("RFC 3339 in Go's normal form", () => {
  test.each([
    ["2024-05-06T07:08:09Z", "2024-05-06T07:08:09Z"],
    ["2024-05-06T07:08:09.120Z", "2024-05-06T07:08:09.12Z"],
    ["2024-05-06T07:08:09.000+00:00", "2024-05-06T07:08:09Z"],
    ["2024-05-06T07:08:09-00:00", "2024-05-06T07:08:09Z"],
    ["2024-05-06T07:08:09+02:00", "2024-05-06T07:08:09+02:00"],
    ["2024-05-06T07:08:09.1234567891Z", "2024-05-06T07:08:09.123456789Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"],
    ["2023-02-29T00:00:00Z", null],
    ["2024-05-06t07:08:09z", null],
    ["2024-05-06 07:08:09Z", null],
    ["2024-05-06T24:00:00Z", null],
    ["2024-05-06T07:08:60Z", null],
    ["", null],
  ])("%s is %s", (text, normal) => {
    expect(normalTime(text)).toBe(normal);
  });

  test("without the fraction, as it authenticates the MAC", () => {
    expect(normalTime("2024-05-06T07:08:09.99+02:00", "drop")).toBe("2024-05-06T07:08:09+02:00");
  });

  test.each([
    [1900, 2, 29, false],
    [2000, 2, 29, true],
    [2024, 13, 1, false],
    [2024, 4, 31, false],
    [2024, 0, 1, false],
  ])("%i-%i-%i is a date: %s", (year, month, day, expected) => {
    expect(isDate(year, month, day)).toBe(expected);
  });
});
