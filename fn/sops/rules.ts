import type { SelectionRule } from "./metadata.ts";
import { compilePattern } from "./pattern.ts";

/** An array of texts, or something quicker. */
interface Comments {
  some(matches: (text: string) => boolean): boolean;
}

/**
 * Whether a leaf is in the encrypted set.
 *
 * @param path the map keys on the way; for a comment those of its container.
 * @param comments texts of the active comments, see {@link compileRule}.
 * @param comment the text of the leaf, if it is itself a comment.
 */
export type LeafSelector = (path: readonly string[], comments: Comments, comment: string | null) => boolean;

/**
 * Compiles the rule of a file, as SOPS' `Tree.Encrypt` and `Tree.Decrypt` apply it. Suffixes and patterns are tried on
 * each component of the path alone, so a match on a key covers all below it. Comment rules go by the active comments:
 * those since the last entry of the leaf's container and of each container around it. A comment that matches a comment
 * rule itself stays clear: for `unencrypted_comment_regex` it counts among its own active comments, for
 * `encrypted_comment_regex` it does not.
 */
export async function compileRule(rule: SelectionRule): Promise<LeafSelector> {
  switch (rule.kind) {
    case "unencrypted_suffix":
      return (path) => !path.some((key) => key.endsWith(rule.value));
    case "encrypted_suffix":
      return (path) => path.some((key) => key.endsWith(rule.value));
    case "unencrypted_regex": {
      const matches = remembered(await compilePattern(rule.value));
      return (path) => !path.some(matches);
    }
    case "encrypted_regex": {
      const matches = remembered(await compilePattern(rule.value));
      return (path) => path.some(matches);
    }
    case "unencrypted_comment_regex": {
      const matches = remembered(await compilePattern(rule.value));
      return (_path, comments, comment) => !(comments.some(matches) || (comment !== null && matches(comment)));
    }
    case "encrypted_comment_regex": {
      const matches = remembered(await compilePattern(rule.value));
      return (_path, comments) => comments.some(matches);
    }
  }
}

/** The same keys and comments come up for leaf after leaf. */
function remembered(matches: (text: string) => boolean): (text: string) => boolean {
  const known = new Map<string, boolean>();
  return (text) => {
    let answer = known.get(text);
    if (answer === undefined) known.set(text, (answer = matches(text)));
    return answer;
  };
}
