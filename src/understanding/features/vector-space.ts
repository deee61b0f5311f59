import type { FeatureCounts, Features } from './extract-features.ts';
import { createKeyTable, type KeyTable, lookUp } from './key-table.ts';

export interface SparseVector {
  readonly columns: Int32Array;
  readonly values: Float32Array;
}

/** Which features there are, and how rare. Plain data. */
export interface VectorSpace {
  readonly words: KeyTable;
  readonly characters: KeyTable;
  /** Rarity of each column. */
  readonly rarity: Float32Array;
}

/** Share of the word block; that of the characters is 1. Chosen by cross-validation; docs/understanding.md has the table. */
const wordWeight = 0.8;
const characterWeight = 1;
/** What a feature of every text still weighs. */
const leastRarity = 0.3;

/**
 * In a large set a feature met once is an accident, and two thirds of all are such: without them, less memory, less
 * time, and no worse. In a small set each word counts (nlpjs-fr, 5 questions an intent, loses 4 points without them).
 */
const largeSet = 2000;

export function learnVectorSpace(training: readonly Features[]): VectorSpace {
  const leastFrequency = training.length < largeSet ? 1 : 2;
  const countKind = (kind: keyof Features): KeyCounts =>
    countTexts(
      training.map((features) => features[kind].keys),
      leastFrequency,
    );
  const words = countKind('words');
  const characters = countKind('characters');
  const frequencies = Float64Array.from([...words.frequencies, ...characters.frequencies]);
  // Frequent features side by side: a text's columns are then mostly in the processor's cache.
  const order = Uint32Array.from(frequencies.keys()).sort(
    (a, b) => (frequencies[b] as number) - (frequencies[a] as number),
  );
  const columns = new Int32Array(order.length);
  const rarity = new Float32Array(order.length + 1);
  for (const [i, feature] of order.entries()) {
    columns[feature] = i + 1;
    rarity[i + 1] = Math.log((1 + training.length) / (1 + (frequencies[feature] as number))) + leastRarity;
  }
  return {
    words: createKeyTable(words.keys, columns.subarray(0, words.keys.length)),
    characters: createKeyTable(characters.keys, columns.subarray(words.keys.length)),
    rarity,
  };
}

/** Feature keys, ascending, and the number of texts that have each. */
interface KeyCounts {
  readonly keys: number[];
  readonly frequencies: number[];
}

/** Keys that `least` texts or more have: sorted together, equals are counted in one pass (a map takes twice the time). */
function countTexts(lists: readonly Int32Array[], least: number): KeyCounts {
  const all = new Int32Array(lists.reduce((sum, list) => sum + list.length, 0));
  let size = 0;
  for (const list of lists) {
    all.set(list, size);
    size += list.length;
  }
  all.sort();
  const keys: number[] = [];
  const frequencies: number[] = [];
  for (let from = 0, to = 0; from < size; from = to) {
    const key = all[from] as number;
    while (to < size && all[to] === key) to++;
    if (to - from < least) continue;
    keys.push(key);
    frequencies.push(to - from);
  }
  return { keys, frequencies };
}

/**
 * tf-idf with logarithmic tf; words and characters are normalised apart, so that neither drowns the other. Unknown
 * features are left out. Column 0 is the bias.
 */
export function toVector(space: VectorSpace, { words, characters }: Features): SparseVector {
  const columns = new Int32Array(1 + words.keys.length + characters.keys.length);
  const values = new Float32Array(columns.length);
  values[0] = 1;
  const { rarity } = space;
  let size = 1;
  const addBlock = ({ keys, counts }: FeatureCounts, known: KeyTable, weight: number): void => {
    const first = size;
    let squares = 0;
    for (let i = 0; i < keys.length; i++) {
      const column = lookUp(known, keys[i] as number);
      if (column < 0) continue;
      const times = counts[i] as number;
      const value = (times === 1 ? 1 : 1 + Math.log(times)) * (rarity[column] as number);
      columns[size] = column;
      values[size++] = value;
      squares += value * value;
    }
    const factor = weight / Math.sqrt(squares || 1);
    for (let at = first; at < size; at++) values[at] = (values[at] as number) * factor;
  };
  addBlock(words, space.words, wordWeight);
  addBlock(characters, space.characters, characterWeight);
  return { columns: columns.subarray(0, size), values: values.subarray(0, size) };
}
