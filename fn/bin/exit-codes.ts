import type { ErrorCode } from "../errors.ts";

/** The numbers `sops decrypt` ends with, for the `decrypt` command; 1 where SOPS has no number of its own. */
const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  FILE_SYNTAX: 1,
  FILE_LIMIT: 1,
  FILE_UNSUPPORTED: 1,
  METADATA_MISSING: 1,
  METADATA_INVALID: 1,
  VALUE_PLAIN: 25,
  VALUE_SYNTAX: 25,
  VALUE_TYPE: 25,
  VALUE_AUTH: 25,
  MAC_MISSING: 51,
  MAC_INVALID: 51,
  MAC_MISMATCH: 51,
  MAC_UNVERIFIABLE: 51,
  MAC_IGNORED: 51,
  NO_KEY_MATCHED: 128,
  SHAMIR_THRESHOLD: 128,
  KEY_CORRUPT: 128,
  KEY_SOURCE: 128,
  KEY_PROVIDER_MISSING: 128,
  OUTPUT_UNSUPPORTED: 4,
  EXTRACT_SYNTAX: 91,
  EXTRACT_NOT_FOUND: 1,
  INPUT_MISSING: 100,
  INPUT_UNREADABLE: 2,
  INPUT_EMPTY: 1,
  OUTPUT_UNWRITABLE: 3,
  USAGE: 2,
  USAGE_CONFLICT: 8,
  CONFIG_INVALID: 2,
  CONFIG_UNKNOWN_FIELD: 2,
  CONFIG_KEY_MATERIAL: 2,
  LIST_INVALID: 1,
  ITEM_INVALID: 1,
  INTERNAL: 1,
};

/** The exit code of the `decrypt` command for an error. */
export function exitCodeOf(code: ErrorCode): number {
  return EXIT_CODES[code];
}
