/** The examples give what their .expected says, without kustomize; test/peers asks the real one. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { root } from "./support/imports.ts";

const executable = join(root, "dist/decrypt-sops.cjs");
const example = join(root, "examples/quick-start");

function sortedByKind(resources: readonly { kind: string }[]): readonly unknown[] {
  return resources.toSorted((a, b) => a.kind.localeCompare(b.kind));
}

test("quick-start: the ResourceList holds the resources that kustomize builds", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [executable], {
    cwd: example,
    input: readFileSync(join(example, "resource-list.yaml")),
    encoding: "utf8",
    env: {},
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const { items } = parse(stdout) as { items: { kind: string }[] };
  const built = parseAllDocuments(readFileSync(join(example, ".expected/output.yaml"), "utf8"));
  expect(sortedByKind(items)).toEqual(sortedByKind(built.map((document) => document.toJS() as { kind: string })));
});

test.each(["deployment.yaml", "kustomization.yaml"])("container: %s is that of quick-start", (name) => {
  const text = (folder: string): string => readFileSync(join(root, "examples", folder, name), "utf8");
  expect(text("container")).toBe(text("quick-start"));
});
