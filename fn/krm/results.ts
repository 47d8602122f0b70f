import type { Place, ResourceRef, SopsError } from "../errors.ts";

export type Severity = "error" | "warning" | "info";

/** One entry of a ResourceList's `results`, as the functions spec v1 and kpt read it. */
export interface Result {
  readonly message: string;
  readonly severity: Severity;
  readonly resourceRef?: ResourceRef;
  readonly field?: { readonly path: string };
  readonly file?: { readonly path: string; readonly index?: number };
  readonly tags: Readonly<Record<string, string>>;
}

/** What the function has to say, before it is put into a form. */
export interface Finding {
  readonly severity: Severity;
  readonly problem: SopsError;
}

export function resultOf({ severity, problem }: Finding): Result {
  const { resource, file, index, field } = problem.place;
  const message = problem.hint === undefined ? problem.message : `${problem.message}; ${problem.hint}`;
  return {
    message,
    severity,
    ...(resource === undefined ? {} : { resourceRef: resource }),
    // The spec allows a field only together with the resource it is in.
    ...(field === undefined || resource === undefined ? {} : { field: { path: field } }),
    ...(file === undefined ? {} : { file: index === undefined ? { path: file } : { path: file, index } }),
    tags: { ...problem.tags, code: problem.code },
  };
}

export function hasError(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === "error");
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** By severity, then place, so that the output does not depend on which key server answered first. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return findings.toSorted(
    (a, b) => RANK[a.severity] - RANK[b.severity] || compare(sortKey(a.problem.place), sortKey(b.problem.place)),
  );
}

function sortKey({ file, index, resource }: Place): string {
  return [file, String(index ?? 0).padStart(9, "0"), resource?.kind, resource?.namespace, resource?.name]
    .map((part) => part ?? "")
    .join("\0");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The `results` entry as block YAML. */
export function printResults(results: readonly Result[]): string {
  const lines = ["results:"];
  for (const result of results) {
    const { message, severity, resourceRef, field, file, tags } = result;
    lines.push(`- message: ${quoted(message)}`, `  severity: ${severity}`);
    pushMap(lines, "resourceRef", resourceRef);
    pushMap(lines, "field", field);
    pushMap(lines, "file", file);
    pushMap(lines, "tags", tags);
  }
  return `${lines.join("\n")}\n`;
}

function pushMap(lines: string[], name: string, map: object | undefined): void {
  const entries = Object.entries(map ?? {});
  if (entries.length === 0) return;
  lines.push(`  ${name}:`);
  for (const [key, value] of entries) lines.push(`    ${key}: ${quoted(value)}`);
}

/** JSON strings are YAML strings but for characters that YAML does not allow in any text; some more deceive the eye. */
function quoted(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
