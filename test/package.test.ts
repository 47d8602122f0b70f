/** What `npm publish` would send. */
import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./support/imports.ts";

const { bin, exports, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  bin: Record<string, string>;
  exports: Record<string, string | Record<string, string>>;
  version: string;
};

describe("the package", () => {
  // Without its scripts: `npm test` has just built, and a build here would disturb the tests that run beside this one.
  const pack = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const packed = JSON.parse(
    execFileSync("npm", pack, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );
  const [{ files }] = packed as [{ files: { path: string; size: number }[] }];
  const paths = files.map(({ path }) => path);

  test("holds every file it points to", () => {
    const targets = [bin, exports]
      .flatMap((map) => Object.values(map))
      .flatMap((to) => (typeof to === "string" ? to : Object.values(to)));
    expect(targets.map((target) => target.replace(/^\.\//, "")).filter((target) => !paths.includes(target))).toEqual(
      [],
    );
  });

  test("holds the licences, also of what is bundled, and what a user should read", () => {
    const wanted = ["LICENSE", "NOTICE", "README.md", "CHANGELOG.md", "SECURITY.md", "dist/THIRD_PARTY_LICENSES.txt"];
    expect(wanted.filter((path) => !paths.includes(path))).toEqual([]);
  });

  test("holds every chunk that the executable can ask for", () => {
    const chunks = paths.filter((path) => path.startsWith("dist/chunks/"));
    const asked = [...chunks, "dist/decrypt-sops.cjs"].flatMap((path) => {
      const code = readFileSync(join(root, path), "utf8");
      return [...code.matchAll(/require\("\.\/(?:chunks\/)?([^"/]+\.cjs)"\)/g)].map(
        ([, name]) => `dist/chunks/${name}`,
      );
    });
    expect(chunks).not.toEqual([]);
    expect([...new Set(asked)].toSorted()).toEqual(chunks.toSorted());
  });

  test("holds nothing else: no tests, keys, examples or sources", () => {
    const known =
      /^(LICENSE|NOTICE|README\.md|CHANGELOG\.md|SECURITY\.md|package\.json|dist\/(decrypt-sops\.(cjs|schema\.json)|THIRD_PARTY_LICENSES\.txt|chunks\/[^/]+\.cjs|lib\/.+\.(js|d\.ts)))$/;
    expect(paths.filter((path) => !known.test(path))).toEqual([]);
  });
});

describe("the executable", () => {
  const executable = join(root, "dist/decrypt-sops.cjs");

  test("can be run by the kernel", () => {
    expect(readFileSync(executable, "utf8").split("\n", 1)).toEqual(["#!/usr/bin/env node"]);
    expect(() => accessSync(executable, constants.X_OK)).not.toThrow();
  });

  test("tells its version without an environment", () => {
    const { stdout, status } = spawnSync(process.execPath, [executable, "--version"], { encoding: "utf8", env: {} });
    expect({ stdout, status }).toEqual({ stdout: `${version}\n`, status: 0 });
  });
});
