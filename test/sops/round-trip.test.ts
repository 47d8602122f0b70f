import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDotenv } from "../../fn/sops/stores/dotenv-reader.ts";
import { sniff } from "../../fn/sops/stores/format.ts";
import { readIni } from "../../fn/sops/stores/ini-reader.ts";
import type { Format } from "../../fn/sops/stores/store.ts";
import type { MapNode } from "../../fn/sops/tree.ts";
import { anyRule, treesFor } from "../support/arbitrary-trees.ts";
import { DATA_KEY, encrypt } from "../support/encrypt.ts";
import { inPlace, openWithDataKey } from "../support/open-with-data-key.ts";
import { jsonShape, shapeOf, withoutComments, yamlShape } from "../support/tree-shape.ts";
import { map, text } from "../support/trees.ts";

const slow = process.env["SLOW"] === "1";

/** A plaintext read again, without comments, which not all formats keep in the same place. */
const READ: Readonly<Record<Exclude<Format, "binary">, (plaintext: string) => unknown>> = {
  yaml: (plaintext) => yamlShape(plaintext).map(withoutComments),
  json: (plaintext) => jsonShape(plaintext).map(withoutComments),
  dotenv: (plaintext) => {
    const pairs = readDotenv(plaintext).flatMap(({ key, text: value }) =>
      key === undefined ? [] : [[key, text(value)] as const],
    );
    return [shapeOf(map(pairs))];
  },
  ini: (plaintext) => {
    const sections = readIni(plaintext).map(
      ({ name, keys }) => [name, map(keys.map((key) => [key.name, text(key.value)] as const))] as const,
    );
    return [shapeOf(map(sections))];
  },
};

async function roundTrip(documents: MapNode[], format: Format, options: Parameters<typeof encrypt>[2]): Promise<void> {
  const encrypted = await encrypt(documents, format, options);
  const file = await openWithDataKey(encrypted, format, DATA_KEY);
  if (format === "binary") {
    expect(inPlace(file).toString("base64")).toBe(contentOf(documents[0]!));
    return;
  }
  expect(file.documents.map(shapeOf)).toEqual(documents.map(shapeOf));
  const plaintext = inPlace(file).toString("utf8");
  expect(READ[format](plaintext)).toEqual(documents.map((document) => withoutComments(shapeOf(document))));
}

function contentOf(document: MapNode): string {
  const data = document.items[0];
  const value = data?.kind === "entry" && data.value.kind === "leaf" ? data.value.value : undefined;
  return value?.type === "bytes" ? Buffer.from(value.bytes).toString("base64") : "";
}

describe("what our own encryptor writes opens to what it was", () => {
  test.each(["yaml", "json", "dotenv", "ini", "binary"] as const)("%s", async (format) => {
    await fc.assert(
      fc.asyncProperty(treesFor[format], anyRule, fc.boolean(), async (documents, rule, macOnlyEncrypted) => {
        // A binary file has one value, and rules do not apply to it.
        const chosen = format === "binary" || rule === undefined ? {} : { rule };
        await roundTrip(documents, format, { ...chosen, macOnlyEncrypted });
      }),
      { numRuns: slow ? 20_000 : 300 },
    );
  });

  test("and its format is known by its content", async () => {
    for (const format of ["yaml", "json", "dotenv", "ini", "binary"] as const) {
      const value = format === "ini" ? map([["a", text("b")]]) : text("b");
      const key = format === "binary" ? "data" : "s";
      expect(sniff(await encrypt([map([[key, value]])], format))).toBe(format);
    }
  });
});
