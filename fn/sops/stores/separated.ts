import type { Edit, Span } from "../tree.ts";

/**
 * The edits that take some items out of a list whose items are separated by commas, each with the comma and blanks it
 * no longer needs. Neighbours may go together; nothing overlaps.
 *
 * @param removed one flag per item.
 */
export function separatedRemovals(items: readonly Span[], removed: readonly boolean[]): Edit[] {
  const edits: Edit[] = [];
  const lastKept = removed.lastIndexOf(false);
  for (let at = 0; at < items.length; at++) {
    if (removed[at] !== true) continue;
    const first = at;
    while (removed[at + 1] === true) at++;
    const start = items[first]?.start ?? 0;
    const end = items[at]?.end ?? start;
    if (lastKept < 0) edits.push({ start, end, text: "" });
    else if (at > lastKept) edits.push({ start: items[first - 1]?.end ?? start, end, text: "" });
    else edits.push({ start, end: items[at + 1]?.start ?? end, text: "" });
  }
  return edits;
}
