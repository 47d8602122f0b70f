import { SopsError } from "../errors.ts";

/** The parts of one `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`. */
export interface EncryptedValue {
  readonly data: Uint8Array;
  /** The nonce; SOPS writes 32 bytes, other lengths are legal. */
  readonly iv: Uint8Array;
  readonly tag: Uint8Array;
  readonly type: string;
}

const PREFIX = "ENC[AES256_GCM,data:";

/** Whether a text starts like an encrypted value; says nothing about the rest. */
export function looksEncrypted(text: string): boolean {
  return text.startsWith(PREFIX);
}

/**
 * Reads an encrypted value by the grammar of SOPS' `aes/cipher.go`: greedy fields without line feeds, text after the
 * closing bracket ignored, text before `ENC[` not.
 *
 * @returns `null` if the text is not of this form at all.
 * @throws SopsError VALUE_SYNTAX if it is, but a part is not base64.
 */
export function parseEncryptedValue(text: string): EncryptedValue | null {
  if (!looksEncrypted(text)) return null;
  const lineEnd = text.indexOf("\n");
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd);
  // Searching from the right is what greedy matching comes to, in linear time.
  const close = line.lastIndexOf("]");
  const type = line.lastIndexOf(",type:", close - 7);
  const tag = line.lastIndexOf(",tag:", type - 6);
  const iv = line.lastIndexOf(",iv:", tag - 5);
  if (close < 0 || type < 0 || tag < 0 || iv <= PREFIX.length) return null;
  return {
    data: part("data", line.slice(PREFIX.length, iv)),
    iv: part("iv", line.slice(iv + 4, tag)),
    tag: part("tag", line.slice(tag + 5, type)),
    type: line.slice(type + 6, close),
  };
}

function part(name: string, text: string): Uint8Array {
  const bytes = decodeBase64(text);
  if (bytes === null) throw new SopsError("VALUE_SYNTAX", `the ${name} part of the encrypted value is not base64`);
  return bytes;
}

/**
 * Standard base64 as Go's decoder takes it: padding required, CR and LF skipped, everything else an error. Node's own
 * decoder would skip foreign characters and so accept damaged text.
 */
export function decodeBase64(text: string): Uint8Array | null {
  const clean = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, "") : text;
  if (clean.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(clean)) return null;
  return Buffer.from(clean, "base64");
}
