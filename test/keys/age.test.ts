import { armor } from "age-encryption";
import { describe, expect, it } from "vitest";
import { create, needs } from "../../fn/keys/age.ts";
import type { KeyProvider } from "../../fn/keys/provider.ts";
import { providers } from "../../fn/keys/registry.ts";
import { type AgeKey, credential, DATA_KEY, expectNoLeak, newPair, rejection, wrap } from "./support.ts";

const mine = await newPair();
const other = await newPair();
const hybrid = await newPair(true);
const key = await wrap([mine.recipient]);
const { signal } = new AbortController();

async function opened(provider: KeyProvider<AgeKey>, wrapped: AgeKey = key): Promise<Uint8Array | null> {
  return (await provider.unwrap(wrapped, signal))?.reveal() ?? null;
}

function withText(text: string): KeyProvider<AgeKey> {
  return create([credential(text)]);
}

async function problemOf(text: string): Promise<string | undefined> {
  const [report] = await withText(text).report();
  expectNoLeak(report, [mine.identity, other.identity, hybrid.identity]);
  expect(report?.identities ?? []).toEqual(report?.problem === undefined ? expect.any(Array) : []);
  return report?.problem;
}

describe("identities", () => {
  it.each([
    ["one line", mine.identity],
    ["comments, empty lines and CRLF", `# created: today\r\n# public key: x\r\n\r\n${mine.identity}\r\n`],
    ["blanks around", ` \t${mine.identity}  \n`],
    ["several per line", `${other.identity} ${mine.identity}\n`],
    ["several lines and types", `${hybrid.identity}\n${other.identity}\n${mine.identity}`],
    ["a byte order mark", `\uFEFF${mine.identity}`],
  ])("opens with %s", async (_, text) => {
    expect(await opened(withText(text))).toEqual(DATA_KEY);
    expect(await problemOf(text)).toBeUndefined();
  });

  it("opens hybrid keys", async () => {
    expect(await opened(withText(hybrid.identity), await wrap([hybrid.recipient]))).toEqual(DATA_KEY);
  });

  it("opens a key with several recipients, whatever its label says", async () => {
    expect(await opened(withText(mine.identity), await wrap([other.recipient, mine.recipient], "nobody"))).toEqual(
      DATA_KEY,
    );
  });

  it.each([
    ["text", "hello", /^line 2 is not an age identity$/],
    ["a public key", mine.recipient, /^line 2 is a public key/],
    ["a hybrid public key", hybrid.recipient, /^line 2 is a public key/],
    ["a plugin", "AGE-PLUGIN-YUBIKEY-1QQPQQQQQ", /^line 2 .*plugin.*not supported yet/],
    ["lower case", mine.identity.toLowerCase(), /^line 2 .*not in upper case/],
    [
      "a bad checksum",
      mine.identity.slice(0, -1) + (mine.identity.endsWith("Q") ? "P" : "Q"),
      /^line 2 is a damaged age identity/,
    ],
    ["a cut identity", mine.identity.slice(0, -5), /^line 2 is a damaged age identity/],
    ["a bad hybrid", `${hybrid.identity.slice(0, -1)}1`, /^line 2 is a damaged age identity/],
    [
      "an SSH key",
      "-----BEGIN OPENSSH PRIVATE KEY-----",
      /^line 2 starts an SSH or PEM private key.*not supported yet/,
    ],
    [
      "a protected file",
      "-----BEGIN AGE ENCRYPTED FILE-----",
      /^line 2 starts a passphrase-protected.*not supported yet/,
    ],
    ["a protected binary file", "age-encryption.org/v1", /passphrase-protected/],
    ["an SSH public key", "ssh-ed25519 AAAA me", /^line 2 is an SSH public key/],
    ["OpenPGP", "-----BEGIN PGP PRIVATE KEY BLOCK-----", /^line 2 starts an OpenPGP key/],
    ["a path", "/home/me/keys.txt", /^line 2 looks like a path/],
    ["an identity and text", `${mine.identity} laptop`, /^line 2 is not an age identity$/],
  ])("discards a credential with %s", async (_, bad, said) => {
    const text = `${mine.identity}\n${bad}\n${other.identity}`;
    expect(await problemOf(text)).toMatch(said);
    expect(await opened(withText(text))).toBeNull();
    expect(await opened(create([credential(text, "bad"), credential(mine.identity, "good")]))).toEqual(DATA_KEY);
  });

  it("names a credential without identities, and UTF-16", async () => {
    expect(await problemOf("# nothing\n\n")).toBe("it holds no age identity");
    expect(await problemOf(mine.identity.split("").join("\0"))).toMatch(/UTF-16/);
  });

  it("reports recipients", async () => {
    expect(
      await create([credential(`${mine.identity} ${hybrid.identity}`, "a"), credential("x", "b")]).report(),
    ).toEqual([
      { origin: "a", identities: [mine.recipient, hybrid.recipient] },
      { origin: "b", identities: [], problem: "line 1 is not an age identity" },
    ]);
  });
});

describe("wrapped keys", () => {
  const provider = create([credential(other.identity), credential(mine.identity)]);
  const binary = armor.decode(key.enc);
  const header = Buffer.from(binary).indexOf("\n--- ");
  const rearmored = (bytes: Uint8Array): AgeKey => ({ ...key, enc: armor.encode(bytes) });

  it("are null for others", async () => {
    expect(await opened(withText(other.identity))).toBeNull();
    expect(await opened(withText(hybrid.identity))).toBeNull();
    expect(await opened(create([]))).toBeNull();
  });

  it.each([
    ["CRLF", (enc: string) => enc.replaceAll("\n", "\r\n")],
    ["trailing blanks", (enc: string) => enc.replaceAll("\n", "  \n")],
    ["indentation", (enc: string) => enc.replaceAll(/^/gm, "    ")],
    ["empty lines around and between", (enc: string) => `\n\n${enc.replaceAll("\n", "\n\n")}\n`],
    ["no final line feed", (enc: string) => enc.trimEnd()],
  ])("may have %s in the armor", async (_, change) => {
    expect(await opened(provider, { ...key, enc: change(key.enc) })).toEqual(DATA_KEY);
  });

  it.each([
    ["no armor", "AAAA"],
    ["nothing", ""],
    ["a cut armor", key.enc.slice(0, 120)],
    ["an odd letter", key.enc.replace("YWdl", "YW*l")],
  ])("are corrupt with %s", async (_, enc) => {
    const error = await rejection(provider.unwrap({ ...key, enc }, signal));
    expect(error).toMatchObject({ code: "KEY_CORRUPT", tags: { key: mine.recipient } });
    expectNoLeak(error, [mine.identity, other.identity]);
  });

  it("are corrupt with a changed header MAC, nonce or payload", async () => {
    for (const position of [header + 8, binary.length - 60, binary.length - 1]) {
      const changed = Uint8Array.from(binary);
      changed[position] = (changed[position] ?? 0) ^ 1;
      expect(await rejection(provider.unwrap(rearmored(changed), signal))).toMatchObject({ code: "KEY_CORRUPT" });
    }
  });

  it("never open and never leave a rejection unhandled when cut anywhere", async () => {
    for (let length = 1; length < binary.length; length += 1) {
      expect(await rejection(provider.unwrap(rearmored(binary.slice(0, length)), signal))).toMatchObject({
        code: "KEY_CORRUPT",
      });
    }
  });

  it("are corrupt with a malformed stanza of a matching type", async () => {
    const text = Buffer.from(binary).toString("latin1");
    const changed = Buffer.from(text.replace(/-> X25519 \S+/, "-> X25519 AAAA"), "latin1");
    expect(await rejection(provider.unwrap(rearmored(changed), signal))).toMatchObject({ code: "KEY_CORRUPT" });
  });

  it("keep a private key out of messages that somebody put in the label", async () => {
    const error = await rejection(provider.unwrap({ kind: "age", recipient: `${mine.identity}\nx`, enc: "" }, signal));
    expectNoLeak(error, [mine.identity]);
    expect(String(error)).not.toContain("\n");
  });

  it("open concurrently", async () => {
    const keys = await Promise.all(
      Array.from({ length: 20 }, (_, index) => wrap([[mine, hybrid][index % 2]?.recipient ?? ""])),
    );
    const results = await Promise.all(keys.map((wrapped) => opened(provider, wrapped)));
    expect(results.map((result) => result !== null)).toEqual(keys.map((_, index) => index % 2 === 0));
  });

  it("are not tried after the signal", async () => {
    const reason = new Error("stop");
    expect(await rejection(provider.unwrap(key, AbortSignal.abort(reason)))).toBe(reason);
  });
});

it("names the packages it needs", () => {
  expect(needs).toEqual(providers.age?.packages);
});
