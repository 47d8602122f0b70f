import { describe, expect, test } from "vitest";
import { decrypt, isSopsError, KeyRing, keysFromDirectory, keysFromEnvironment } from "../fn/index.ts";
import { fixture, keysFolder, testIdentity } from "./support/fixtures.ts";

describe("the library", () => {
  test("decrypts a file with the keys of a directory", async () => {
    const keys = new KeyRing([await keysFromDirectory(keysFolder)]);
    expect(await decrypt(fixture("secret-string-data.enc.yaml"), { format: "yaml", keys })).toMatchObject({
      text: fixture("secret-string-data.plain.yaml"),
      warnings: [],
    });
    expect((await decrypt(fixture("whole-json.enc.json"), { format: "json", keys })).text).toBe(
      fixture("whole-json.plain.json"),
    );
  });

  test("decrypts with the keys of an environment that is given, not with that of the process", async () => {
    const keys = new KeyRing([
      await keysFromEnvironment({ SOPS_AGE_KEY: testIdentity("age2.agekey") }, { platform: "linux", home: undefined }),
    ]);
    expect((await decrypt(fixture("age2-only.enc.yaml"), { format: "yaml", keys })).text).toBe(
      fixture("age2-only.plain.yaml"),
    );
  });

  test("throws a SopsError, and gives nothing, when no key fits or the MAC does not hold", async () => {
    const keys = new KeyRing([await keysFromDirectory(keysFolder)]);
    const edited = fixture("secret-string-data.enc.yaml").replace("namespace: prod", "namespace: test");
    for (const [text, ring, code] of [
      [edited, keys, "MAC_MISMATCH"],
      [fixture("secret-string-data.enc.yaml"), new KeyRing([]), "NO_KEY_MATCHED"],
      ["a: 1\n", keys, "METADATA_MISSING"],
    ] as const) {
      const error: unknown = await decrypt(text, { format: "yaml", keys: ring }).catch((thrown: unknown) => thrown);
      expect(isSopsError(error) && error.code).toBe(code);
    }
  });

  test("turns a MAC that does not hold into a warning where asked to", async () => {
    const keys = new KeyRing([await keysFromDirectory(keysFolder)]);
    const edited = fixture("secret-string-data.enc.yaml").replace("namespace: prod", "namespace: test");
    const { text, warnings } = await decrypt(edited, { format: "yaml", keys, mac: "warn" });
    expect(text).toContain("correct horse battery staple");
    expect(warnings).toMatchObject([{ code: "MAC_MISMATCH" }]);
  });
});
