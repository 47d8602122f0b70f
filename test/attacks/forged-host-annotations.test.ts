import { describe, expect, test } from "vitest";
import { fixture, resourceList } from "../support/fixtures.ts";
import { runWithKeys } from "../support/sealing.ts";

const SECRET = fixture("secret-string-data.enc.yaml");

function annotated(annotations: string): string {
  return SECRET.replace("metadata:\n", `metadata:\n    annotations:\n        ${annotations}\n`);
}

describe("annotations that the MAC does not cover", () => {
  test("are accepted in a list by the names the hosts use", async () => {
    const list = resourceList([annotated("internal.config.kubernetes.io/index: '7'")]);
    expect(await runWithKeys(list)).toMatchObject({ exitCode: 0, findings: [] });
  });

  test.each([
    ["a host's name in a stream, where there is no host", annotated("internal.config.kubernetes.io/index: '7'")],
    [
      "the mark of a rewritten resource in a stream",
      annotated("kustomize.config.k8s.io/id: x").replace("prod", "test"),
    ],
  ])("are refused: %s", async (_name, text) => {
    expect(await runWithKeys(text)).toMatchObject({
      output: null,
      exitCode: 1,
      findings: [{ problem: { code: "MAC_MISMATCH" } }],
    });
  });

  test.each([
    ["under another name", "example.com/index: '7'"],
    ["under one that the author sets", "config.kubernetes.io/local-config: 'true'"],
    ["one level deeper", "internal.config.kubernetes.io/index: {a: '7'}"],
    ["a name that only ends like a host's", "x-config.kubernetes.io/index: '7'"],
  ])("are refused in a list: %s", async (_name, annotations) => {
    expect(await runWithKeys(resourceList([annotated(annotations)]))).toMatchObject({
      exitCode: 1,
      findings: [{ problem: { code: "MAC_MISMATCH" } }],
    });
  });

  test("are refused in labels", async () => {
    const text = SECRET.replace("metadata:\n", "metadata:\n    labels: {config.kubernetes.io/index: '7'}\n");
    expect(await runWithKeys(resourceList([text]))).toMatchObject({ exitCode: 1 });
  });

  test("a mark of rewriting is not believed of a resource whose keys are in no order", async () => {
    const text = annotated("kustomize.config.k8s.io/id: x").replace("namespace: prod", "namespace: test");
    expect(await runWithKeys(resourceList([text]))).toMatchObject({ exitCode: 1 });
  });
});
