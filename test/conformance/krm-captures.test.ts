import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { KeyRing } from "../../fn/keys/keyring.ts";
import { runFunction } from "../../fn/krm/function.ts";
import { readVector, vectorsAreThere, vectorsFolder } from "../support/vectors.ts";

/** Inputs that this version is not asked to take, by file name. */
const NOT_YET: Readonly<Record<string, string>> = {
  "kustomize-5.5-legacy-exec-generator.txt": "the legacy plugin",
  "kustomize-5.5-legacy-exec-transformer.txt": "the legacy plugin",
  "docker-args-kpt-beta56.txt": "arguments of docker, no input",
  "docker-args-kustomize-5.5.txt": "arguments of docker, no input",
  "docker-args-source-gen.yaml": "a generator's configuration",
  "SOURCE-of-container-transformer-sample.yaml": "what a capture was made from",
  "kustomize-5.5-build-output-of-that-source.yaml": "what a build printed",
};

/** The captures were made with functions of other names; only what calls them is exchanged for ours. */
function withOurConfig(capture: string): string {
  const at = capture.lastIndexOf("\nfunctionConfig:");
  if (at < 0) return capture;
  if (capture.includes("\n  kind: ConfigMap", at)) {
    return capture.slice(0, at) + capture.slice(at).replace(/\n {2}data:.*(?:\n {4}.*)*/, "\n  data: {}");
  }
  const config = capture
    .slice(at)
    .replace(/\n  (apiVersion|kind): .*/g, (_line, name: string) =>
      name === "kind" ? "\n  kind: DecryptSops" : "\n  apiVersion: decrypt-sops.github.io/v1",
    );
  // Fields of the other functions mean nothing here, and would rightly be refused.
  return capture.slice(0, at) + config.replace(/\n  (?!apiVersion|kind|metadata| )\w+:.*(?:\n   .*|\n  - .*)*/g, "");
}

describe.skipIf(!vectorsAreThere)("lists captured from real hosts", () => {
  const files = vectorsAreThere ? readdirSync(join(vectorsFolder, "krm")).filter((name) => name !== "README.md") : [];
  const lists = files.filter((name) => NOT_YET[name] === undefined);

  test("are all covered or named with the reason why not", () => {
    expect(lists.length).toBeGreaterThanOrEqual(9);
    expect(Object.keys(NOT_YET).filter((name) => !files.includes(name))).toEqual([]);
  });

  test.each(lists)("%s", async (name) => {
    const input = withOurConfig(readVector("krm", name));
    const { output, findings, exitCode } = await runFunction(input, { env: {}, keyRing: async () => new KeyRing([]) });
    // Captured SOPS data has no key groups, since it was made with a fixed data key; nobody can open it.
    const encrypted = /^ {2}sops:$/m.test(input);
    expect(findings.map(({ problem }) => [problem.code, problem.place.field])).toEqual(
      encrypted ? findings.map(() => ["METADATA_INVALID", "sops"]) : [],
    );
    expect(exitCode).toBe(encrypted ? 1 : 0);
    expect(output?.slice(0, input.length)).toBe(input);
    expect(output?.slice(input.length) ?? "").toMatch(encrypted ? /^results:\n/ : /^$/);
  });
});
