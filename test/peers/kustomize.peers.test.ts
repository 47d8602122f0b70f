import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { fixture } from "../support/fixtures.ts";
import { buildImage, containerPeers, dockerEnvironment } from "./container.ts";
import { describeWithPeers } from "./registry.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

interface Build {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function start(program: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Build> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { env: environment }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== "number") reject(error);
      else resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** An environment without keys of its own, in which `node` is the one the tests run on. */
const environment: NodeJS.ProcessEnv = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: "/nonexistent" };

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "decrypt-sops-kustomize-"));
  for (const part of ["dist", "examples"]) cpSync(join(project, part), join(folder, part), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

function expected(example: string): string {
  return readFileSync(join(project, "examples", example, ".expected/output.yaml"), "utf8");
}

describeWithPeers(["kustomize"], "kustomize build with the executable", ({ kustomize }) => {
  const build = (example: string): Promise<Build> =>
    start(
      kustomize,
      ["build", "--enable-alpha-plugins", "--enable-exec", join(folder, "examples", example)],
      environment,
    );

  test("prints the plaintext Secret and the untouched Deployment of the quick start, in silence", async () => {
    expect(await build("quick-start")).toEqual({ status: 0, stdout: expected("quick-start"), stderr: "" });
  });

  test("without the key fails with the explaining line and prints nothing", async () => {
    rmSync(join(folder, "examples/quick-start/keys"), { recursive: true });
    const { status, stdout, stderr } = await build("quick-start");
    expect(status).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^decrypt-sops: error: Secret shop-database: no key at hand opens the file; it wants age1/);
  });

  test("with an edited Secret says that the MAC cannot be checked after kustomize's sorting", async () => {
    const file = join(folder, "examples/quick-start/secret.enc.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("type: Opaque", "type: example.com/other"));
    const { status, stdout, stderr } = await build("quick-start");
    expect(status).toBe(0);
    expect(stdout).toContain("type: example.com/other");
    expect(stderr).toMatch(
      /^decrypt-sops: warning: Secret shop-database, sops\.mac: the MAC cannot be checked, because kustomize build/,
    );
  });

  test("in a Component decrypts before the namespace and labels of its parent, with the MAC verified", async () => {
    const base = join(folder, "examples/quick-start");
    writeFileSync(
      join(base, "kustomization.yaml"),
      "resources: [deployment.yaml, secret.enc.yaml]\ncomponents: [component]\nnamespace: prod\nnamePrefix: my-\n",
    );
    cpSync(join(base, "decrypt.yaml"), join(base, "component/decrypt.yaml"));
    cpSync(join(base, "keys"), join(base, "component/keys"), { recursive: true });
    const config = readFileSync(join(base, "decrypt.yaml"), "utf8").replace("../../dist", "../../../dist");
    writeFileSync(join(base, "component/decrypt.yaml"), `${config}mac: require\n`);
    writeFileSync(
      join(base, "component/kustomization.yaml"),
      "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ntransformers: [decrypt.yaml]\n",
    );
    const { status, stdout, stderr } = await build("quick-start");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toContain("namespace: prod\nstringData:\n  password: correct horse battery staple\n");
  });

  test("opens the documents of a multi-document file that kustomize has taken apart", async () => {
    const base = join(folder, "examples/quick-start");
    writeFileSync(join(base, "secret.enc.yaml"), fixture("multi-document.enc.yaml"));
    cpSync(join(project, "test/fixtures/keys/age1.agekey"), join(base, "keys/age1.agekey"));
    const { status, stdout } = await build("quick-start");
    expect(status).toBe(0);
    expect(stdout).not.toContain("ENC[");
  });
});

describeWithPeers(["kubectl", ...containerPeers], "kubectl kustomize with the image", ({ kubectl }) => {
  let image = "";
  beforeAll(() => {
    image = buildImage();
  });

  const build = (): Promise<Build> => {
    const file = join(folder, "examples/container/decrypt.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace(/image: .*/, `image: ${image}`));
    return start(
      kubectl,
      ["kustomize", "--enable-alpha-plugins", join(folder, "examples/container")],
      dockerEnvironment(),
    );
  };

  test("prints the plaintext Secret and the untouched Deployment", async () => {
    const { status, stdout, stderr } = await build();
    expect(stderr).toBe("");
    expect({ status, stdout }).toEqual({ status: 0, stdout: expected("container") });
  });

  test("without the key fails with the explaining line and prints nothing", async () => {
    rmSync(join(folder, "examples/container/keys/demo.agekey"));
    const { status, stdout, stderr } = await build();
    expect(status).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /^decrypt-sops: error: Secret shop-database: no key at hand opens the file; it wants age1.*\/keys \(/,
    );
  });
});
