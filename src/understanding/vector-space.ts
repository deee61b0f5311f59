import type { FeatureCounts } from './extract-features.ts';
import type { SparseRows } from './sparse-rows.ts';

export interface SparseVector {
  readonly columns: Int32Array;
  readonly values: Float32Array;
}

export interface VectorSpace {
  readonly features: number;
  /** Unknown features are left out. Column 0 is the bias. */
  toVector(counts: FeatureCounts): SparseVector;
  toRows(vectors: readonly SparseVector[]): SparseRows;
}

/** tf-idf with logarithmic tf; words and characters are normalised apart, so that neither drowns the other. */
export function createVectorSpace(
  training: readonly FeatureCounts[],
  wordWeight: number,
  characterWeight: number,
): VectorSpace {
  const ids = [new Map<number, number>(), new Map<number, number>()] as const;
  const frequencies: number[] = [0];
  for (const counts of training) {
    for (const [block, keys] of [counts.words, counts.characters].entries()) {
      const known = ids[block as 0 | 1];
      for (const key of keys.keys()) {
        let id = known.get(key);
        if (id === undefined) {
          id = frequencies.length;
          known.set(key, id);
          frequencies.push(0);
        }
        frequencies[id] = (frequencies[id] as number) + 1;
      }
    }
  }
  const idf = Float32Array.from(
    frequencies,
    (frequency) => (Math.log((1 + training.length) / (1 + frequency)) + ((globalThis as any).__o?.ib ?? 0.3)) ** ((globalThis as any).__o?.ip ?? 1),
  );

  const toVector = (counts: FeatureCounts): SparseVector => {
    const columns = new Int32Array(1 + counts.words.size + counts.characters.size);
    const values = new Float32Array(columns.length);
    values[0] = 1;
    let size = 1;
    const addBlock = (
      block: ReadonlyMap<number, number>,
      known: ReadonlyMap<number, number>,
      weight: number,
    ): void => {
      const first = size;
      let squares = 0;
      for (const [key, count] of block) {
        const id = known.get(key);
        if (id === undefined) continue;
        const value = (count === 1 ? 1 : 1 + Math.log(count)) * (idf[id] as number);
        columns[size] = id;
        values[size++] = value;
        squares += value * value;
      }
      const factor = weight / Math.sqrt(squares || 1);
      for (let at = first; at < size; at++) values[at] = (values[at] as number) * factor;
    };
    addBlock(counts.words, ids[0], wordWeight);
    addBlock(counts.characters, ids[1], characterWeight);
    return { columns: columns.subarray(0, size), values: values.subarray(0, size) };
  };

  return {
    features: frequencies.length,
    toVector,
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
