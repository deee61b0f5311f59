/** Longest lexicon entry, in words. */
const longestPhrase = 4;

export interface Phrases<T> {
  /** What stands at this place of a text, the longest entry first. */
  get(words: readonly string[], at: number): { readonly value: T; readonly length: number } | null;
  /** The entries of one word. */
  readonly single: ReadonlyMap<string, T>;
}

interface Phrase<T> {
  readonly words: readonly string[];
  readonly value: T;
}

/** Lexicon entries of one or several words; the longest entry wins, then the last given. */
export function indexPhrases<T>(entries: readonly (readonly [readonly string[], T])[]): Phrases<T> {
  const single = new Map<string, T>();
  /** Entries by their first word, longest first: every word of every message is looked up here, once. */
  const byFirst = new Map<string, Phrase<T>[]>();
  for (const [words, value] of entries) {
    const first = words[0];
    if (first === undefined || words.length > longestPhrase) continue;
    if (words.length === 1) single.set(first, value);
    // Put first, so that of two equal entries the last given wins.
    byFirst.set(first, [{ words, value }, ...(byFirst.get(first) ?? [])]);
  }
  for (const phrases of byFirst.values()) phrases.sort((a, b) => b.words.length - a.words.length);
  return {
    single,
    get(words, at) {
      const phrases = byFirst.get(words[at] as string);
      if (phrases === undefined) return null;
      for (const { words: expected, value } of phrases) {
        let length = 1;
        while (length < expected.length && words[at + length] === expected[length]) length++;
        if (length === expected.length) return { value, length };
      }
      return null;
    },
  };
}
