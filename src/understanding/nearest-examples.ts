import type { SparseRows } from './sparse-rows.ts';

/** Columns met in more than this share of the rows say little and cost the most. */
const COMMONEST_COLUMN = 0.05;
const ALWAYS_KEPT = 20;

export interface NearestExamples {
  /** Cosine of a vector with every row, into `cosines` (one number a row). */
  compare(columns: Int32Array, values: Float32Array, cosines: Float32Array): void;
}

/** Cosines with all rows at once, by inverted index. Column 0 (the bias) takes no part. */
export function createNearestExamples(rows: SparseRows, count: number): NearestExamples {
  const sizes = new Int32Array(rows.features + 1);
  for (const column of rows.columns) sizes[column] = (sizes[column] as number) + 1;
  const most = Math.max(ALWAYS_KEPT, count * COMMONEST_COLUMN);
  const isKept = sizes.map((size, column) => (column > 0 && size <= most ? 1 : 0));
  const start = new Int32Array(rows.features + 2);
  for (let column = 0; column <= rows.features; column++) {
    start[column + 1] = (start[column] as number) + (isKept[column] === 1 ? (sizes[column] as number) : 0);
  }
  const postings = new Int32Array(start[rows.features + 1] as number);
  const weights = new Float32Array(postings.length);
  const next = start.slice();
  for (let row = 0; row < count; row++) {
    const from = rows.start[row] as number;
    const to = rows.start[row + 1] as number;
    let squares = 0;
    for (let at = from; at < to; at++)
      if (isKept[rows.columns[at] as number] === 1) squares += (rows.values[at] as number) ** 2;
    const factor = 1 / Math.sqrt(squares || 1);
    for (let at = from; at < to; at++) {
      const column = rows.columns[at] as number;
      if (isKept[column] === 0) continue;
      const place = next[column] as number;
      postings[place] = row;
      weights[place] = (rows.values[at] as number) * factor;
      next[column] = place + 1;
    }
  }

  return {
    compare(columns, values, cosines) {
      cosines.fill(0);
      let squares = 0;
      for (let at = 0; at < columns.length; at++) {
        const column = columns[at] as number;
        if (column === 0 || (isKept[column] === 0 && (sizes[column] as number) > 0)) continue;
        const value = values[at] as number;
        squares += value * value;
        const end = start[column + 1] as number;
        for (let place = start[column] as number; place < end; place++) {
          const row = postings[place] as number;
          cosines[row] = (cosines[row] as number) + value * (weights[place] as number);
        }
      }
      const factor = 1 / Math.sqrt(squares || 1);
      for (let row = 0; row < cosines.length; row++) cosines[row] = (cosines[row] as number) * factor;
    },
  };
}
