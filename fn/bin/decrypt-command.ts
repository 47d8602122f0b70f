import { decrypt } from "../decrypt.ts";
import { isSopsError, type Place, SopsError } from "../errors.ts";
import { readConfig } from "../krm/config.ts";
import type { Finding } from "../krm/results.ts";
import { problemsOf } from "../open-file.ts";
import { formatOf, sniff } from "../sops/stores/format.ts";
import type { Format } from "../sops/stores/store.ts";
import { type DecryptArguments, readArguments } from "./decrypt-arguments.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { DECRYPT_HELP } from "./help.ts";
import { localKeyRing } from "./key-sources.ts";
import { formatFindings } from "./report.ts";
import { decodeInput, readStandardInput, writeStandardError, writeStandardOutput } from "./standard-io.ts";
import { readWhole, replaceWhole, writeWhole } from "./whole-files.ts";

/** A file is read as a whole, and its tree takes a multiple; this is far beyond what secrets need. */
const MAX_INPUT_BYTES = 256 * 1024 * 1024;

/**
 * `decrypt [FILE]`, like `sops decrypt`: the plaintext on standard output, in a file or in place of the file, and
 * nothing at all unless every value and the MAC hold.
 *
 * @returns SOPS' exit code for what happened.
 */
export async function decryptCommand(args: readonly string[]): Promise<number> {
  let place: Place = {};
  try {
    const given = readArguments(args);
    if (given.file !== undefined) place = { file: given.file };
    if (given.help) await deliver({ inPlace: false }, Buffer.from(DECRYPT_HELP));
    else {
      const said = await run(given);
      await report(said.map((problem) => ({ severity: severityOf(problem), problem: problem.at(place) })));
    }
    return 0;
  } catch (error) {
    const problems = problemsOf(error);
    await report(problems.map((problem) => ({ severity: "error", problem: problem.at(place) })));
    return exitCodeOf(problems[0]?.code ?? "INTERNAL");
  }
}

/** @returns what is to be said although the plaintext has been delivered. */
async function run(given: DecryptArguments): Promise<readonly SopsError[]> {
  const text = await readInput(given.file);
  const { keys, mac } = readConfig(undefined, process.env);
  const { format, outputFormat } = formatsOf(given, text);
  const ring = await localKeyRing(keys);
  try {
    const { bytes, warnings } = await decrypt(text, {
      keys: ring,
      format,
      outputFormat,
      mac: given.ignoreMac ? "ignore" : mac,
      ...(given.extract === undefined ? {} : { extract: given.extract }),
    });
    await deliver(given, bytes);
    return [...warnings, ...(await ring.problems())];
  } catch (error) {
    throw withFormatHint(error, given, format, text);
  } finally {
    ring.wipe();
  }
}

function severityOf({ code }: SopsError): Finding["severity"] {
  return code === "MAC_IGNORED" ? "info" : "warning";
}

async function readInput(file: string | undefined): Promise<string> {
  if (file !== undefined) return decodeInput(readWhole(file), MAX_INPUT_BYTES);
  if (process.stdin.isTTY) {
    throw new SopsError("INPUT_MISSING", "no file is named, and standard input is a terminal", {
      hint: "decrypt-sops decrypt --help shows how it is used",
    });
  }
  return readStandardInput(MAX_INPUT_BYTES);
}

/**
 * As SOPS chooses them: by option, else by the ending of the name. Without a name by content, where SOPS takes binary;
 * and where the name says nothing about the output, it is in the format of the input.
 */
function formatsOf(
  { inputType, outputType, filenameOverride, file }: DecryptArguments,
  text: string,
): { format: Format; outputFormat: Format } {
  const name = filenameOverride ?? file;
  const named = name === undefined ? undefined : formatOf(name);
  const format = inputType ?? named ?? sniff(text);
  return { format, outputFormat: outputType ?? (named === undefined || named === "binary" ? format : named) };
}

/** A file with an unusual name is binary to SOPS; what it is then said to lack would only mislead. */
function withFormatHint(error: unknown, { inputType }: DecryptArguments, format: Format, text: string): unknown {
  if (!isSopsError(error) || inputType !== undefined || !/^(?:FILE|METADATA)_/.test(error.code)) return error;
  const guess = sniff(text);
  if (guess === format) return error;
  return new SopsError(error.code, error.message, {
    place: error.place,
    tags: error.tags,
    hint: `by its name the file is taken for ${format}; if it is ${guess}, say so with --input-type ${guess}`,
  });
}

async function deliver(
  { inPlace, file, output }: Pick<DecryptArguments, "inPlace" | "file" | "output">,
  bytes: Uint8Array,
): Promise<void> {
  if (inPlace && file !== undefined) replaceWhole(file, bytes);
  else if (output !== undefined) writeWhole(output, bytes);
  else await writeStandardOutput(bytes);
}

async function report(findings: readonly Finding[]): Promise<void> {
  await writeStandardError(formatFindings(findings));
}
