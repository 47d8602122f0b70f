type Test = (text: string) => boolean;

interface Link {
  readonly before: Link | undefined;
  readonly text: string;
  /** What the last test said of this comment and those before it. */
  tested?: { readonly matches: Test; readonly answer: boolean };
}

/**
 * The comments that govern a leaf: a list that grows at its end and shares what it has in common with others. Tests are
 * remembered, so that a thousand comments cost a thousand of them and not a million.
 */
export class ActiveComments {
  static readonly none: ActiveComments = new ActiveComments(undefined);
  readonly #last: Link | undefined;

  private constructor(last: Link | undefined) {
    this.#last = last;
  }

  and(text: string): ActiveComments {
    return new ActiveComments({ before: this.#last, text });
  }

  some(matches: Test): boolean {
    const open: Link[] = [];
    let link = this.#last;
    for (; link !== undefined && link.tested?.matches !== matches; link = link.before) open.push(link);
    let answer = link?.tested?.answer ?? false;
    for (const next of open.toReversed()) {
      answer ||= matches(next.text);
      next.tested = { matches, answer };
    }
    return answer;
  }
}
