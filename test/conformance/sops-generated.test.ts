import { describe, expect, test } from "vitest";
import { judgeMac } from "../../fn/mac-policy.ts";
import { Secret } from "../../fn/secret.ts";
import { cipherFor } from "../../fn/sops/cipher.ts";
import { openLeaves } from "../../fn/sops/open.ts";
import { compileRule } from "../../fn/sops/rules.ts";
import { jsonStore } from "../../fn/sops/stores/json.ts";
import type { Store } from "../../fn/sops/stores/store.ts";
import { yamlStore } from "../../fn/sops/stores/yaml.ts";
import { applyEdits } from "../../fn/sops/tree.ts";
import { isSopsError } from "../../fn/errors.ts";
import { jsonShape, yamlShape } from "../support/tree-shape.ts";
import { generatedManifest, readVector, vectorsAreThere } from "../support/vectors.ts";

const STORES: Readonly<Record<string, Store>> = { yaml: yamlStore, json: jsonStore };

/** Where this version differs from the reference on purpose. The list may only shrink: an entry that agrees fails. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  "yaml-list-comment-regex-upstream-bug": "opens: the reference cannot read back this file of its own (its issue 2281)",
  "lastmodified-unquoted": "opens: SOPS up to 3.12 did too, and such files exist",
};

/** Formats that come with later versions, by case name. */
const NOT_YET = ["dotenv-basic", "ini-basic", "binary-text", "binary-bytes"];

/** What the reference complains of, in our codes. */
const ERRORS: Readonly<Record<string, string>> = {
  "yaml-clear-edited": "MAC_MISMATCH",
  "mac-missing": "MAC_MISSING",
  "mac-garbage": "MAC_INVALID",
  "key-renamed": "VALUE_AUTH",
  "value-deleted": "MAC_MISMATCH",
  "list-items-swapped": "MAC_MISMATCH",
  "plain-value-in-encrypted-position": "VALUE_PLAIN",
  "number-in-encrypted-position": "VALUE_PLAIN",
  "two-selection-rules": "METADATA_INVALID",
};

async function open(text: string, store: Store, dataKey: string): Promise<string> {
  const file = store.load(text);
  const cipher = cipherFor(new Secret(Buffer.from(dataKey, "hex")));
  const { values, problems } = openLeaves(file, cipher, await compileRule(file.metadata.rule));
  if (problems[0] !== undefined) throw problems[0];
  const finding = judgeMac([{ file, cipher, values }], "verify");
  if (finding !== null) throw finding.problem;
  return applyEdits(file.text, file.edits());
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "opened",
    (error: unknown) => (isSopsError(error) ? error.code : String(error)),
  );
}

describe.skipIf(!vectorsAreThere)("files made with the reference's own code", () => {
  const { cases } = vectorsAreThere ? generatedManifest() : { cases: [] };

  test("every case is covered or named as not yet covered", () => {
    const uncovered = cases.filter(({ store }) => STORES[store] === undefined).map(({ name }) => name);
    expect(uncovered.toSorted()).toEqual(NOT_YET.toSorted());
    expect(cases.length).toBeGreaterThanOrEqual(45);
  });

  for (const { name, store: format, file, data_key_hex, expect: expected } of cases) {
    const store = STORES[format];
    if (store === undefined) continue;
    const wanted = expected[format];
    const text = readVector("sops/generated", file);

    if (DEVIATIONS[name] !== undefined) {
      test(`${name}: ${DEVIATIONS[name]}`, async () => {
        expect(wanted?.stdout_file, "the reference opens it too: no deviation any more").toBeUndefined();
        expect(await codeOf(open(text, store, data_key_hex))).toBe("opened");
      });
    } else if (wanted?.stdout_file === undefined) {
      test(`${name} is refused`, async () => {
        expect(await codeOf(open(text, store, data_key_hex))).toBe(ERRORS[name]);
      });
    } else {
      const stdout = wanted.stdout_file;
      test(`${name} opens to the same values, types, order and comments`, async () => {
        const opened = await open(text, store, data_key_hex);
        const reference = readVector("sops/generated", stdout);
        if (format === "json") {
          expect(opened).toBe(reference);
          expect(jsonShape(opened)).toEqual(jsonShape(reference));
        } else expect(yamlShape(opened)).toEqual(yamlShape(reference));
      });
    }
  }
});
