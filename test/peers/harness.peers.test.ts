import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  describeWithPeers,
  findPeer,
  parsePeers,
  peerNamed,
  peers,
  programFolder,
  requiredPeers,
  verdict,
} from "./registry.ts";
import { peerTable } from "./report.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "decrypt-sops-harness-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes an executable shell script. */
function script(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

for (const { name, version } of peers) {
  describeWithPeers([name], `the peer ${name}`, (paths) => {
    test("answers with its version", () => {
      const found = peerNamed(name);
      expect(found.path).toBe(paths[name]);
      if (version === "any") expect(found.version).toMatch(/^\d+\.\d+/);
      else expect(found.version).toBe(version);
    });
  });
}

describe("peers.txt", () => {
  test("is read row by row, without comments", () => {
    expect(parsePeers("# head\n\nsops  3.1.0 go  example.com/sops  --version --quiet\n")).toEqual([
      { name: "sops", version: "3.1.0", ask: ["--version", "--quiet"] },
    ]);
  });

  test("may not have a short row or a name twice", () => {
    expect(() => parsePeers("sops 3.1.0 go example.com/sops\n")).toThrow("needs name, version, how, from and ask");
    expect(() => parsePeers("a 1.0 go x --v\na 1.0 go x --v\n")).toThrow("a is there twice");
  });
});

describe("a peer", () => {
  const wanted = { name: "tool", version: "1.2.3", ask: ["version"] };

  test("is found with the version it tells", () => {
    script(join(folder, "tool"), '[ "$1" = version ] && echo "tool v1.2.3 (go1.26.1)"');
    expect(findPeer(wanted, folder)).toEqual({ path: join(folder, "tool"), version: "1.2.3" });
  });

  test("of another version is missing", () => {
    script(join(folder, "tool"), "echo tool 1.2.30");
    expect(findPeer(wanted, folder).missing).toBe("tool is 1.2.30 where 1.2.3 is wanted");
    expect(findPeer({ ...wanted, version: "any" }, folder).version).toBe("1.2.30");
  });

  test("that is not there, or cannot be asked, is missing", () => {
    expect(findPeer(wanted, folder).missing).toBe("tool is not installed");
    script(join(folder, "tool"), "echo tool 1.2.3; exit 1");
    expect(findPeer(wanted, folder).missing).toMatch(/^tool does not tell its version/);
  });

  test("is looked for in the folder the environment names", () => {
    expect(programFolder({ DECRYPT_SOPS_PEERS: "/p", XDG_CACHE_HOME: "/c", HOME: "/h" })).toBe("/p/bin");
    expect(programFolder({ XDG_CACHE_HOME: "/c", HOME: "/h" })).toBe("/c/decrypt-sops/peers/bin");
    expect(programFolder({ HOME: "/h" })).toBe("/h/.cache/decrypt-sops/peers/bin");
  });
});

describe("a block whose peer is missing", () => {
  const find = (name: string) =>
    name === "sops"
      ? { path: "/bin/sops", version: "3.13.3" }
      : { path: `/bin/${name}`, missing: `${name} is not installed` };

  test("is skipped for a named reason", () => {
    expect(verdict(["sops"], find, new Set())).toEqual({ kind: "run" });
    const reason = "kustomize is not installed; run test/peers/install.sh";
    expect(verdict(["sops", "kustomize"], find, new Set(["sops"]))).toEqual({ kind: "skip", reason });
  });

  test("fails where PEERS_REQUIRED names that peer", () => {
    const reason = "age is not installed, kustomize is not installed; run test/peers/install.sh";
    expect(verdict(["age", "kustomize"], find, new Set(["kustomize"]))).toEqual({ kind: "fail", reason });
  });

  test("and PEERS_REQUIRED knows every peer, and no other", () => {
    expect(requiredPeers({})).toEqual(new Set());
    expect(requiredPeers({ PEERS_REQUIRED: "sops, age" })).toEqual(new Set(["sops", "age"]));
    expect(requiredPeers({ PEERS_REQUIRED: "all" }).size).toBe(peers.length);
    expect(() => requiredPeers({ PEERS_REQUIRED: "sops,kustomise" })).toThrow(
      "PEERS_REQUIRED names the peer 'kustomise'",
    );
  });
});

test("the report has a line for each peer", () => {
  const table = peerTable([
    { name: "sops", found: { path: "/bin/sops", version: "3.13.3" }, count: { passed: 3, failed: 1, skipped: 0 } },
    {
      name: "kpt",
      found: { path: "/bin/kpt", missing: "kpt is not installed" },
      count: { passed: 0, failed: 0, skipped: 12 },
    },
  ]);
  expect(table.split("\n")).toEqual([
    "peer  version                   run  failed  skipped",
    "sops  3.13.3                      4       1        0",
    "kpt   - (kpt is not installed)    0       0       12",
  ]);
});

describe("install.sh", () => {
  /** Runs a copy of install.sh with its own list, cache and a `go` that makes a program telling the version asked for. */
  function install(list: string, ...names: string[]) {
    const bin = join(folder, "path");
    mkdirSync(bin, { recursive: true });
    script(
      join(bin, "go"),
      `case "$2" in *absent*) echo "go: no such module" >&2; exit 1 ;; esac
name=\${2##*/} && printf '#!/bin/sh\\necho %s\\n' "\${2##*@v}" >"$GOBIN/\${name%@*}" && chmod +x "$GOBIN/\${name%@*}"`,
    );
    copyFileSync(fileURLToPath(new URL("install.sh", import.meta.url)), join(folder, "install.sh"));
    writeFileSync(join(folder, "peers.txt"), list);
    const env = { ...process.env, DECRYPT_SOPS_PEERS: join(folder, "cache"), PATH: `${bin}:${process.env["PATH"]}` };
    return spawnSync("bash", [join(folder, "install.sh"), ...names], { encoding: "utf8", env });
  }

  test("installs once, and again when the version in the list changes", () => {
    const row = "tool 1.0.0 go example.com/tool version\n";
    expect(install(row).stdout).toBe("tool 1.0.0: installed\n");
    expect(install(row).stdout).toBe("tool 1.0.0: already there\n");
    expect(install(row.replace("1.0.0", "1.1.0")).stdout).toBe("tool 1.1.0: installed\n");
    expect(execFileSync(join(folder, "cache/bin/tool"), { encoding: "utf8" })).toBe("1.1.0\n");
  });

  test("says what it could not get and why, and goes on", () => {
    const { status, stdout } = install(
      "lost 1.0 go example.com/absent version\ntool 1.0 go example.com/tool version\n",
    );
    expect(status).toBe(0);
    expect(stdout).toContain("lost 1.0: could not get: go: no such module");
    expect(stdout).toContain("tool 1.0: installed");
    expect(stdout).toContain("could not get 1; the tests that need them are skipped:\n  lost: go: no such module");
    expect(existsSync(join(folder, "cache/bin/lost"))).toBe(false);
  });

  test("installs only the peers named, and refuses an unknown name", () => {
    const list = "one 1.0 go example.com/one version\ntwo 1.0 go example.com/two version\n";
    expect(install(list, "two").stdout).toBe("two 1.0: installed\n");
    const { status, stderr } = install(list, "three");
    expect(status).toBe(2);
    expect(stderr).toContain("no peer 'three', only: one two");
  });

  test("does not build a main package of ours that requires another version than the list", () => {
    mkdirSync(join(folder, "own"));
    writeFileSync(join(folder, "own/go.mod"), "module own\n\nrequire example.com/tool v1.0.0\n");
    const { stdout } = install("own 1.1.0 go-main example.com/tool@v1.1.0 version\n");
    expect(stdout).toContain("own 1.1.0: could not get: own/go.mod does not require example.com/tool v1.1.0");
  });
});

describeWithPeers(["sops", "age", "age-keygen"], "sops and age", (paths) => {
  test("open what the other one made", () => {
    const identity = join(folder, "key.txt");
    execFileSync(paths["age-keygen"], ["-o", identity], { stdio: "ignore" });
    const recipient = execFileSync(paths["age-keygen"], ["-y", identity], { encoding: "utf8" }).trim();
    const plain = join(folder, "plain.yaml");
    writeFileSync(plain, "a: one\n");
    const env = { ...process.env, SOPS_AGE_KEY_FILE: identity };
    const encrypted = execFileSync(paths.sops, ["encrypt", "--age", recipient, plain], { encoding: "utf8", env });
    expect(encrypted).toContain("a: ENC[AES256_GCM,");
    const wrapped = /-----BEGIN AGE[^]*END AGE ENCRYPTED FILE-----/.exec(encrypted)![0].replace(/^ +/gm, "");
    expect(execFileSync(paths.age, ["--decrypt", "-i", identity], { input: `${wrapped}\n` })).toHaveLength(32);
    writeFileSync(plain, encrypted);
    expect(execFileSync(paths.sops, ["decrypt", plain], { encoding: "utf8", env })).toBe("a: one\n");
  });
});

describeWithPeers(["kustomize", "kubectl"], "kustomize and kubectl kustomize", (paths) => {
  test("build the same manifests", () => {
    writeFileSync(
      join(folder, "kustomization.yaml"),
      "namePrefix: x-\nconfigMapGenerator:\n- name: c\n  literals: [a=1]\n",
    );
    const built = execFileSync(paths.kustomize, ["build", folder], { encoding: "utf8" });
    expect(built).toMatch(/^apiVersion: v1\ndata:\n {2}a: "1"\nkind: ConfigMap\nmetadata:\n {2}name: x-c-\w+\n$/);
    expect(execFileSync(paths.kubectl, ["kustomize", folder], { encoding: "utf8" })).toBe(built);
  });

  test("kubectl carries a kustomize and tells its version", () => {
    const said = execFileSync(paths.kubectl, ["version", "--client"], { encoding: "utf8" });
    expect(said).toMatch(/^Client Version: v1\.\d+\.\d+\nKustomize Version: v5\.\d+\.\d+\n$/);
    expect(readFileSync(fileURLToPath(new URL("kubectl/go.mod", import.meta.url)), "utf8")).toContain(
      `k8s.io/kubectl v0.${/v1\.(\S+)/.exec(said)![1]}\n`,
    );
  });
});
