import { spawn } from "node:child_process";
import { join } from "node:path";

/** The executable as users get it; `npm test` builds it first. */
export const executable: string = join(import.meta.dirname, "../../dist/decrypt-sops.cjs");

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface BytesRun extends Omit<Run, "stdout"> {
  readonly stdout: Buffer;
}

export interface RunOptions {
  readonly args?: readonly string[];
  /** The whole environment; nothing of ours is handed down. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs the executable on a standard input, with an environment that holds no keys but those given. */
export async function run(input: string | Uint8Array, options: RunOptions = {}): Promise<Run> {
  const result = await runBytes(input, options);
  return { ...result, stdout: result.stdout.toString("utf8") };
}

/** The same for output that need not be text. */
export async function runBytes(
  input: string | Uint8Array,
  { args = [], env = {}, cwd }: RunOptions = {},
): Promise<BytesRun> {
  const child = spawn(process.execPath, [executable, ...args], {
    env: { HOME: "/nonexistent", ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const stdout: Buffer[] = [];
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  // An executable that refuses its input early closes the pipe; that is its right.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout: Buffer.concat(stdout), stderr }));
  });
}
