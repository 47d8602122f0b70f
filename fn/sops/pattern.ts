/** Words between anchors, the form nearly all files use. `^a|b$` is none of these: its anchors bind closer than `|`. */
const WORDS = /^(\^?)(?:\((?:\?:)?([\w-]+(?:\|[\w-]+)*)\)|([\w-]+))(\$?)$/;
const BARE_WORDS = /^[\w-]+(?:\|[\w-]+)+$/;

/**
 * Compiles a pattern of a selection rule to a search within a text, with the semantics of Go's `regexp` (RE2). As in
 * SOPS, a pattern that Go would refuse, such as one with look-around or a back-reference, never matches.
 *
 * Simple patterns are answered without a library; others load an RE2 port, whose run time is linear in the text, since
 * the pattern comes from the file.
 */
export async function compilePattern(source: string): Promise<(text: string) => boolean> {
  return wordPattern(source) ?? (await re2Pattern(source));
}

function wordPattern(source: string): ((text: string) => boolean) | null {
  if (BARE_WORDS.test(source)) return (text) => source.split("|").some((word) => text.includes(word));
  const match = WORDS.exec(source);
  if (match === null) return null;
  const [, start, group, single = "", end] = match;
  const words = group?.split("|") ?? [single];
  if (start !== "" && end !== "") return (text) => words.includes(text);
  if (start !== "") return (text) => words.some((word) => text.startsWith(word));
  if (end !== "") return (text) => words.some((word) => text.endsWith(word));
  return (text) => words.some((word) => text.includes(word));
}

async function re2Pattern(source: string): Promise<(text: string) => boolean> {
  const { RE2JS } = await import("re2js");
  try {
    const pattern = RE2JS.compile(source);
    return (text) => pattern.test(text);
  } catch {
    return () => false;
  }
}
