import { homedir } from "node:os";
import { KeyRing } from "../keys/keyring.ts";
import { fromDirectory } from "../keys/sources/directory.ts";
import { fromEnvironment } from "../keys/sources/environment.ts";
import type { Config } from "../krm/config.ts";

/** The keys at hand on this machine, from the places that the configuration allows. */
export async function localKeyRing({ directories, environment }: Config["keys"]): Promise<KeyRing> {
  const findings = await Promise.all([
    ...directories.map((path) => fromDirectory(path)),
    ...(environment ? [fromEnvironment(process.env, { platform: process.platform, home: homedir() })] : []),
  ]);
  return new KeyRing(findings);
}
