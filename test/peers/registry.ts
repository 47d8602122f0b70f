/** The real programs of peers.txt: which are asked for, which are at hand, and test blocks that say when one is not. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, test } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** The peers that a block or test needs; report.ts counts by them. */
    peers?: readonly string[];
  }
}

/** One row of peers.txt. */
export interface Peer {
  readonly name: string;
  /** The version wanted, or `any`. */
  readonly version: string;
  /** The arguments that make the program print its version. */
  readonly ask: readonly string[];
}

/** What became of the search for a peer. */
export type Found =
  | { readonly path: string; readonly version: string; readonly missing?: never }
  | { readonly path: string; readonly version?: never; readonly missing: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the text of peers.txt; its head says what the columns are. */
export function parsePeers(text: string): Peer[] {
  const peers: Peer[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [name, version, how, from, ...ask] = line.trim().split(/\s+/);
    if (name === undefined || version === undefined || how === undefined || from === undefined || ask.length === 0) {
      throw new Error(`peers.txt: a row needs name, version, how, from and ask: ${line}`);
    }
    if (peers.some((peer) => peer.name === name)) throw new Error(`peers.txt: ${name} is there twice`);
    peers.push({ name, version, ask });
  }
  return peers;
}

/** All peers the tests may ask for. */
export const peers: readonly Peer[] = parsePeers(readFileSync(new URL("peers.txt", import.meta.url), "utf8"));

/** The folder install.sh puts the programs into. */
export function programFolder(environment: Environment = process.env): string {
  const cache = environment["XDG_CACHE_HOME"] || join(environment["HOME"] || homedir(), ".cache");
  return join(environment["DECRYPT_SOPS_PEERS"] || join(cache, "decrypt-sops", "peers"), "bin");
}

/** Looks for a peer and asks it for its version: another one than wanted is as good as none. */
export function findPeer(peer: Peer, folder: string = programFolder()): Found {
  const path = join(folder, peer.name);
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return { path, missing: `${peer.name} is not installed` };
  }
  const answer = spawnSync(path, peer.ask, { encoding: "utf8", timeout: 60_000 });
  const said = `${answer.stdout ?? ""}${answer.stderr ?? ""}`;
  const version = /\d+(?:\.\d+)+(?:[-+~][\w.+~-]+)?/.exec(said)?.[0];
  if (answer.status !== 0 || version === undefined) {
    return {
      path,
      missing: `${peer.name} does not tell its version: ${answer.error?.message ?? (said.trim() || "no answer")}`,
    };
  }
  if (peer.version !== "any" && version !== peer.version) {
    return { path, missing: `${peer.name} is ${version} where ${peer.version} is wanted` };
  }
  return { path, version };
}

const found = new Map<string, Found>();

/** {@link findPeer} for a peer of peers.txt, once per process. */
export function peerNamed(name: string): Found {
  const peer = peers.find((candidate) => candidate.name === name);
  if (peer === undefined) throw new Error(unknownPeer(name, "a test asks for"));
  let result = found.get(name);
  if (result === undefined) {
    result = findPeer(peer);
    found.set(name, result);
  }
  return result;
}

/**
 * The peers this run must have: the comma list in PEERS_REQUIRED, or every one for `all`.
 * @throws when it names one that peers.txt does not.
 */
export function requiredPeers(environment: Environment = process.env): ReadonlySet<string> {
  const known = peers.map((peer) => peer.name);
  const names = (environment["PEERS_REQUIRED"] ?? "").split(",").flatMap((name) => name.trim() || []);
  if (names.includes("all")) return new Set(known);
  for (const name of names) {
    if (!known.includes(name)) throw new Error(unknownPeer(name, "PEERS_REQUIRED names"));
  }
  return new Set(names);
}

function unknownPeer(name: string, who: string): string {
  return `${who} the peer '${name}', which peers.txt does not have; it has ${peers.map((peer) => peer.name).join(", ")}`;
}

/** What a block with these peers does: run, be skipped for a named reason, or fail for one. */
export type Verdict =
  | { readonly kind: "run" }
  | { readonly kind: "skip"; readonly reason: string }
  | { readonly kind: "fail"; readonly reason: string };

/** Decides from what was found and what is required. */
export function verdict(
  names: readonly string[],
  find: (name: string) => Found,
  required: ReadonlySet<string>,
): Verdict {
  const gaps = names.flatMap((name) => {
    const { missing } = find(name);
    return missing === undefined ? [] : [{ name, missing }];
  });
  if (gaps.length === 0) return { kind: "run" };
  const reason = `${gaps.map((gap) => gap.missing).join(", ")}; run test/peers/install.sh`;
  return { kind: gaps.some((gap) => required.has(gap.name)) ? "fail" : "skip", reason };
}

/**
 * A `describe` for tests that start real programs; the body gets their absolute paths by name.
 * Where one is missing the block is skipped and its title says why, or it fails if PEERS_REQUIRED names that peer. The body is
 * called for a skipped block too, so that its tests are counted: start a peer only in tests and hooks.
 */
export function describeWithPeers<const Name extends string>(
  names: readonly Name[],
  title: string,
  body: (paths: Readonly<Record<Name, string>>) => void,
): void {
  const options = { meta: { peers: names } };
  const decision = verdict(names, peerNamed, requiredPeers());
  if (decision.kind === "fail") {
    describe(title, options, () => {
      test("has the peers that PEERS_REQUIRED names", () => {
        throw new Error(decision.reason);
      });
    });
    return;
  }
  const paths = Object.fromEntries(names.map((name) => [name, peerNamed(name).path])) as Record<Name, string>;
  if (decision.kind === "run") describe(title, options, () => body(paths));
  else describe.skip(`${title} [skipped: ${decision.reason}]`, options, () => body(paths));
}
