import { SopsError } from "../errors.ts";
import { utf8 } from "../sops/plaintext.ts";

/** Above this the parser's trees would take gigabytes; Kubernetes itself takes no object above 3 MiB. */
const MAX_INPUT_BYTES = 32 * 1024 * 1024;

/**
 * Reads standard input to its end.
 *
 * @throws SopsError FILE_LIMIT as soon as the limit is passed, FILE_SYNTAX if it is not UTF-8.
 */
export async function readStandardInput(maxBytes: number = MAX_INPUT_BYTES): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return decodeInput(Buffer.concat(chunks), maxBytes);
}

/**
 * Input as text, a byte order mark included.
 *
 * @throws SopsError FILE_LIMIT, FILE_SYNTAX if it is not UTF-8.
 */
export function decodeInput(bytes: Uint8Array, maxBytes: number): string {
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  const text = utf8(bytes);
  if (text === null) throw new SopsError("FILE_SYNTAX", "the input is not valid UTF-8");
  return text;
}

function tooLarge(maxBytes: number): SopsError {
  return new SopsError("FILE_LIMIT", `the input is larger than ${maxBytes / 1024 / 1024} MiB`, {
    hint: "split the list, or let the host send only the encrypted resources",
  });
}

/**
 * Writes to standard output and waits until the reader has taken everything.
 *
 * @throws SopsError OUTPUT_UNWRITABLE if the reader went away before that.
 */
export async function writeStandardOutput(text: string | Uint8Array): Promise<void> {
  const written = await new Promise<boolean>((resolve) => {
    process.stdout.once("error", () => resolve(false));
    process.stdout.write(text, (error) => resolve(error === null || error === undefined));
  });
  if (!written) {
    throw new SopsError("OUTPUT_UNWRITABLE", "the reader of standard output went away before everything was written");
  }
}

/** Says something to the person; a closed standard error is nobody's fault and no reason to fail. */
export async function writeStandardError(text: string): Promise<void> {
  if (text === "") return;
  return new Promise((resolve) => {
    process.stderr.once("error", () => resolve());
    process.stderr.write(text, () => resolve());
  });
}
