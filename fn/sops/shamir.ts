import { SopsError } from "../errors.ts";

/**
 * Combines shares of a secret split by Shamir's scheme over GF(2⁸) as HashiCorp Vault does it: each byte is shared on
 * its own, and the last byte of a share is its x coordinate. All given shares take part. Too few of them give a wrong
 * secret without an error; that shows when it is used.
 *
 * @throws SopsError SHAMIR_THRESHOLD for fewer than two shares, shares that are too short or of different lengths, or
 *   two of the same coordinate.
 */
export function combineShares(shares: readonly Uint8Array[]): Uint8Array {
  const [first] = shares;
  if (first === undefined || shares.length < 2) throw bad("fewer than two shares of the data key were recovered");
  if (first.length < 2) throw bad("a share of the data key is too short");
  if (shares.some((share) => share.length !== first.length)) throw bad("the shares of the data key differ in length");
  const xs = shares.map((share) => share.at(-1) ?? 0);
  if (new Set(xs).size < xs.length) throw bad("two groups hold the same share of the data key");
  // The secret is the value of the polynomial at 0, so the weights are the same for all bytes.
  const weights = xs.map((x, at) =>
    weightAtZero(
      x,
      xs.filter((_, other) => other !== at),
    ),
  );
  const secret = new Uint8Array(first.length - 1);
  for (const [at, share] of shares.entries()) {
    const weight = weights[at] ?? 0;
    for (let byte = 0; byte < secret.length; byte++) {
      secret[byte] = (secret[byte] ?? 0) ^ multiply(share[byte] ?? 0, weight);
    }
  }
  return secret;
}

function weightAtZero(x: number, others: readonly number[]): number {
  return others.reduce((weight, other) => multiply(weight, divide(other, x ^ other)), 1);
}

/** In the field of AES, x⁸ + x⁴ + x³ + x + 1. The work does not depend on the operands, one of which is secret. */
export function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = a;
  for (let bit = 0; bit < 8; bit++) {
    product ^= -((b >> bit) & 1) & shifted;
    shifted = ((shifted << 1) ^ (-(shifted >> 7) & 0x11b)) & 0xff;
  }
  return product;
}

/** `b` must not be 0. */
export function divide(a: number, b: number): number {
  // b²⁵⁴ is the inverse of b, since the multiplicative group has 255 elements.
  let inverse = 1;
  for (let step = 0; step < 254; step++) inverse = multiply(inverse, b);
  return multiply(a, inverse);
}

function bad(message: string): SopsError {
  return new SopsError("SHAMIR_THRESHOLD", message);
}
