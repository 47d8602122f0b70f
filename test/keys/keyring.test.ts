import { describe, expect, it } from "vitest";
import { SopsError } from "../../fn/errors.ts";
import { KeyRing } from "../../fn/keys/keyring.ts";
import type { Credential, Look, SourceFindings, WrappedKey } from "../../fn/keys/provider.ts";
import type { Registry } from "../../fn/keys/registry.ts";
import { Secret } from "../../fn/secret.ts";
import { credential, DATA_KEY, expectNoLeak, newPair, rejection, wrap } from "./support.ts";

const mine = await newPair();
const other = await newPair();
const key = await wrap([mine.recipient]);
const foreign = await wrap([other.recipient]);
const pgp: WrappedKey = { kind: "pgp", fp: "ABCD", enc: "x" };

function findings(credentials: readonly Credential[], looked: readonly Look[] = []): SourceFindings[] {
  return [{ credentials, looked }];
}

function unopened(keys: readonly WrappedKey[]): Parameters<KeyRing["explain"]>[0] {
  return { failed: keys.map((wrapped) => ({ key: wrapped })), recovered: 0, needed: 1 };
}

function counting(unwrap: (signal: AbortSignal) => Promise<Secret | null>): {
  registry: Registry;
  calls: { load: number; unwrap: number };
} {
  const calls = { load: 0, unwrap: 0 };
  const registry: Registry = {
    age: {
      packages: ["age-encryption"],
      load: async () => {
        calls.load += 1;
        return {
          needs: [],
          create: () => ({
            kind: "age",
            unwrap: (_, signal) => {
              calls.unwrap += 1;
              return unwrap(signal);
            },
            report: async () => [],
          }),
        };
      },
    },
  };
  return { registry, calls };
}

describe("unwrap", () => {
  it("opens each key once, also concurrently, and gives out copies", async () => {
    const { registry, calls } = counting(async () => new Secret(Uint8Array.from(DATA_KEY)));
    const ring = new KeyRing(findings([credential("x")]), registry);
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, index) => ring.unwrap({ ...key, recipient: `label ${index}` })),
    );
    all[0]?.wipe();
    expect((await ring.unwrap(key))?.reveal()).toEqual(DATA_KEY);
    expect(all[1]?.reveal()).toEqual(DATA_KEY);
    await ring.unwrap(foreign);
    expect(calls).toEqual({ load: 1, unwrap: 2 });
  });

  it("remembers null and failures", async () => {
    for (const outcome of [async () => null, () => Promise.reject(new SopsError("KEY_CORRUPT", "bad"))]) {
      const { registry, calls } = counting(outcome);
      const ring = new KeyRing(findings([credential("x")]), registry);
      const results = await Promise.allSettled([ring.unwrap(key), ring.unwrap(key)]);
      expect(results[1]).toEqual(results[0]);
      expect(calls.unwrap).toBe(1);
    }
  });

  it("lets nothing of an unknown failure out", async () => {
    const { registry } = counting(() => Promise.reject(new Error(mine.identity)));
    const error = await rejection(new KeyRing(findings([credential("x")]), registry).unwrap(key));
    expect(error).toMatchObject({ code: "INTERNAL" });
    expectNoLeak(error, [mine.identity]);
  });

  it("loads no provider without credentials, unless it is ambient", async () => {
    const { registry, calls } = counting(async () => null);
    expect(await new KeyRing([], registry).unwrap(key)).toBeNull();
    expect(calls.load).toBe(0);
    const { age } = registry;
    await new KeyRing([], age === undefined ? {} : { age: { ...age, ambient: true } }).unwrap(key);
    expect(calls.load).toBe(1);
  });

  it("gives null for kinds this version has no provider for", async () => {
    expect(await new KeyRing(findings([credential(mine.identity)])).unwrap(pgp)).toBeNull();
  });

  it("names the npm package of a provider that does not load", async () => {
    const registry: Registry = {
      age: { packages: ["age-encryption"], load: () => Promise.reject(new Error(mine.identity)) },
    };
    const error = await rejection(new KeyRing(findings([credential("x")]), registry).unwrap(key));
    expect(error).toMatchObject({ code: "KEY_PROVIDER_MISSING", message: expect.stringContaining("age-encryption") });
    expectNoLeak(error, [mine.identity]);
  });

  it("lets others go on when one caller gives up", async () => {
    const { registry, calls } = counting(
      (signal) =>
        new Promise((resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          setTimeout(() => resolve(Secret.fromText("k")), 20);
        }),
    );
    const ring = new KeyRing(findings([credential("x")]), registry);
    const controller = new AbortController();
    const [first, second] = [rejection(ring.unwrap(key, controller.signal)), ring.unwrap(key)];
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error("enough"));
    expect(await first).toMatchObject({ message: "enough" });
    expect((await second)?.revealText()).toBe("k");
    expect(calls.unwrap).toBe(2);
  });

  it("wipes credentials and what it opened, not what it gave away", async () => {
    const text = credential(mine.identity);
    const ring = new KeyRing(findings([text]));
    const mineNow = await ring.unwrap(key);
    ring.wipe();
    expect(text.text.reveal().every((byte) => byte === 0)).toBe(true);
    expect(mineNow?.reveal()).toEqual(DATA_KEY);
    expect(await rejection(ring.unwrap(key))).toMatchObject({ code: "INTERNAL" });
  });
});

describe("explain", () => {
  it("says what is wanted, what is at hand, what is broken, and where else was looked", async () => {
    const bad = `${mine.identity.slice(0, -1)}${mine.identity.endsWith("Q") ? "P" : "Q"}`;
    const looked = [
      { where: "SOPS_AGE_KEY", found: "set" },
      { where: "/keys", found: "1 entry" },
      { where: "SOPS_AGE_KEY_FILE", found: "not set" },
    ];
    const ring = new KeyRing(
      findings([credential(mine.identity), credential(`#\n${bad}`, "/keys/bad.agekey")], looked),
    );
    const error = await ring.explain(unopened([foreign, pgp]));
    expect(error.code).toBe("NO_KEY_MATCHED");
    expect(error.message).toBe(
      `no key at hand opens the file; it wants ${other.recipient}, pgp ABCD; OpenPGP not supported by this version; ` +
        `at hand: ${mine.recipient} from SOPS_AGE_KEY; ` +
        `not usable: /keys/bad.agekey (line 2 is a damaged age identity: its length or checksum is wrong); ` +
        `also looked at: SOPS_AGE_KEY_FILE (not set)`,
    );
    expect(error.hint).toContain("SOPS_AGE_KEY_FILE");
    expect(error.tags["wanted"]).toBe(`${other.recipient}, pgp ABCD`);
    expect(error.tags["looked"]).toContain("/keys (1 entry)");
    expectNoLeak(error, [mine.identity, bad]);
  });

  it("stays readable with many recipients, and with long ones", async () => {
    const keys = Array.from({ length: 20 }, (_, index): WrappedKey => ({ ...key, recipient: `age1x${index}` }));
    const { message } = await new KeyRing([]).explain(unopened(keys));
    expect(message).toContain("it wants age1x0, age1x1, age1x2, age1x3, age1x4 and 15 more; at hand: none");
    const long = await new KeyRing([]).explain(unopened([{ ...key, recipient: "age1pq1".padEnd(1959, "x") }]));
    expect(long.message.length).toBeLessThan(200);
  });

  it("puts failures first", async () => {
    const failed = [{ key, error: new SopsError("KEY_CORRUPT", "the data key is damaged") }];
    const error = await new KeyRing([]).explain({ failed, recovered: 0, needed: 1 });
    expect(error.message).toMatch(/^the data key is damaged; no key at hand opens the file; /);
  });

  it("says when an entry does not belong to the key it names", async () => {
    const ring = new KeyRing(findings([credential(mine.identity)]));
    const { message } = await ring.explain(unopened([{ ...foreign, recipient: mine.recipient }]));
    expect(message).toContain(`the entry for ${mine.recipient} does not belong to that key`);
  });

  it("tells of the threshold", async () => {
    const error = await new KeyRing([]).explain({ failed: [{ key }], recovered: 1, needed: 2 });
    expect(error).toMatchObject({
      code: "SHAMIR_THRESHOLD",
      message: expect.stringMatching(/^only 1 of the 2 key groups/),
    });
  });

  it("hints at permissions and at kinds that are not supported", async () => {
    const closed = new KeyRing(
      findings([], [{ where: "/keys/a.agekey", found: "not readable (EACCES)", problem: true }]),
    );
    expect((await closed.explain(unopened([key]))).hint).toContain("chmod");
    expect((await new KeyRing([]).explain(unopened([pgp]))).hint).toContain("sops rotate");
  });

  it("never repeats a private key from a label or an origin", async () => {
    const ring = new KeyRing(
      findings([credential("x", `/${other.identity}`)], [{ where: `/a/${mine.identity}`, found: "x", problem: true }]),
    );
    const error = await ring.explain(unopened([{ ...key, recipient: `${mine.identity}\nfake line` }]));
    expectNoLeak([error, await ring.problems()], [mine.identity, other.identity]);
    expect(error.message).not.toContain("\n");
  });
});

describe("problems", () => {
  it("names broken sources of needed kinds only, and loads nothing", async () => {
    const looked: Look[] = [
      { where: "/keys/age.key", found: "is ignored", problem: true },
      { where: "SOPS_AGE_KEY", found: "not set" },
    ];
    const ring = new KeyRing(findings([credential(mine.identity, "good"), credential("oops", "bad")], looked));
    expect((await ring.problems()).map(({ message }) => message)).toEqual([
      "the key source /keys/age.key cannot be used: is ignored",
    ]);
    await ring.unwrap(key);
    const problems = await ring.problems();
    expect(problems.map(({ code }) => code)).toEqual(["KEY_SOURCE", "KEY_SOURCE"]);
    expect(problems[0]?.message).toBe("the key source bad cannot be used: line 1 is not an age identity");
    const { registry, calls } = counting(async () => null);
    await new KeyRing(findings([credential("x")]), registry).problems();
    expect(calls.load).toBe(0);
  });
});
