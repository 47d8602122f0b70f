/**
 * Runs the transcripts in test/cli/*.txt, each in a folder of its own that is empty at first. Their lines:
 *
 *   # a comment                      fixture NAME [as FILE]      put a file of test/fixtures there
 *   edit NAME FROM TO                replace a text in a file
 *   file NAME, then | lines          put that text there         link NAME TARGET, mode NAME 640, env NAME=VALUE
 *   $ decrypt-sops ARGUMENTS [< FILE]                            run the executable; 'single quotes' as in a shell
 *   > line, >~ line                  expected standard output; ~ for a last line that is not ended
 *   ! text                           a line of standard error begins with it; without any, there is none
 *   ? 51                             expected exit code, else 0
 *   same FILE FIXTURE                the file has exactly these bytes     stdout FIXTURE   so has standard output
 *   has FILE MODE                    the file is there with that mode     files A B        and no others are there
 */
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { runBytes } from "./support/executable.ts";
import { fixtureBytes, testIdentity } from "./support/fixtures.ts";

const transcripts = join(import.meta.dirname, "cli");

interface Step {
  readonly line: number;
  readonly word: string;
  readonly rest: string;
}

function stepsOf(text: string): Step[] {
  return text.split("\n").flatMap((line, at) => {
    if (line === "" || line.startsWith("#")) return [];
    const [word = "", ...rest] = line.split(" ");
    return [{ line: at + 1, word, rest: rest.join(" ") }];
  });
}

/** Words of a command line; single quotes hold blanks together. */
function words(text: string): string[] {
  return [...text.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

class Transcript {
  readonly #folder: string;
  readonly #env: Record<string, string> = { SOPS_AGE_KEY: testIdentity("age1.agekey") };
  #stdout: Buffer = Buffer.alloc(0);

  constructor(folder: string) {
    this.#folder = folder;
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (let at = 0; at < steps.length;) {
      const { word, rest, line } = steps[at]!;
      at++;
      const following: Step[] = [];
      const belongs = word === "file" ? ["|"] : word === "$" ? [">", ">~", "!", "?"] : [];
      while (belongs.includes(steps[at]?.word ?? "")) following.push(steps[at++]!);
      if (word === "$") await this.#run(words(rest), following, line);
      else this.#do(word, words(rest), following, line);
    }
  }

  async #run(command: readonly string[], expected: readonly Step[], line: number): Promise<void> {
    const [program, ...rest] = command;
    expect(program, `line ${line}`).toBe("decrypt-sops");
    const redirection = rest.indexOf("<");
    const args = redirection < 0 ? rest : rest.slice(0, redirection);
    const input = redirection < 0 ? "" : readFileSync(this.#path(rest[redirection + 1]!));
    const { status, stdout, stderr } = await runBytes(input, { args, env: this.#env, cwd: this.#folder });
    const of = (mark: string) => expected.filter(({ word }) => word === mark).map(({ rest: text }) => text);
    const where = `line ${line}: ${command.join(" ")}\n${stderr}`;
    expect(status, where).toBe(Number(of("?")[0] ?? 0));
    const lines = stderr.split("\n").filter((text) => text !== "");
    if (of("!").length === 0) expect(stderr, where).toBe("");
    for (const text of of("!"))
      expect(
        lines.some((said) => said.startsWith(text)),
        `${where}lacks: ${text}`,
      ).toBe(true);
    const output = expected.filter(({ word }) => word.startsWith(">"));
    const wanted = output.map(({ word, rest: text }) => (word === ">~" ? text : `${text}\n`)).join("");
    if (output.length > 0 || status !== 0) expect(stdout.toString(), where).toBe(wanted);
    this.#stdout = stdout;
  }

  #do(word: string, all: string[], following: readonly Step[], line: number): void {
    const [name = "", other = "", third = ""] = all;
    const path = this.#path(name);
    const where = `line ${line}: ${name}`;
    switch (word) {
      case "fixture":
        return writeFileSync(this.#path(other === "as" ? third : name), fixtureBytes(name));
      case "file":
        return writeFileSync(path, following.map(({ rest }) => `${rest}\n`).join(""));
      case "edit": {
        const text = readFileSync(path, "utf8");
        expect(text, where).toContain(other);
        return writeFileSync(path, text.replace(other, third));
      }
      case "link":
        return symlinkSync(other, path);
      case "mode":
        return chmodSync(path, Number.parseInt(other, 8));
      case "env": {
        const [key = "", value = ""] = name.split("=");
        this.#env[key] = value;
        return;
      }
      case "same":
        return expect(readFileSync(path), where).toEqual(fixtureBytes(other));
      case "stdout":
        return expect(this.#stdout, where).toEqual(fixtureBytes(name));
      case "has":
        if (other === "link") return expect(lstatSync(path).isSymbolicLink(), where).toBe(true);
        return expect((statSync(path).mode & 0o7777).toString(8), where).toBe(other);
      case "files":
        return expect(readdirSync(this.#folder).toSorted(), where).toEqual(
          all.filter((entry) => entry !== "").toSorted(),
        );
      default:
        throw new Error(`line ${line}: no such word`);
    }
  }

  #path(name: string): string {
    return name.startsWith("/") ? name : join(this.#folder, name);
  }
}

const names = readdirSync(transcripts).filter((name) => name.endsWith(".txt"));

test.each(names)("%s", async (name) => {
  const folder = mkdtempSync(join(tmpdir(), `decrypt-sops-${basename(name, ".txt")}-`));
  try {
    await new Transcript(folder).play(stepsOf(readFileSync(join(transcripts, name), "utf8")));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
