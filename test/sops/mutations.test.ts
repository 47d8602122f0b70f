import { beforeAll, describe, expect, test } from "vitest";
import { isSopsError } from "../../fn/errors.ts";
import { STORES } from "../../fn/sops/stores/registry.ts";
import type { Format } from "../../fn/sops/stores/store.ts";
import { DATA_KEY, encrypt } from "../support/encrypt.ts";
import { inPlace, openWithDataKey, printed } from "../support/open-with-data-key.ts";
import { comment, list, map, scalar, text } from "../support/trees.ts";

/** Ten thousand in a normal run, a million in a slow one. */
const RUNS = process.env["SLOW"] === "1" ? 200_000 : 2_000;
const FORMATS = Object.keys(STORES) as Format[];

/** Pieces that mean something to one of the parsers. */
const PIECES = [
  ..."\n\r\t \"'`#;=:[]{},&*!|>-?%\\\u0000\u0085\ufeff".split(""),
  "\r\n",
  "---\n",
  "...\n",
  "- ",
  '"""',
  "\\n",
  "&a ",
  "*a",
  "<<: *a",
  "!!int ",
  "!!binary ",
  "sops",
  "[sops]",
  "sops_",
  "__list_0",
  "__map_",
  "__list_99999999999",
  "ENC[AES256_GCM,data:,iv:,tag:,type:]",
  ",type:int]",
  "null",
  "-0",
  "1e999",
  "__proto__",
  "constructor",
  "\ud800",
  "😀",
];

/** Small and fast, the same numbers for the same seed; quality does not matter here. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutate(source: string, random: (below: number) => number): string {
  let result = source;
  for (let left = 1 + random(4); left > 0; left--) {
    const at = random(result.length + 1);
    const length = random(8) === 0 ? random(200) : random(4);
    const other = random(result.length + 1);
    const replacement = [
      "",
      PIECES[random(PIECES.length)] ?? "",
      result.slice(other, other + random(40)),
      String.fromCodePoint(random(0x250)),
    ][random(4)];
    result = result.slice(0, at) + replacement + result.slice(at + length);
  }
  return result;
}

const flat = [comment(" note"), ["user", text("u")], ["password", text("p\nq")], ["a_unencrypted", text("x")]] as const;
const deep = map([
  ...flat,
  ["n", scalar({ type: "int", value: 5n })],
  ["list", list([text("a"), map([["b", scalar({ type: "bool", value: true })]])])],
]);

const SOURCES: Readonly<Record<Format, Parameters<typeof encrypt>[0]>> = {
  yaml: [deep, map([["second", text("document")]])],
  json: [deep],
  dotenv: [map(flat)],
  ini: [
    map([
      ["DEFAULT", map([["top", text("1")]])],
      ["section", map(flat)],
    ]),
  ],
  binary: [map([["data", scalar({ type: "bytes", bytes: Buffer.from([0, 255, 10, 65]) })]])],
};

describe("damaged files are refused or opened, and nothing else happens", () => {
  let sources: Map<Format, string>;
  beforeAll(async () => {
    sources = new Map();
    for (const format of FORMATS) sources.set(format, await encrypt(SOURCES[format], format));
  });

  test.each(FORMATS)(
    "%s",
    async (format) => {
      const source = sources.get(format) ?? "";
      for (let seed = 1; seed <= RUNS; seed++) {
        const damaged = mutate(source, randomNumbers(seed * 7919));
        // Now and then by the reader of another format.
        const reader = seed % 10 === 0 ? FORMATS[(seed / 10) % FORMATS.length]! : format;
        try {
          const file = await openWithDataKey(damaged, reader, DATA_KEY, "warn");
          inPlace(file);
          printed(file, FORMATS[seed % 5]!);
        } catch (error) {
          if (isSopsError(error)) continue;
          expect.fail(`seed ${seed} of ${format} ends in ${String(error)}`);
        }
      }
    },
    3_600_000,
  );
});
