/** The house as data: who may import what, what is loaded at once, and what no file may do. */
import { readFileSync } from "node:fs";
import { join, matchesGlob, posix } from "node:path";
import type { Metafile } from "esbuild";
import { describe, expect, test } from "vitest";
import { codeOf, importsIn, root, sourcesBelow, withoutComments } from "./support/imports.ts";

/** Globs of our own files and names of packages. Everyone may import fn/errors.ts and fn/secret.ts besides. */
interface Row {
  readonly files: string;
  readonly may: readonly string[];
  /** Only by `import type`. */
  readonly mayTypes?: readonly string[];
  /** Only by `import()`. */
  readonly mayLazily?: readonly string[];
}

/** The first row that fits a file rules it. */
const TABLE: readonly Row[] = [
  { files: "fn/errors.ts", may: [] },
  { files: "fn/secret.ts", may: ["node:util"] },

  // The format: no files, environment, network or clock.
  { files: "fn/sops/{cipher,mac}.ts", may: ["fn/sops/*.ts", "node:crypto"] },
  { files: "fn/sops/pattern.ts", may: ["fn/sops/*.ts"], mayLazily: ["re2js"] },
  { files: "fn/sops/stores/yaml*.ts", may: ["fn/sops/**", "yaml"] },
  { files: "fn/sops/stores/*.ts", may: ["fn/sops/**"] },
  { files: "fn/sops/*.ts", may: ["fn/sops/*.ts"], mayTypes: ["fn/sops/stores/store.ts"] },

  // Who can open a data key. One kind of key knows nothing of another.
  { files: "fn/keys/provider.ts", may: ["fn/sops/wrapped-key.ts"] },
  {
    files: "fn/keys/registry.ts",
    may: ["fn/keys/provider.ts", "fn/sops/wrapped-key.ts"],
    mayLazily: ["fn/keys/age.ts"],
  },
  {
    files: "fn/keys/{keyring,explain}.ts",
    may: ["fn/keys/{registry,provider,explain}.ts", "fn/sops/wrapped-key.ts"],
  },
  {
    files: "fn/keys/age*.ts",
    may: ["fn/keys/provider.ts", "fn/keys/age*.ts", "fn/sops/wrapped-key.ts", "node:*", "age-encryption"],
  },
  {
    files: "fn/keys/sources/*.ts",
    may: [
      "fn/keys/provider.ts",
      "fn/keys/sources/*.ts",
      "fn/flux/key-secret.ts",
      "node:fs",
      "node:fs/promises",
      "node:path",
      "node:os",
    ],
  },
  { files: "fn/flux/key-secret.ts", may: ["fn/keys/provider.ts", "fn/sops/wrapped-key.ts"] },

  // The one place where the format meets the keys, and the one that decides about the MAC.
  { files: "fn/mac-policy.ts", may: ["fn/sops/*.ts", "node:crypto"] },
  { files: "fn/open-file.ts", may: ["fn/sops/*.ts", "fn/keys/keyring.ts"], mayTypes: ["fn/sops/stores/store.ts"] },
  { files: "fn/decrypt.ts", may: ["fn/sops/**", "fn/keys/keyring.ts", "fn/mac-policy.ts", "fn/open-file.ts"] },

  {
    files: "fn/krm/*.ts",
    may: ["fn/krm/*.ts", "fn/open-file.ts", "fn/mac-policy.ts", "fn/sops/**"],
    mayTypes: ["fn/keys/{keyring,provider}.ts"],
  },
  // What a host starts for each use of the function; commands are loaded when they are asked for.
  {
    files: "fn/bin/decrypt-sops.ts",
    may: ["fn/bin/{help,key-sources,report,standard-io,version}.ts", "fn/krm/*.ts"],
    mayLazily: ["fn/bin/decrypt-command.ts"],
  },
  { files: "fn/bin/*.ts", may: ["fn/**", "node:*", "package.json"] },
  {
    files: "fn/index.ts",
    may: ["fn/{decrypt,open-file}.ts", "fn/keys/{keyring,provider}.ts", "fn/keys/sources/*.ts", "fn/mac-policy.ts"],
    mayTypes: ["fn/sops/**"],
  },
];

const EVERYONE_MAY: readonly string[] = ["fn/errors.ts", "fn/secret.ts"];

const files = sourcesBelow("fn");

function rowOf(file: string): Row | undefined {
  return TABLE.find((row) => matchesGlob(file, row.files));
}

describe("who may import what", () => {
  test("imports of every form are seen", () => {
    const code = withoutComments(`
import { a } from "./a.ts";
import {
  b,
  type C,
} from "../b.ts";
import type { D } from "yaml"; // import x from "y"
import "node:fs";
export { e } from "./e.ts";
export type { F } from "./f.ts";
/* import g from "g"; */
export const load = () => import("./h.ts");`);
    expect(importsIn(code, "fn/x/y.ts").map(({ target, kind }) => `${kind} ${target}`)).toEqual([
      "value fn/x/a.ts",
      "value fn/b.ts",
      "type yaml",
      "value node:fs",
      "value fn/x/e.ts",
      "type fn/x/f.ts",
      "lazy fn/x/h.ts",
    ]);
  });

  test.each(files)("%s", (file) => {
    const row = rowOf(file);
    expect(row, "a file that no row of the table rules").toBeDefined();
    const allowed = { value: row!.may, type: [...row!.may, ...(row!.mayTypes ?? [])], lazy: row!.mayLazily ?? [] };
    const everyone = EVERYONE_MAY.includes(file) ? [] : EVERYONE_MAY;
    const forbidden = importsIn(codeOf(file), file).filter(({ target, kind }) => {
      return ![...allowed[kind], ...everyone].some((pattern) => pattern === target || matchesGlob(target, pattern));
    });
    expect(forbidden).toEqual([]);
  });

  test("every row still rules a file", () => {
    const ruling = new Set(files.map(rowOf));
    expect(TABLE.filter((row) => !ruling.has(row)).map((row) => row.files)).toEqual([]);
  });
});

describe("each file of fn", () => {
  test.each(files)("%s is small, silent, and named for what it does", (file) => {
    const code = codeOf(file);
    expect(readFileSync(join(root, file), "utf8").split("\n").length - 1).toBeLessThanOrEqual(400);
    expect(posix.basename(file)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/);
    expect(posix.basename(file)).not.toMatch(/^(utils?|helpers?|misc|common)\b/);
    expect(code).not.toMatch(/\bconsole\s*[.[]/);
    // Arguments, environment, standard streams and exit codes belong to the edge.
    if (!file.startsWith("fn/bin/")) expect(code).not.toMatch(/\bprocess\s*[.[]|\bprocess\s*\?\./);
  });

  test("the library only exports again what others define", () => {
    const statements = codeOf("fn/index.ts")
      .split(";")
      .map((statement) => statement.trim());
    expect(statements.filter((statement) => statement !== "" && !/^export\b[^]*\bfrom\s+"/.test(statement))).toEqual(
      [],
    );
  });
});

describe("what the executable loads", () => {
  const { outputs } = JSON.parse(readFileSync(join(root, "dist/meta.json"), "utf8")) as Metafile;
  const entry = Object.keys(outputs).find((name) => outputs[name]?.entryPoint === "fn/bin/decrypt-sops.ts");

  /** The npm packages with code in the outputs reached from the entry. */
  function packagesReached(lazilyToo: boolean): Set<string> {
    const reached = new Set([entry!]);
    const packages = new Set<string>();
    for (const name of reached) {
      for (const { path, kind } of outputs[name]?.imports ?? []) {
        if (path in outputs && (lazilyToo || kind !== "dynamic-import")) reached.add(path);
      }
      for (const input of Object.keys(outputs[name]?.inputs ?? {})) {
        const folder = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
        if (folder !== undefined) packages.add(folder);
      }
    }
    return packages;
  }

  test("at once, of all packages at most yaml", () => {
    expect([...packagesReached(false)].filter((name) => name !== "yaml")).toEqual([]);
  });

  test("when it is needed, everything else that the package depends on", () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const reached = packagesReached(true);
    expect(Object.keys(dependencies).filter((name) => !reached.has(name))).toEqual([]);
  });
});

describe("providers", () => {
  const kinds = importsIn(codeOf("fn/keys/registry.ts"), "fn/keys/registry.ts").filter(({ kind }) => kind === "lazy");

  test.each(kinds.map(({ target }) => target))("%s declares the packages it imports", async (file) => {
    const reached = new Set([file]);
    const packages = new Set<string>();
    for (const name of reached) {
      for (const { target, kind } of importsIn(codeOf(name), name)) {
        if (kind === "type") continue;
        if (target.startsWith("fn/keys/")) reached.add(target);
        else if (!target.startsWith("fn/") && !target.startsWith("node:")) packages.add(target);
      }
    }
    const { needs } = (await import(join(root, file))) as { needs: readonly string[] };
    expect(needs.toSorted()).toEqual([...packages].toSorted());
  });
});
