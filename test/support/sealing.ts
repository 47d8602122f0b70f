import { createCipheriv, createHash } from "node:crypto";
import { openFile } from "../../fn/open-file.ts";
import { KeyRing } from "../../fn/keys/keyring.ts";
import { fromDirectory } from "../../fn/keys/sources/directory.ts";
import { type FunctionOutcome, runFunction } from "../../fn/krm/function.ts";
import { recoverDataKey } from "../../fn/sops/data-key.ts";
import { computeMac } from "../../fn/sops/mac.ts";
import { parseYaml } from "../../fn/sops/stores/yaml-source.ts";
import { yamlFile } from "../../fn/sops/stores/yaml.ts";
import type { MapNode } from "../../fn/sops/tree.ts";
import { fixture, keysFolder } from "./fixtures.ts";

/** Makes encrypted files in layouts that sops itself never writes but anyone can edit a file into. */

const LAST_MODIFIED = "2026-11-23T11:20:03Z";
const BASE = fixture("secret-string-data.enc.yaml");
const AGE = /^ {4}age:\n(?: {8}.*\n)+/m.exec(BASE)?.[0] ?? "";
const MAC_PLACE = "(mac)";

const keyRing = async (): Promise<KeyRing> => new KeyRing([await fromDirectory(keysFolder)]);

function load(text: string): ReturnType<typeof yamlFile> {
  const source = parseYaml(text);
  return yamlFile(
    source,
    source.documents.map(({ root }) => root as MapNode),
  );
}

const dataKey: Uint8Array = await (async () => {
  const keys = await keyRing();
  const recovered = await recoverDataKey(load(BASE).metadata, (key) => keys.unwrap(key));
  if (!("dataKey" in recovered)) throw new Error("no test key opens the fixture");
  return Uint8Array.from(recovered.dataKey.reveal());
})();

/** The encrypted form of a text at a path. The nonce depends on them alone, so that tests are the same on every run. */
export function seal(text: string, path: readonly string[], type = "str"): string {
  return sealFor(text, `${path.join(":")}:`, type);
}

function sealFor(text: string, aad: string, type: string): string {
  const iv = createHash("sha256").update(`${type}\0${aad}\0${text}`).digest();
  const cipher = createCipheriv("aes-256-gcm", dataKey, iv).setAAD(Buffer.from(aad));
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]).toString("base64");
  const tag = cipher.getAuthTag().toString("base64");
  return `ENC[AES256_GCM,data:${data},iv:${iv.toString("base64")},tag:${tag},type:${type}]`;
}

/** A `sops` block for {@link withMac}, which puts the MAC in. */
export function sopsBlock(rule = "encrypted_regex: ^(data|stringData)$"): string {
  return `sops:\n${AGE}    lastmodified: "${LAST_MODIFIED}"\n    mac: ${MAC_PLACE}\n    ${rule}\n    version: 3.13.3\n`;
}

/** The file with the MAC of what it holds now. */
export async function withMac(text: string): Promise<string> {
  const { values, file } = await openFile(load(text), await keyRing());
  return text.replaceAll(MAC_PLACE, sealFor(computeMac(values, file.metadata.macOnlyEncrypted), LAST_MODIFIED, "str"));
}

export const SECRET_HEAD = "apiVersion: v1\nkind: Secret\nmetadata:\n    name: app\n    namespace: prod\n";

/** Runs the function with all test keys at hand. */
export async function runWithKeys(input: string, env: Readonly<Record<string, string>> = {}): Promise<FunctionOutcome> {
  return runFunction(input, { env, keyRing });
}
