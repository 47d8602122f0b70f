import { describe, expect, test } from "vitest";
import { exitCodeOf } from "../../fn/bin/exit-codes.ts";
import { asSopsError, type SopsError } from "../../fn/errors.ts";
import type { MacPolicy } from "../../fn/mac-policy.ts";
import { STORES } from "../../fn/sops/stores/registry.ts";
import { inPlace, openWithDataKey } from "../support/open-with-data-key.ts";
import { yamlShape } from "../support/tree-shape.ts";
import {
  generatedManifest,
  type KnownFile,
  knownFiles,
  readVector,
  readVectorBytes,
  vectorsAreThere,
} from "../support/vectors.ts";
import { DEVIATIONS } from "./deviations.ts";

async function errorOf(work: Promise<unknown>): Promise<SopsError | null> {
  return work.then(() => null, asSopsError);
}

describe.skipIf(!vectorsAreThere)("files that SOPS releases since 1.13 wrote", () => {
  const files = vectorsAreThere ? knownFiles() : [];

  test("all of them are covered", () => {
    expect(files.length).toBeGreaterThanOrEqual(35);
    const names = [
      ...files.map(({ file }) => file),
      ...generatedManifest().cases.map(({ name }) => `generated/${name}`),
    ];
    expect([...DEVIATIONS.keys()].filter((key) => !names.includes(key))).toEqual([]);
    process.stdout.write(`${files.length} files of SOPS' history compared\n`);
  });

  for (const { file, store: format, encrypted, data_key_hex: dataKey, result, result_ignore_mac } of files) {
    const text = readVector("sops", file);
    if (!encrypted) {
      test(`${file} is not encrypted`, () => {
        expect(() => STORES[format].load(text)).toThrow(expect.objectContaining({ code: "METADATA_MISSING" }));
      });
      continue;
    }
    if (dataKey === undefined) {
      test(`${file} loads; nobody can open it`, () => {
        expect(STORES[format].load(text).metadata.keyGroups.flat().length).toBeGreaterThan(0);
      });
      continue;
    }

    const check = (outcome: KnownFile["result"], mac: MacPolicy): void => {
      if (outcome === undefined) return;
      const deviation = DEVIATIONS.get(file);
      const suffix = mac === "ignore" ? " without its MAC" : "";
      if (!outcome.ok) {
        test(`${file} ${deviation ?? `is refused with ${outcome.exit_code}`}`, async () => {
          const error = await errorOf(openWithDataKey(text, format, dataKey, mac));
          if (deviation === undefined) expect(exitCodeOf(error!.code)).toBe(outcome.exit_code);
          else expect(error, "refused as by the reference: no deviation any more").toBeNull();
        });
        return;
      }
      const reference = readVectorBytes("sops", outcome.stdout_file!);
      test(`${file} opens to the same${suffix}${deviation === undefined ? "" : `, but ${deviation}`}`, async () => {
        const opened = inPlace(await openWithDataKey(text, format, dataKey, mac));
        if (format === "yaml") expect(yamlShape(opened.toString())).toEqual(yamlShape(reference.toString()));
        else if (deviation === undefined) expect(opened).toEqual(reference);
        else {
          expect(opened.equals(reference), "the same bytes: no deviation any more").toBe(false);
          expect(JSON.parse(opened.toString())).toEqual(JSON.parse(reference.toString()));
        }
      });
    };
    check(result, "verify");
    check(result_ignore_mac, "ignore");
  }
});
