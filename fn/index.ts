export { decrypt, type Decrypted, type DecryptOptions } from "./decrypt.ts";
export { type ErrorCode, isSopsError, type Place, type ResourceRef, SopsError } from "./errors.ts";
export { KeyRing } from "./keys/keyring.ts";
export { fromDirectory as keysFromDirectory } from "./keys/sources/directory.ts";
export { fromEnvironment as keysFromEnvironment } from "./keys/sources/environment.ts";
export type { MacPolicy } from "./mac-policy.ts";
export type { Format } from "./sops/stores/store.ts";
export { OpenFailure } from "./open-file.ts";
