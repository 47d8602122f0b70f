import { binaryStore } from "./binary.ts";
import { dotenvStore } from "./dotenv.ts";
import { iniStore } from "./ini.ts";
import { jsonStore } from "./json.ts";
import type { Format, Store } from "./store.ts";
import { yamlStore } from "./yaml.ts";

/** Every format with the store that reads and writes it. */
export const STORES: Readonly<Record<Format, Store>> = {
  yaml: yamlStore,
  json: jsonStore,
  dotenv: dotenvStore,
  ini: iniStore,
  binary: binaryStore,
};
