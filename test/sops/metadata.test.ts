import { describe, expect, test } from "vitest";
import { readMetadata, takeMetadata } from "../../fn/sops/metadata.ts";
import { loadJson } from "../../fn/sops/stores/json.ts";
import type { Entry, MapNode } from "../../fn/sops/tree.ts";
import { readVector, vectorsAreThere } from "../support/vectors.ts";
import { errorOf } from "../support/error-of.ts";

const TIME = { lastmodified: "2025-03-23T10:20:30Z" };
const PGP = { pgp: [{ fp: "ABCD", enc: "text", created_at: "2025-03-23T10:20:30Z" }] };
const AGE = { recipient: "age1x", enc: "armor" };
const tree = (value: unknown): MapNode => loadJson(JSON.stringify(value));
const read = (sops: unknown) => readMetadata(tree(sops));

describe.skipIf(!vectorsAreThere)("metadata, as the reference's own tests have it", () => {
  const vectors = vectorsAreThere
    ? (JSON.parse(readVector("sops", "go-tests/metadata.json")) as {
        extract_error: { doc: object; error: string }[];
        extract_ok: { doc: object; unencrypted_suffix: string }[];
      })
    : { extract_error: [], extract_ok: [] };

  test("some of each are there", () => {
    expect(vectors.extract_error.length).toBeGreaterThan(3);
    expect(vectors.extract_ok.length).toBeGreaterThan(1);
  });

  test.each(vectors.extract_error)("refused: $error", ({ doc, error }) => {
    const code = error === "sops metadata not found" ? "METADATA_MISSING" : "METADATA_INVALID";
    expect(errorOf(() => takeMetadata(tree(doc)))?.code).toBe(code);
  });

  test.each(vectors.extract_ok)("read: $unencrypted_suffix", ({ doc, unencrypted_suffix }) => {
    expect(takeMetadata(tree(doc)).metadata.rule).toEqual({ kind: "unencrypted_suffix", value: unencrypted_suffix });
  });
});

describe("the whole", () => {
  test("what a small file says", () => {
    expect(read({ ...TIME, ...PGP, mac: "ENC[…]", version: "3.13.2" })).toEqual({
      keyGroups: [[{ kind: "pgp", fp: "ABCD", enc: "text" }]],
      threshold: 0,
      lastModified: "2025-03-23T10:20:30Z",
      mac: "ENC[…]",
      rule: { kind: "unencrypted_suffix", value: "_unencrypted" },
      macOnlyEncrypted: false,
      version: "3.13.2",
    });
  });

  test("all kinds of keys, in SOPS' order whatever the order of the file", () => {
    const { keyGroups } = read({
      ...TIME,
      age: [AGE],
      ...PGP,
      hc_vault: [{ vault_address: "https://v", engine_path: "e", key_name: "k", enc: "1" }],
      azure_kv: [{ vault_url: "https://a", name: "n", version: "v", enc: "2" }],
      hckms: [{ key_id: "r:u", enc: "3" }],
      gcp_kms: [{ resource_id: "projects/p", enc: "4" }],
      kms: [
        { arn: "arn:1", aws_profile: "", enc: "5" },
        { arn: "arn:2", role: "arn:r", context: { k: "v", n: 1 }, aws_profile: "p", enc: "6" },
      ],
    });
    expect(keyGroups).toEqual([
      [
        { kind: "kms", arn: "arn:1", context: {}, enc: "5" },
        { kind: "kms", arn: "arn:2", role: "arn:r", context: { k: "v", n: "1" }, awsProfile: "p", enc: "6" },
        { kind: "gcp_kms", resourceId: "projects/p", enc: "4" },
        { kind: "hckms", keyId: "r:u", enc: "3" },
        { kind: "azure_kv", vaultUrl: "https://a", name: "n", version: "v", enc: "2" },
        { kind: "hc_vault", vaultAddress: "https://v", enginePath: "e", keyName: "k", enc: "1" },
        { kind: "pgp", fp: "ABCD", enc: "text" },
        { kind: "age", recipient: "age1x", enc: "armor" },
      ],
    ]);
  });

  test("several groups, which flat lists override", () => {
    const key_groups = [{ age: [AGE] }, { ...PGP, age: [] }];
    expect(read({ ...TIME, key_groups, shamir_threshold: 2 })).toMatchObject({
      keyGroups: [[{ kind: "age" }], [{ kind: "pgp" }]],
      threshold: 2,
    });
    expect(read({ ...TIME, key_groups, ...PGP }).keyGroups).toMatchObject([[{ kind: "pgp" }]]);
  });

  test("keys of a context cannot reach a prototype", () => {
    const root = loadJson(
      `{"lastmodified":"${TIME.lastmodified}","kms":[{"arn":"a","enc":"e","context":{"__proto__":"p","constructor":"c"}}]}`,
    );
    const [[key] = []] = readMetadata(root).keyGroups;
    const context = key?.kind === "kms" ? key.context : {};
    expect(Object.getPrototypeOf(context)).toBe(null);
    expect(Object.entries(context)).toEqual([
      ["__proto__", "p"],
      ["constructor", "c"],
    ]);
  });
});

describe("weak typing", () => {
  test.each<[string, object, object]>([
    [
      "names in any case",
      { LastModified: TIME.lastmodified, PGP: [{ FP: "X", Enc: "y" }] },
      { keyGroups: [[{ kind: "pgp", fp: "X", enc: "y" }]] },
    ],
    ["the exact name wins", { LASTMODIFIED: "x", ...TIME, ...PGP }, { lastModified: TIME.lastmodified }],
    ["unknown fields", { ...TIME, ...PGP, attention: "see `sops -h`" }, {}],
    ["a number as text", { ...TIME, ...PGP, version: 1.14 }, { version: "1.14" }],
    ["a truth value as text", { ...TIME, ...PGP, version: true }, { version: "1" }],
    [
      "null is absent",
      { ...TIME, ...PGP, mac: null, kms: null, mac_only_encrypted: null },
      { mac: "", macOnlyEncrypted: false },
    ],
    ["one map for a list", { ...TIME, age: AGE, kms: {} }, { keyGroups: [[{ kind: "age" }]] }],
    ["null in a list", { ...TIME, ...PGP, age: [null] }, { keyGroups: [[{ kind: "pgp" }]] }],
    ["a threshold as text", { ...TIME, ...PGP, shamir_threshold: "2" }, { threshold: 2 }],
    ["a threshold as hexadecimal text", { ...TIME, ...PGP, shamir_threshold: "0x2" }, { threshold: 2 }],
    ["a threshold as octal text", { ...TIME, ...PGP, shamir_threshold: "010" }, { threshold: 8 }],
    ["a threshold that went through a float", { ...TIME, ...PGP, shamir_threshold: "2.000000" }, { threshold: 2 }],
    ["an empty threshold", { ...TIME, ...PGP, shamir_threshold: "" }, { threshold: 0 }],
    ["a truth value as text of SOPS", { ...TIME, ...PGP, mac_only_encrypted: "True" }, { macOnlyEncrypted: true }],
    ["a truth value as number", { ...TIME, ...PGP, mac_only_encrypted: 1 }, { macOnlyEncrypted: true }],
    ["an empty truth value", { ...TIME, ...PGP, mac_only_encrypted: "" }, { macOnlyEncrypted: false }],
    [
      "an empty rule is none",
      { ...TIME, ...PGP, encrypted_regex: "", unencrypted_suffix: "_x" },
      { rule: { kind: "unencrypted_suffix", value: "_x" } },
    ],
    ["a damaged created_at", { ...TIME, pgp: [{ fp: "X", enc: "y", created_at: "long ago" }] }, {}],
    [
      "a time with fraction and offset",
      { ...PGP, lastmodified: "2025-03-23T10:20:30.5+02:00" },
      { lastModified: "2025-03-23T10:20:30+02:00" },
    ],
  ])("%s", (_name, sops, expected) => {
    expect(read(sops)).toMatchObject(expected);
  });

  test("an unquoted timestamp of YAML", () => {
    const root = tree({ ...PGP, lastmodified: "" });
    const items = root.items.map((item): Entry => {
      const entry = item as Entry;
      if (entry.key !== "lastmodified") return entry;
      return {
        ...entry,
        value: { kind: "leaf", value: { type: "time", text: "2016-02-03T18:46:24Z" }, span: entry.keySpan },
      };
    });
    expect(readMetadata({ ...root, items }).lastModified).toBe("2016-02-03T18:46:24Z");
  });
});

describe("refused", () => {
  test.each<[string, unknown, string]>([
    ["no keys", TIME, "sops"],
    ["empty lists of keys", { ...TIME, age: [], pgp: [], key_groups: [] }, "sops"],
    ["groups without keys", { ...TIME, key_groups: [{}, { age: [] }] }, "sops"],
    ["no time", PGP, "sops.lastmodified"],
    ["a time that is none", { ...PGP, lastmodified: "2025-03-23 10:20:30" }, "sops.lastmodified"],
    ["a map for text", { ...TIME, ...PGP, mac: {} }, "sops.mac"],
    ["text for a list of keys", { ...TIME, ...PGP, kms: "" }, "sops.kms"],
    ["text for a key", { ...TIME, pgp: ["X"] }, "sops.pgp[0]"],
    [
      "a list for a field of a key",
      { ...TIME, key_groups: [{}, { pgp: [{ fp: [] }] }] },
      "sops.key_groups[1].pgp[0].fp",
    ],
    ["a fraction as threshold", { ...TIME, ...PGP, shamir_threshold: 2.5 }, "sops.shamir_threshold"],
    ["a negative threshold", { ...TIME, ...PGP, shamir_threshold: -1 }, "sops.shamir_threshold"],
    ["yes as a truth value", { ...TIME, ...PGP, mac_only_encrypted: "yes" }, "sops.mac_only_encrypted"],
    ["two rules", { ...TIME, ...PGP, encrypted_regex: "a", encrypted_suffix: "b" }, "sops"],
  ])("%s", (_name, sops, field) => {
    expect(errorOf(() => read(sops))).toMatchObject({ code: "METADATA_INVALID", place: { field } });
  });

  test("sops metadata twice, or not as a map", () => {
    expect(errorOf(() => takeMetadata(loadJson('{"sops":{},"sops":{}}')))?.code).toBe("METADATA_INVALID");
    expect(errorOf(() => takeMetadata(tree({ sops: [] })))).toMatchObject({
      code: "METADATA_INVALID",
      place: { field: "sops" },
    });
  });
});

test("takeMetadata leaves the rest in order", () => {
  const { entry, rest } = takeMetadata(tree({ b: 1, sops: { ...TIME, ...PGP }, a: { sops: 2 } }));
  expect(entry.key).toBe("sops");
  expect(rest.items.map((item) => item.kind === "entry" && item.key)).toEqual(["b", "a"]);
});
