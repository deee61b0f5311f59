import type { ReadText } from '../reading/read-words.ts';

export interface WordScores {
  /** For each class: the share, by rarity, of the text's words that its training questions use. */
  readonly coverage: Float64Array;
  /** For each class: log-likelihood ratio of the known words, class against all questions, over √(number of words). */
  readonly bayes: Float64Array;
}

/** Which stems the training questions of each class use. Plain data, counted by `countWords`. */
export interface WordCounts {
  readonly ids: ReadonlyMap<string, number>;
  readonly texts: number;
  /** Texts of a class with a word: counts[id × classes + class]. */
  readonly counts: Uint16Array;
  /** Texts with a word. */
  readonly frequencies: Int32Array;
  /** Texts of a class. */
  readonly sizes: Int32Array;
}

/** Weight of the whole set's word frequencies in a class's: few questions a class say little of a rare word. */
const smoothing = 3;
/** Rarity of a word that every text has: it still covers a little. */
const leastRarity = 0.2;

/** The counts, and a way to take texts out of them and back (cross-validation). */
export function countWords(
  texts: readonly ReadText[],
  labels: Int32Array,
  classes: number,
): { readonly words: WordCounts; change(rows: Iterable<number>, by: 1 | -1): void } {
  const ids = new Map<string, number>();
  const idsOf = texts.map(({ words }) => {
    const found = new Set<number>();
    for (const { stem } of words) {
      const id = ids.get(stem) ?? ids.size;
      if (id === ids.size) ids.set(stem, id);
      found.add(id);
    }
    return Int32Array.from(found);
  });
  const counts = new Uint16Array(ids.size * classes);
  const frequencies = new Int32Array(ids.size);
  const sizes = new Int32Array(classes);
  const change = (rows: Iterable<number>, by: 1 | -1): void => {
    for (const row of rows) {
      const c = labels[row] as number;
      sizes[c] = (sizes[c] as number) + by;
      for (const id of idsOf[row] as Int32Array) {
        counts[id * classes + c] = (counts[id * classes + c] as number) + by;
        frequencies[id] = (frequencies[id] as number) + by;
      }
    }
  };
  change(texts.keys(), 1);
  return { words: { ids, texts: texts.length, counts, frequencies, sizes }, change };
}

/**
 * Naive Bayes and coverage on stems, from the same counts. A question out of scope often looks like a fiche but for one
 * word that no agent ever wrote about it ("imprimante"): the margins of long texts hide that word, coverage shows it.
 * The counts must not change as long as the scorer is used.
 */
export function createWordScorer({
  ids,
  texts,
  counts,
  frequencies,
  sizes,
}: WordCounts): (text: ReadText) => WordScores {
  const classes = sizes.length;
  /** What a word says against a class that never uses it: the same for every word. */
  const againstUnused = Float64Array.from(sizes, (size) => Math.log(smoothing / (size + smoothing)));
  /** What each word says for the classes that use it, kept: the same few hundred words come again and again. */
  const sayings: (Saying | undefined)[] = new Array(ids.size);
  const unknownRarity = rarityOf(0, texts);

  function sayingOf(id: number, frequency: number): Saying {
    const users: number[] = [];
    const gains: number[] = [];
    const expected = (smoothing * frequency) / texts;
    for (let c = 0; c < classes; c++) {
      const seen = counts[id * classes + c] as number;
      if (seen === 0) continue;
      users.push(c);
      gains.push(Math.log((seen + expected) / expected));
    }
    return {
      users: Uint32Array.from(users),
      gains: Float64Array.from(gains),
      rarity: rarityOf(frequency, texts),
    };
  }

  return ({ words }) => {
    const coverage = new Float64Array(classes);
    const bayes = new Float64Array(classes);
    let total = 0;
    let known = 0;
    for (const { stem } of words) {
      const id = ids.get(stem);
      const frequency = id === undefined ? 0 : (frequencies[id] as number);
      if (id === undefined || frequency === 0) {
        total += unknownRarity;
        continue;
      }
      sayings[id] ??= sayingOf(id, frequency);
      const { users, gains, rarity } = sayings[id];
      total += rarity;
      known++;
      for (let i = 0; i < users.length; i++) {
        const c = users[i] as number;
        bayes[c] = (bayes[c] as number) + (gains[i] as number);
        coverage[c] = (coverage[c] as number) + rarity;
      }
    }
    const length = Math.sqrt(known || 1);
    for (let c = 0; c < classes; c++) {
      coverage[c] = (coverage[c] as number) / (total || 1);
      bayes[c] = ((bayes[c] as number) + known * (againstUnused[c] as number)) / length;
    }
    return { coverage, bayes };
  };
}

/** Classes whose training questions use a word, and the log-likelihood ratio it adds to each, above `againstUnused`. */
interface Saying {
  readonly users: Uint32Array;
  readonly gains: Float64Array;
  readonly rarity: number;
}

function rarityOf(frequency: number, texts: number): number {
  return Math.log((texts + 1) / (frequency + 1)) + leastRarity;
}
