import { asSopsError, SopsError } from "../errors.ts";
import { runFunction } from "../krm/function.ts";
import type { Finding } from "../krm/results.ts";
import { HELP } from "./help.ts";
import { localKeyRing } from "./key-sources.ts";
import { formatFindings } from "./report.ts";
import { readStandardInput, writeStandardError, writeStandardOutput } from "./standard-io.ts";
import { VERSION } from "./version.ts";

/** Says what it is by evidence, since kustomize can pass no arguments to a function. */
async function main(args: readonly string[]): Promise<number> {
  const [first] = args;
  if (first === "--version" || first === "-v") return print(`${VERSION}\n`);
  if (first === "--help" || first === "-h" || first === "help") return print(HELP);
  if (first === "decrypt" || first === "-d" || first === "--decrypt") {
    // Loaded when asked for, since hosts start the function once for each of its uses.
    const { decryptCommand } = await import("./decrypt-command.ts");
    return decryptCommand(args.slice(1));
  }
  if (first !== undefined) {
    throw new SopsError("USAGE", "the first argument is none of decrypt, --help and --version", {
      hint: "without arguments it reads a ResourceList from standard input",
    });
  }
  if (process.stdin.isTTY) return print(HELP);
  const { output, findings, exitCode } = await runFunction(await readStandardInput(), {
    env: process.env,
    keyRing: localKeyRing,
  });
  await writeStandardError(formatFindings(findings));
  return output === null ? exitCode : print(output, exitCode);
}

async function print(text: string, exitCode = 0): Promise<number> {
  await writeStandardOutput(text);
  return exitCode;
}

async function fail(error: unknown): Promise<void> {
  const problem = asSopsError(error);
  const finding: Finding = { severity: "error", problem };
  await writeStandardError(formatFindings([finding]));
  if (process.env["DECRYPT_SOPS_DEBUG"] === "1") await writeStandardError(`${problem.stack ?? ""}\n`);
  process.exit(problem.code === "USAGE" ? 2 : 1);
}

// What escapes must not reach Node's own printer, which shows messages and source lines.
process.on("uncaughtException", (error) => void fail(error));
process.on("unhandledRejection", (error) => void fail(error));

main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
}, fail);
