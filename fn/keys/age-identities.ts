/** An identity of a kind that can be opened here, not yet checked. */
export interface IdentityLine {
  readonly identity: string;
  /** From 1. */
  readonly line: number;
}

const SUPPORTED = /^AGE-SECRET-KEY-(?:PQ-)?1/;

/** What people put where an identity belongs, and what to tell them; tried in this order. */
const MISTAKES: readonly (readonly [pattern: RegExp, said: string])[] = [
  [/^age1/i, "is a public key; the private identity, which starts with AGE-SECRET-KEY-, is needed here"],
  [/^AGE-PLUGIN-/i, "is an identity of an age plugin; plugins are not supported yet"],
  [/^AGE-SECRET-KEY-/i, "is an age identity that is not in upper case, or of an unknown type"],
  [
    /^(?:-----BEGIN AGE|age-encryption)/,
    "starts a passphrase-protected identity file; these are not supported yet, so give the identity without passphrase",
  ],
  [/^-----BEGIN PGP/, "starts an OpenPGP key, which is no age identity"],
  [/^-----BEGIN [A-Z ]*CERTIFICATE/, "starts a certificate, which is no age identity"],
  [/^-----BEGIN/, "starts an SSH or PEM private key; these are not supported yet, so give an age identity"],
  [/^(?:ssh|ecdsa)-/, "is an SSH public key; an age identity, which starts with AGE-SECRET-KEY-, is needed here"],
  [/^(?:\.{0,2}|~)[/\\]|^[A-Za-z]:[/\\]/, "looks like a path; the contents of the file are needed here"],
];

/**
 * Reads identity text as SOPS does for `SOPS_AGE_KEY` and key files: empty lines and lines that start with `#` are
 * skipped, one line may hold several identities separated by blanks (since 3.13), and one bad line makes all of it
 * unusable. Unlike SOPS it lets leading and trailing blanks and a byte order mark pass.
 *
 * @returns the identities with their lines, or what is wrong, in words without a letter of the text.
 */
export function identitiesIn(text: string): { identities: readonly IdentityLine[] } | { problem: string } {
  if (text.includes("\0")) return { problem: "it is not UTF-8 text; PowerShell's > writes UTF-16, save it as UTF-8" };
  const identities: IdentityLine[] = [];
  for (const [index, content] of text.split(/\r\n|[\r\n]/).entries()) {
    const trimmed = content.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const words = trimmed.split(/\s+/);
    const bad = words.findIndex((word) => !SUPPORTED.test(word));
    if (bad < 0) {
      identities.push(...words.map((identity) => ({ identity, line: index + 1 })));
      continue;
    }
    const rest = words.slice(bad).join(" ");
    const said = MISTAKES.find(([pattern]) => pattern.test(rest))?.[1];
    return { problem: `line ${index + 1} ${said ?? "is not an age identity"}` };
  }
  return identities.length === 0 ? { problem: "it holds no age identity" } : { identities };
}
