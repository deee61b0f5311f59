import type { ReadText } from '../reading/read-words.ts';

/** What the words of one text say of a class. Asked about the few classes that are weighed: there may be hundreds. */
export interface WordScores {
  /** The share, by rarity, of the text's words that the class's training questions use. */
  coverage(c: number): number;
  /** Log-likelihood ratio of the known words, class against all questions, over √(number of words). */
  bayes(c: number): number;
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
  const unknownRarity = rarityOf(0, texts);

  return ({ words }) => {
    const known: number[] = [];
    const rarities: number[] = [];
    let total = 0;
    for (const { stem } of words) {
      const id = ids.get(stem);
      const frequency = id === undefined ? 0 : (frequencies[id] as number);
      if (id === undefined || frequency === 0) {
        total += unknownRarity;
        continue;
      }
      const rarity = rarityOf(frequency, texts);
      total += rarity;
      known.push(id);
      rarities.push(rarity);
    }
    const length = Math.sqrt(known.length || 1);
    return {
      coverage(c) {
        let covered = 0;
        for (let i = 0; i < known.length; i++) {
          if (counts[(known[i] as number) * classes + c] !== 0) covered += rarities[i] as number;
        }
        return covered / (total || 1);
      },
      bayes(c) {
        let gain = 0;
        for (let i = 0; i < known.length; i++) {
          const id = known[i] as number;
          const seen = counts[id * classes + c] as number;
          if (seen === 0) continue;
          const expected = (smoothing * (frequencies[id] as number)) / texts;
          gain += Math.log((seen + expected) / expected);
        }
        return (gain + known.length * (againstUnused[c] as number)) / length;
      },
    };
  };
}

function rarityOf(frequency: number, texts: number): number {
  return Math.log((texts + 1) / (frequency + 1)) + leastRarity;
}
