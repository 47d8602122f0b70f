import { describe, expect, test } from "vitest";
import { exitCodeOf } from "../../fn/bin/exit-codes.ts";
import { asSopsError } from "../../fn/errors.ts";
import { parseExtractPath, partAt, printPart } from "../../fn/sops/extract.ts";
import { STORES } from "../../fn/sops/stores/registry.ts";
import type { Format } from "../../fn/sops/stores/store.ts";
import { inPlace, openWithDataKey, printed } from "../support/open-with-data-key.ts";
import { yamlShape } from "../support/tree-shape.ts";
import { generatedManifest, readVector, readVectorBytes, vectorsAreThere } from "../support/vectors.ts";
import { DEVIATIONS } from "./deviations.ts";

/** What a run of the program would end with. */
async function outcomeOf(work: () => Promise<Uint8Array | string>): Promise<{ exitCode: number; output: Buffer }> {
  try {
    return { exitCode: 0, output: Buffer.from(await work()) };
  } catch (error) {
    return { exitCode: exitCodeOf(asSopsError(error).code), output: Buffer.alloc(0) };
  }
}

describe.skipIf(!vectorsAreThere)("files made with the reference's own code", () => {
  const { cases } = vectorsAreThere ? generatedManifest() : { cases: [] };

  test("all of them are covered", () => {
    expect(cases.length).toBeGreaterThanOrEqual(45);
    expect(cases.filter(({ store }) => !(store in STORES))).toEqual([]);
    process.stdout.write(`${cases.length} generated cases compared\n`);
  });

  for (const { name, store: format, file, data_key_hex: dataKey, expect: expected, extract = [] } of cases) {
    const text = readVector("sops/generated", file);
    const open = () => openWithDataKey(text, format, dataKey);
    const deviation = DEVIATIONS.get(`generated/${name}`);

    for (const [output, wanted] of Object.entries(expected) as [Format, (typeof expected)[string]][]) {
      const decrypted = () =>
        outcomeOf(async () => (output === format ? inPlace(await open()) : printed(await open(), output)));

      if (deviation !== undefined) {
        test(`${name} as ${output} ${deviation}`, async () => {
          expect(wanted.exit_code, "the reference opens it too: no deviation any more").toBeGreaterThan(0);
          expect((await decrypted()).exitCode).toBe(0);
        });
      } else if (wanted.stdout_file === undefined) {
        test(`${name} as ${output} is refused with ${wanted.exit_code}`, async () => {
          expect((await decrypted()).exitCode).toBe(wanted.exit_code);
        });
      } else {
        const reference = readVectorBytes("sops/generated", wanted.stdout_file);
        test(`${name} opens to the same ${output}`, async () => {
          const { exitCode, output: opened } = await decrypted();
          expect(exitCode).toBe(0);
          if (output !== "yaml") expect(opened).toEqual(reference);
          else expect(yamlShape(opened.toString())).toEqual(yamlShape(reference.toString()));
        });
      }
    }

    for (const { path, output_type: output, exit_code: wanted, stdout } of extract) {
      test(`${name}: ${path} as ${output}`, async () => {
        const { exitCode, output: part } = await outcomeOf(async () => {
          const steps = parseExtractPath(path);
          const [document] = (await open()).documents;
          return printPart(partAt(document!, steps), STORES[output]);
        });
        expect(exitCode).toBe(wanted);
        expect(part.toString()).toBe(stdout ?? "");
      });
    }
  }
});
