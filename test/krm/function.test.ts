import { describe, expect, test } from "vitest";
import { KeyRing } from "../../fn/keys/keyring.ts";
import { fromDirectory } from "../../fn/keys/sources/directory.ts";
import { type FunctionOutcome, runFunction } from "../../fn/krm/function.ts";
import { fixture, fixtureNames, keysFolder, resourceList } from "../support/fixtures.ts";
import { yamlShape } from "../support/tree-shape.ts";

async function run(
  input: string,
  { keys = keysFolder, env = {} }: { keys?: string; env?: Record<string, string> } = {},
): Promise<FunctionOutcome> {
  return runFunction(input, { env, keyRing: async () => new KeyRing([await fromDirectory(keys)]) });
}

const DEPLOYMENT = `# kept as it is
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {"10": ten, "9": nine}}
spec:
    replicas: 0x10 # hex stays hex
    huge: 12345678901234567890
    octal: 0777
    exp: 1e3
    when: 2001-12-14
    text: >-
      folded
      text
    list: [a,   b]
`;

const NOT_RESOURCES = new Set(["whole-json", "multi-document"]);
const resources = fixtureNames(".enc.yaml").filter(
  (name) => !NOT_RESOURCES.has(name) && /^kind: /m.test(fixture(`${name}.enc.yaml`)),
);

describe("a ResourceList", () => {
  test("without SOPS data comes back as the very bytes, whatever it holds", async () => {
    const list = resourceList([DEPLOYMENT, DEPLOYMENT.replace("web", "web")]).replace(
      "items:",
      "items: # two of a kind",
    );
    expect(await run(list)).toEqual({ output: list, findings: [], exitCode: 0 });
  });

  test.each(resources)(
    "with the encrypted %s gets its plaintext in place, and every other byte stays",
    async (name) => {
      const config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: 'b'}\n";
      const outcome = await run(resourceList([DEPLOYMENT, fixture(`${name}.enc.yaml`), config]));
      expect(outcome.findings).toEqual([]);
      expect(outcome.exitCode).toBe(0);
      const expected = resourceList([DEPLOYMENT, fixture(`${name}.plain.yaml`), config]);
      expect(yamlShape(outcome.output ?? "")).toEqual(yamlShape(expected));
      expect(outcome.output).toContain(resourceList([DEPLOYMENT]).slice(resourceList([]).length));
      expect(outcome.output?.endsWith(resourceList([config]).slice(resourceList([]).length))).toBe(true);
    },
  );

  test("covers more than a handful of fixtures", () => {
    expect(resources.length).toBeGreaterThanOrEqual(8);
  });

  test("with the plain secret is byte for byte what the reference prints", async () => {
    const outcome = await run(resourceList([fixture("secret-string-data.enc.yaml")]));
    expect(outcome.output).toBe(resourceList([fixture("secret-string-data.plain.yaml")]));
  });

  test("in JSON is read and written as JSON", async () => {
    const item = JSON.parse(fixture("secret-json.enc.json")) as object;
    const list = JSON.stringify({ apiVersion: "config.kubernetes.io/v1", kind: "ResourceList", items: [item] });
    const outcome = await run(list);
    expect(outcome.findings).toEqual([]);
    expect(JSON.parse(outcome.output ?? "")).toEqual({
      apiVersion: "config.kubernetes.io/v1",
      kind: "ResourceList",
      items: [JSON.parse(fixture("secret-json.plain.json"))],
    });
  });

  test("holds the documents of one multi-document file: they are verified together, in any place of the list", async () => {
    const documents = fixture("multi-document.enc.yaml").split(/^---\n/m);
    const outcome = await run(resourceList([documents[0] ?? "", DEPLOYMENT, ...documents.slice(1)]));
    expect(outcome.findings).toEqual([]);
    expect(outcome.output).not.toContain("ENC[");
  });

  test("with an alias in an encrypted resource is written without anchors", async () => {
    const secret = fixture("secret-string-data.enc.yaml").replace("    namespace: prod", "    namespace: &ns prod");
    const outcome = await run(resourceList([secret]));
    expect(outcome.output).toContain("namespace: prod\n");
  });
});

const HOST_ANNOTATIONS = `    annotations:
        config.kubernetes.io/index: '0'
        internal.config.kubernetes.io/index: '0'
        internal.config.kubernetes.io/id: '1'
        config.k8s.io/id: '1'
`;
const KPT_PATH =
  "        config.kubernetes.io/path: 'secrets/app.yaml'\n        internal.config.kubernetes.io/path: 'secrets/app.yaml'\n";
const KUSTOMIZE_ID =
  "        kustomize.config.k8s.io/id: |\n            kind: Secret\n            name: app\n            version: v1\n";

function annotated(text: string, annotations: string): string {
  return text.replace("metadata:\n", `metadata:\n${annotations}`);
}

describe("the MAC", () => {
  test("holds with the annotations of kpt taken off, which stay in the output", async () => {
    const outcome = await run(
      resourceList([annotated(fixture("secret-string-data.enc.yaml"), HOST_ANNOTATIONS + KPT_PATH)]),
    );
    expect(outcome).toMatchObject({ findings: [], exitCode: 0 });
    expect(outcome.output).toBe(
      resourceList([annotated(fixture("secret-string-data.plain.yaml"), HOST_ANNOTATIONS + KPT_PATH)]),
    );
  });

  test("that does not hold is an error naming resource and file, and the list comes back unchanged but for results", async () => {
    const list = resourceList([
      annotated(fixture("secret-string-data.enc.yaml"), HOST_ANNOTATIONS + KPT_PATH).replace(
        "namespace: prod",
        "namespace: test",
      ),
    ]);
    const { output, findings, exitCode } = await run(list);
    expect(exitCode).toBe(1);
    expect(findings).toMatchObject([
      {
        severity: "error",
        problem: {
          code: "MAC_MISMATCH",
          place: {
            file: "secrets/app.yaml",
            index: 0,
            field: "sops.mac",
            resource: { kind: "Secret", namespace: "test", name: "app" },
          },
        },
      },
    ]);
    expect(output?.startsWith(list)).toBe(true);
    expect(output?.slice(list.length)).toMatch(/^results:\n- message: "the MAC does not match/);
  });

  test("of a resource that kustomize build has sorted is unverifiable: a warning with the cures", async () => {
    const sorted = sortedSecret();
    const { output, findings, exitCode } = await run(resourceList([sorted]));
    expect(exitCode).toBe(0);
    expect(findings).toMatchObject([{ severity: "warning", problem: { code: "MAC_UNVERIFIABLE" } }]);
    expect(findings[0]?.problem.hint).toContain("Component");
    expect(output).toContain("correct horse battery staple");
    expect(output).toContain("severity: warning");
  });

  test("policies: require makes unverifiable an error, warn makes a mismatch a warning, ignore says so", async () => {
    const config = (mac: string): string => `apiVersion: decrypt-sops.github.io/v1\nkind: DecryptSops\nmac: ${mac}\n`;
    expect(await run(resourceList([sortedSecret()], config("require")))).toMatchObject({
      exitCode: 1,
      findings: [{ severity: "error" }],
    });
    const edited = fixture("secret-string-data.enc.yaml").replace("namespace: prod", "namespace: test");
    expect(await run(resourceList([edited], config("warn")))).toMatchObject({
      exitCode: 0,
      findings: [{ severity: "warning", problem: { code: "MAC_MISMATCH" } }],
    });
    expect(await run(resourceList([edited], config("ignore")))).toMatchObject({
      exitCode: 0,
      findings: [{ severity: "info", problem: { code: "MAC_IGNORED" } }],
    });
    expect(await run(resourceList([edited]), { env: { DECRYPT_SOPS_MAC: "warn" } })).toMatchObject({ exitCode: 0 });
  });

  test("a file cannot pass itself off as rewritten where the host names the file", async () => {
    const disguised = sortedSecret().replace("    annotations:\n", `    annotations:\n${KPT_PATH}`);
    expect(await run(resourceList([disguised]))).toMatchObject({
      exitCode: 1,
      findings: [{ problem: { code: "MAC_MISMATCH" } }],
    });
  });
});

/** As kustomize build hands the fixture to a transformer: keys in alphabetical order, with its id. */
function sortedSecret(): string {
  const text = fixture("secret-string-data.enc.yaml");
  const sops = /^sops:\n(?: .*\n)+/m.exec(text)?.[0] ?? "";
  const data = /^stringData:\n((?: .*\n)+)/m.exec(text)?.[1] ?? "";
  const sortedData = data
    .split("\n")
    .filter((line) => line !== "")
    .toSorted()
    .join("\n");
  const metadata = `metadata:\n    annotations:\n${KUSTOMIZE_ID}    name: app\n    namespace: prod\n`;
  return `apiVersion: v1\nkind: Secret\n${metadata}${sops.replace(/( +- )enc/, "$1enc")}stringData:\n${sortedData}\ntype: Opaque\n`;
}

test("every error of every item is told in one run", async () => {
  const edited = fixture("secret-string-data.enc.yaml").replace("namespace: prod", "namespace: test");
  const nameless = fixture("whole-config-map.enc.yaml").replace("kind: ", "sort: ");
  const list = resourceList(["- no map\n", edited, nameless]);
  const { output, findings, exitCode } = await run(list);
  expect(exitCode).toBe(1);
  expect(findings.map(({ problem }) => problem.code).toSorted()).toEqual([
    "ITEM_INVALID",
    "ITEM_INVALID",
    "MAC_MISMATCH",
  ]);
  expect(output?.startsWith(list)).toBe(true);
});

describe("which resources", () => {
  const list = (config: string): string =>
    resourceList(
      [fixture("secret-string-data.enc.yaml")],
      `apiVersion: decrypt-sops.github.io/v1\nkind: DecryptSops\n${config}`,
    );

  test.each([
    ["match: {kinds: [Secret], names: [a*], namespaces: ['pr?d']}", true],
    ["match: {kinds: [ConfigMap]}", false],
    ["match: {namespaces: [test]}", false],
    ["match: {labels: {app: web}}", false],
    ["match: {paths: ['secrets/*']}", false],
  ])("%s selects it: %s", async (config, selected) => {
    const { output, exitCode } = await run(list(config));
    expect(exitCode).toBe(0);
    expect(output?.includes("ENC[")).toBe(!selected);
  });

  test("Flux' annotation leaves a resource encrypted", async () => {
    const secret = annotated(
      fixture("secret-string-data.enc.yaml"),
      "    annotations:\n        kustomize.toolkit.fluxcd.io/decrypt: Disabled\n",
    );
    expect(await run(resourceList([secret]))).toMatchObject({ output: resourceList([secret]), exitCode: 0 });
  });
});

describe("a stream", () => {
  test("of several files and plain documents", async () => {
    const input = `# first\n${DEPLOYMENT}---\n${fixture("secret-string-data.enc.yaml")}---\n${fixture("multi-document.enc.yaml")}`;
    const { output, findings, exitCode } = await run(input);
    expect(findings).toEqual([]);
    expect(exitCode).toBe(0);
    expect(output).toBe(
      `# first\n${DEPLOYMENT}---\n${fixture("secret-string-data.plain.yaml")}---\n${fixture("multi-document.plain.yaml")}`,
    );
  });

  test("with a changed document gives nothing", async () => {
    const input = fixture("secret-string-data.enc.yaml").replace("namespace: prod", "namespace: test");
    expect(await run(input)).toMatchObject({
      output: null,
      exitCode: 1,
      findings: [{ problem: { code: "MAC_MISMATCH" } }],
    });
  });

  test("in JSON", async () => {
    const { output } = await run(fixture("secret-json.enc.json"));
    expect(output).toBe(fixture("secret-json.plain.json"));
  });
});
