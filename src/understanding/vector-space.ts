import type { FeatureCounts, Features } from './extract-features.ts';
import type { SparseRows } from './sparse-rows.ts';

export interface SparseVector {
  readonly columns: Int32Array;
  readonly values: Float32Array;
}

export interface VectorSpace {
  /** Unknown features are left out. Column 0 is the bias. */
  toVector(features: Features): SparseVector;
  toRows(vectors: readonly SparseVector[]): SparseRows;
}

/** What a feature of every text still weighs. */
const LEAST_RARITY = 0.3;

/**
 * In a large set a feature met once is an accident, and two thirds of all are such: without them, less memory, less
 * time, and no worse. In a small set each word counts (nlpjs-fr, 5 questions an intent, loses 4 points without them).
 */
const LARGE_SET = 2000;

/** tf-idf with logarithmic tf; words and characters are normalised apart, so that neither drowns the other. */
export function createVectorSpace(
  training: readonly Features[],
  wordWeight: number,
  characterWeight: number,
): VectorSpace {
  const leastFrequency = training.length < LARGE_SET ? 1 : 2;
  const frequencies: number[] = [0];
  const numberColumns = (kind: keyof Features): Map<number, number> => {
    const seen = new Map<number, number>();
    for (const features of training) {
      for (const key of features[kind].keys) seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    const columns = new Map<number, number>();
    for (const [key, frequency] of seen) {
      if (frequency < leastFrequency) continue;
      columns.set(key, frequencies.length);
      frequencies.push(frequency);
    }
    return columns;
  };
  const wordColumns = numberColumns('words');
  const characterColumns = numberColumns('characters');
  const rarity = Float32Array.from(
    frequencies,
    (frequency) => Math.log((1 + training.length) / (1 + frequency)) + LEAST_RARITY,
  );

  return {
    toVector({ words, characters }) {
      const columns = new Int32Array(1 + words.keys.length + characters.keys.length);
      const values = new Float32Array(columns.length);
      values[0] = 1;
      let size = 1;
      const addBlock = (
        { keys, counts }: FeatureCounts,
        known: ReadonlyMap<number, number>,
        weight: number,
      ): void => {
        const first = size;
        let squares = 0;
        for (let i = 0; i < keys.length; i++) {
          const column = known.get(keys[i] as number);
          if (column === undefined) continue;
          const times = counts[i] as number;
          const value = (times === 1 ? 1 : 1 + Math.log(times)) * (rarity[column] as number);
          columns[size] = column;
          values[size++] = value;
          squares += value * value;
        }
        const factor = weight / Math.sqrt(squares || 1);
        for (let at = first; at < size; at++) values[at] = (values[at] as number) * factor;
      };
      addBlock(words, wordColumns, wordWeight);
      addBlock(characters, characterColumns, characterWeight);
      return { columns: columns.subarray(0, size), values: values.subarray(0, size) };
    },
    toRows(vectors) {
      const start = new Int32Array(vectors.length + 1);
      for (const [row, vector] of vectors.entries())
        start[row + 1] = (start[row] as number) + vector.columns.length;
      const columns = new Int32Array(start[vectors.length] as number);
      const values = new Float32Array(columns.length);
      for (const [row, vector] of vectors.entries()) {
        columns.set(vector.columns, start[row]);
        values.set(vector.values, start[row]);
      }
      return { start, columns, values, features: frequencies.length };
    },
  };
}
