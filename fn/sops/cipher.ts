import { createDecipheriv, createSecretKey, type KeyObject } from "node:crypto";
import { SopsError } from "../errors.ts";
import type { Secret } from "../secret.ts";
import type { EncryptedValue } from "./value.ts";

/** Opens values under one data key. */
export interface Cipher {
  /**
   * @param aad the additional data: for values {@link pathAad}, for the MAC the time of the last change.
   * @throws SopsError VALUE_AUTH if AES-GCM refuses the value.
   */
  open(value: EncryptedValue, aad: string): Uint8Array;
}

/** Additional data of a value: all map keys on the way, joined and ended by colons; list positions do not count. */
export function pathAad(path: readonly string[]): string {
  return `${path.join(":")}:`;
}

/**
 * AES-GCM with the data key of a file, as in SOPS' `aes/cipher.go`. Keys of 16 and 24 bytes are legal; the tag is
 * always the full 16 bytes.
 *
 * The cipher keeps a copy of its own; the key may be wiped.
 *
 * @throws SopsError KEY_CORRUPT if the key has no length of AES.
 */
export function cipherFor(dataKey: Secret): Cipher {
  const bytes = dataKey.reveal();
  if (![16, 24, 32].includes(bytes.length)) {
    throw new SopsError("KEY_CORRUPT", `the data key has ${bytes.length} bytes, which is no key length of AES`);
  }
  const algorithm = `aes-${bytes.length * 8}-gcm` as "aes-256-gcm";
  const key: KeyObject = createSecretKey(bytes);
  return {
    open(value, aad) {
      const sealed = value.tag.length === 16 ? value : retagged(value);
      if (sealed === null || sealed.iv.length === 0) throw refused();
      try {
        const decipher = createDecipheriv(algorithm, key, sealed.iv, { authTagLength: 16 });
        decipher.setAAD(Buffer.from(aad, "utf8"));
        decipher.setAuthTag(sealed.tag);
        return Buffer.concat([decipher.update(sealed.data), decipher.final()]);
      } catch {
        throw refused();
      }
    },
  };
}

/** SOPS glues data and tag together and takes the last 16 bytes as the tag, wherever the text divided them. */
function retagged(value: EncryptedValue): EncryptedValue | null {
  const glued = Buffer.concat([value.data, value.tag]);
  if (glued.length < 16) return null;
  return { ...value, data: glued.subarray(0, -16), tag: glued.subarray(-16) };
}

function refused(): SopsError {
  return new SopsError(
    "VALUE_AUTH",
    "the encrypted value does not authenticate: it was changed, moved to another key, or encrypted with another data key",
  );
}
