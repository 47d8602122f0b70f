import { posix, win32 } from "node:path";
import { Secret } from "../../secret.ts";
import type { Credential, Look, SourceFindings } from "../provider.ts";
import { isKeyMaterial, readKeyFile } from "./key-file.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What decides where a user's configuration lives. */
export interface Host {
  /** As `process.platform` has it. */
  readonly platform: string;
  /** As `os.homedir()` has it; without it there is no default key file on Linux and macOS. */
  readonly home: string | undefined;
}

/** Variables that SOPS reads and this version does not; mentioned only when they are set. */
const NOT_YET: readonly (readonly [name: string, found: string])[] = [
  ["SOPS_AGE_KEY_CMD", "set, but this version starts no programs to get keys"],
  ["SOPS_AGE_SSH_PRIVATE_KEY_FILE", "set, but this version does not open SSH keys yet"],
  ["SOPS_AGE_SSH_PRIVATE_KEY_CMD", "set, but this version starts no programs to get keys"],
];

/**
 * Finds age identities where SOPS looks for them: `SOPS_AGE_KEY`, `SOPS_AGE_KEY_FILE` and the user's
 * `sops/age/keys.txt`. All that is found counts. Never throws: what is missing or unreadable is in `looked`.
 */
export async function fromEnvironment(env: Environment, host: Host): Promise<SourceFindings> {
  const found = [keyVariable(env), ...(await Promise.all([keyFileVariable(env), defaultFile(env, host)]))];
  const notYet = NOT_YET.filter(([name]) => (env[name] ?? "") !== "");
  return {
    credentials: found.flatMap(({ credentials }) => credentials),
    looked: [
      ...found.flatMap(({ looked }) => looked),
      ...notYet.map(([where, said]): Look => ({ where, found: said, problem: true })),
    ],
  };
}

function keyVariable(env: Environment): SourceFindings {
  const where = "SOPS_AGE_KEY";
  const text = env[where];
  if (text === undefined) return nothing({ where, found: "not set" });
  if (text.trim() === "") return nothing({ where, found: "empty" });
  return something({ kind: "age", text: Secret.fromText(text), origin: where }, "set");
}

async function keyFileVariable(env: Environment): Promise<SourceFindings> {
  const name = "SOPS_AGE_KEY_FILE";
  const path = env[name];
  if (path === undefined) return nothing({ where: name, found: "not set" });
  if (path === "") return nothing({ where: name, found: "empty" });
  if (isKeyMaterial(path)) {
    return nothing({
      where: name,
      found: "holds a key, not a path; SOPS_AGE_KEY is the variable for that",
      problem: true,
    });
  }
  const where = `${name} (${path})`;
  const file = await readKeyFile(path, { pipes: true });
  if ("text" in file) return something({ kind: "age", text: file.text, origin: where }, "read");
  const tilde = path.startsWith("~") && file.found === "no such file" ? ", because a leading ~ is not expanded" : "";
  return nothing({ where, found: file.found + tilde, problem: true });
}

/** The rules of Go's `os.UserConfigDir`, and SOPS' own one that `XDG_CONFIG_HOME` counts on macOS too. */
async function defaultFile(env: Environment, { platform, home }: Host): Promise<SourceFindings> {
  const windows = platform === "win32";
  const { join, isAbsolute } = windows ? win32 : posix;
  const [variable, inHome] = windows
    ? ["AppData", undefined]
    : ["XDG_CONFIG_HOME", platform === "darwin" ? ["Library", "Application Support"] : [".config"]];
  const set = windows ? (env["AppData"] ?? env["APPDATA"] ?? "") : (env[variable] ?? "");
  if (isKeyMaterial(set)) return nothing({ where: variable, found: "no path", problem: true });
  if (set !== "" && !isAbsolute(set))
    return nothing({ where: variable, found: "ignored, because its path is relative" });
  const fallback = inHome !== undefined && home !== undefined && home !== "" ? join(home, ...inHome) : undefined;
  const folder = set === "" ? fallback : set;
  const file = "sops/age/keys.txt";
  if (folder === undefined)
    return nothing({ where: file, found: "not looked for, because there is no home directory" });
  const where = join(folder, ...file.split("/"));
  const read = await readKeyFile(where, { pipes: false });
  return "text" in read
    ? something({ kind: "age", text: read.text, origin: where }, "read")
    : nothing({ where, ...read });
}

function nothing(look: Look): SourceFindings {
  return { credentials: [], looked: [look] };
}

function something(credential: Credential, found: string): SourceFindings {
  return { credentials: [credential], looked: [{ where: credential.origin, found }] };
}
