import { armor, Encrypter, generateHybridIdentity, generateX25519Identity, identityToRecipient } from "age-encryption";
import { inspect } from "node:util";
import { expect } from "vitest";
import type { Credential, WrappedKey } from "../../fn/keys/provider.ts";
import { Secret } from "../../fn/secret.ts";

export type AgeKey = Extract<WrappedKey, { kind: "age" }>;

export interface Pair {
  readonly identity: string;
  readonly recipient: string;
}

export async function newPair(hybrid = false): Promise<Pair> {
  const identity = await (hybrid ? generateHybridIdentity() : generateX25519Identity());
  return { identity, recipient: await identityToRecipient(identity) };
}

export const DATA_KEY: Uint8Array = new Uint8Array(32).map((_, index) => index);

/** The entry SOPS would write for these recipients; `label` is what the metadata claims. */
export async function wrap(recipients: readonly string[], label: string = recipients[0] ?? ""): Promise<AgeKey> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return { kind: "age", recipient: label, enc: armor.encode(await encrypter.encrypt(DATA_KEY)) };
}

export function credential(text: string, origin = "SOPS_AGE_KEY"): Credential {
  return { kind: "age", text: Secret.fromText(text), origin };
}

/** Fails if any form in which a program prints `value` shows one of the canaries, or the first letters of its payload. */
export function expectNoLeak(value: unknown, canaries: readonly string[]): void {
  const error =
    value instanceof Error ? [value.message, value.stack, JSON.stringify(Object.getOwnPropertyDescriptors(value))] : [];
  const shown = [
    inspect(value, { depth: Infinity, showHidden: true }),
    String(value),
    JSON.stringify(value),
    ...error,
  ].join("\n");
  for (const canary of canaries) {
    for (const form of [
      canary,
      canary.slice(0, 27),
      canary.slice(-20),
      Buffer.from(canary).toString("base64"),
      Buffer.from(canary).toString("hex"),
    ]) {
      expect(shown.toLowerCase()).not.toContain(form.toLowerCase());
    }
  }
}

/** What a promise rejects with; fails if it does not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("the promise was expected to reject");
}
