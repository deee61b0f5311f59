import type { SparseRows } from './sparse-rows.ts';

/** Columns met in more than this share of the rows say little and cost the most. */
const COMMONEST_COLUMN = 0.2;

export interface NearestExamples {
  /** Cosine of a vector with every row, into `into` (one number a row). */
  compare(columns: Int32Array, values: Float32Array, into: Float32Array): void;
}

/** Cosines with all training rows at once, by inverted index. Column 0 (the bias) takes no part. */
export function createNearestExamples(rows: SparseRows, count: number): NearestExamples {
  const sizes = new Int32Array(rows.features + 1);
  for (const column of rows.columns) sizes[column] = (sizes[column] as number) + 1;
  const kept = sizes.map((size, column) =>
    column === 0 || size > Math.max(20, count * COMMONEST_COLUMN) ? 0 : size,
  );
  const start = new Int32Array(rows.features + 2);
  for (let column = 0; column <= rows.features; column++)
    start[column + 1] = (start[column] as number) + (kept[column] as number);
  const postings = new Int32Array(start[rows.features + 1] as number);
  const weights = new Float32Array(postings.length);
  const filled = start.slice();
  for (let row = 0; row < count; row++) {
    let squares = 0;
    const end = rows.start[row + 1] as number;
    for (let at = rows.start[row] as number; at < end; at++) {
      if ((kept[rows.columns[at] as number] as number) > 0) squares += (rows.values[at] as number) ** 2;
    }
    const factor = 1 / Math.sqrt(squares || 1);
    for (let at = rows.start[row] as number; at < end; at++) {
      const column = rows.columns[at] as number;
      if (kept[column] === 0) continue;
      const place = filled[column] as number;
      postings[place] = row;
      weights[place] = (rows.values[at] as number) * factor;
      filled[column] = place + 1;
    }
  }

  return {
    compare(columns, values, into) {
      into.fill(0);
      let squares = 0;
      for (let at = 0; at < columns.length; at++) {
        const column = columns[at] as number;
        if (column === 0 || (sizes[column] as number) !== (kept[column] as number)) continue;
        const value = values[at] as number;
        squares += value * value;
        const end = start[column + 1] as number;
        for (let place = start[column] as number; place < end; place++) {
          const row = postings[place] as number;
          into[row] = (into[row] as number) + value * (weights[place] as number);
        }
      }
      const factor = 1 / Math.sqrt(squares || 1);
      for (let row = 0; row < into.length; row++) into[row] = (into[row] as number) * factor;
    },
  };
}
