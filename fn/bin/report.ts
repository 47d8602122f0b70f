import type { Place, SopsError } from "../errors.ts";
import type { Finding } from "../krm/results.ts";

/*
 * The only file that prints messages. Its rules:
 * - Standard output carries data and nothing else; everything said goes to standard error.
 * - Each line begins with the program's name, then `error:`, `warning:`, `info:` or `hint:`; lower case, no full stop.
 * - The first line stands on its own: what failed, where and why. kpt shows only four lines.
 * - Only SopsErrors are printed, since only they are known to hold no secrets.
 */

const MAX_FINDINGS = 20;

/** All findings as lines: the worst first, a hint below the first finding that has it. */
export function formatFindings(findings: readonly Finding[]): string {
  const lines: string[] = [];
  const hints = new Set<string>();
  for (const { severity, problem } of findings.slice(0, MAX_FINDINGS)) {
    lines.push(`decrypt-sops: ${severity}: ${describe(problem)}`);
    if (problem.hint === undefined || hints.has(problem.hint)) continue;
    hints.add(problem.hint);
    lines.push(`decrypt-sops: hint: ${problem.hint}`);
  }
  if (findings.length > MAX_FINDINGS) lines.push(`decrypt-sops: and ${findings.length - MAX_FINDINGS} more like these`);
  return lines.map((line) => `${printable(line)}\n`).join("");
}

function describe(problem: SopsError): string {
  const where = describePlace(problem.place);
  return where === "" ? problem.message : `${where}: ${problem.message}`;
}

/** `Secret prod/db (secrets/db.yaml), stringData.password` */
function describePlace({ resource, file, index, field }: Place): string {
  const kind = resource?.kind ?? "";
  const name = [resource?.namespace, resource?.name].filter((part) => part !== undefined).join("/");
  const document = file === undefined || index === undefined || index === 0 ? file : `${file}, document ${index + 1}`;
  const named = [kind, name].filter((part) => part !== "").join(" ");
  const place = named === "" ? document : document === undefined ? named : `${named} (${document})`;
  return [place, field].filter((part) => part !== undefined).join(", ");
}

/** Names come from the input: a line break or an escape sequence in them must not forge lines or reach the terminal. */
function printable(line: string): string {
  return line.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "?");
}
