import { parseArgs } from "node:util";
import { SopsError } from "../errors.ts";
import { STORES } from "../sops/stores/registry.ts";
import type { Format } from "../sops/stores/store.ts";

/** What the `decrypt` command is asked to do. */
export interface DecryptArguments {
  readonly help: boolean;
  /** Absent for standard input. */
  readonly file?: string;
  readonly inPlace: boolean;
  readonly output?: string;
  readonly inputType?: Format;
  readonly outputType?: Format;
  /** The name that stands for that of the file where its ending is asked for. */
  readonly filenameOverride?: string;
  readonly extract?: string;
  readonly ignoreMac: boolean;
}

const OPTIONS = {
  help: { type: "boolean", short: "h", default: false },
  "in-place": { type: "boolean", short: "i", default: false },
  output: { type: "string", short: "o" },
  "input-type": { type: "string" },
  "output-type": { type: "string" },
  "filename-override": { type: "string" },
  extract: { type: "string" },
  "ignore-mac": { type: "boolean", default: false },
} as const;

/**
 * Reads the arguments of `decrypt`. Options may also follow the file, where SOPS would ignore them, and an unknown
 * format is an error, where SOPS would go by the name of the file.
 *
 * @throws SopsError USAGE, USAGE_CONFLICT
 */
export function readArguments(args: readonly string[]): DecryptArguments {
  const { values, positionals } = parse(args);
  const [file, ...more] = positionals;
  if (more.length > 0) throw usage("decrypt takes one file");
  if (values["in-place"] && values.output !== undefined) throw conflict("--in-place and --output exclude each other");
  if (values["in-place"] && values.extract !== undefined) {
    throw conflict("--in-place and --extract exclude each other: the rest of the file would be lost");
  }
  if (values["in-place"] && (file === undefined || file === "-") && !values.help) {
    throw conflict("--in-place needs a file");
  }
  return {
    help: values.help,
    inPlace: values["in-place"],
    ignoreMac: values["ignore-mac"],
    ...(file === undefined || file === "-" ? {} : { file }),
    ...(values.output === undefined || values.output === "-" ? {} : { output: values.output }),
    ...format("inputType", "--input-type", values["input-type"]),
    ...format("outputType", "--output-type", values["output-type"]),
    ...(values["filename-override"] === undefined ? {} : { filenameOverride: values["filename-override"] }),
    ...(values.extract === undefined ? {} : { extract: values.extract }),
  };
}

function parse(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch {
    // The parser's message repeats what was typed, which may be a key.
    throw usage("an option is unknown, or its value is missing or not wanted");
  }
}

function format<Name extends string>(name: Name, option: string, text: string | undefined): { [K in Name]?: Format } {
  if (text === undefined) return {};
  if (!Object.hasOwn(STORES, text)) throw usage(`${option} is none of ${Object.keys(STORES).join(", ")}`);
  return { [name]: text as Format } as { [K in Name]?: Format };
}

function usage(message: string): SopsError {
  return new SopsError("USAGE", message, { hint: "decrypt-sops decrypt --help shows how it is used" });
}

function conflict(message: string): SopsError {
  return new SopsError("USAGE_CONFLICT", message);
}
