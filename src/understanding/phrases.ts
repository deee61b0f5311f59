/** Longest lexicon entry, in words. */
const LONGEST_PHRASE = 4;

export interface Phrases<T> {
  /** What stands at this place of a text, the longest entry first. */
  get(words: readonly string[], at: number): { readonly value: T; readonly length: number } | null;
  readonly single: ReadonlyMap<string, T>;
}

/** Lexicon entries of one or several words; the longest entry wins, then the last given. */
export function indexPhrases<T>(entries: readonly (readonly [readonly string[], T])[]): Phrases<T> {
  const single = new Map<string, T>();
  const several = new Map<string, { readonly words: readonly string[]; readonly value: T }[]>();
  for (const [words, value] of entries) {
    const first = words[0];
    if (first === undefined || words.length > LONGEST_PHRASE) continue;
    if (words.length === 1) single.set(first, value);
    else
      several.set(
        first,
        [...(several.get(first) ?? []), { words, value }].sort((a, b) => b.words.length - a.words.length),
      );
  }
  return {
    single,
    get(words, at) {
      const first = words[at] as string;
      for (const phrase of several.get(first) ?? []) {
        if (phrase.words.every((word, i) => words[at + i] === word))
          return { value: phrase.value, length: phrase.words.length };
      }
      const value = single.get(first);
      return value === undefined ? null : { value, length: 1 };
    },
  };
}
