import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const fixturesFolder = join(import.meta.dirname, "../fixtures");
export const keysFolder: string = join(fixturesFolder, "keys");

export function fixture(name: string): string {
  return readFileSync(join(fixturesFolder, name), "utf8");
}

export function fixtureBytes(name: string): Buffer {
  return readFileSync(join(fixturesFolder, name));
}

/** The names of all fixtures with the given ending, such as `.enc.yaml`, without it. */
export function fixtureNames(ending: string): string[] {
  const names = readdirSync(fixturesFolder).filter((name) => name.endsWith(ending));
  if (names.length === 0) throw new Error(`no fixture ends in ${ending}`);
  return names.map((name) => name.slice(0, -ending.length));
}

/** The private key of one of the committed test keys. */
export function testIdentity(file: string): string {
  const identity = /AGE-SECRET-KEY-1\w+/.exec(readFileSync(join(keysFolder, file), "utf8"))?.[0];
  if (identity === undefined) throw new Error(`${file} holds no identity`);
  return identity;
}

/** Puts documents into a ResourceList the way kustomize and kpt write them: `- ` and two more blanks for each line. */
export function resourceList(items: readonly string[], functionConfig?: string): string {
  const lines = ["apiVersion: config.kubernetes.io/v1", "kind: ResourceList", "items:"];
  for (const item of items) lines.push(...indented(item, "- "));
  if (functionConfig !== undefined) lines.push("functionConfig:", ...indented(functionConfig, "  "));
  return `${lines.join("\n")}\n`;
}

function indented(text: string, first: string): string[] {
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line, at) => (at === 0 ? first + line : line === "" ? "" : `  ${line}`));
}
