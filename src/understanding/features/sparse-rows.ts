import type { SparseVector } from './vector-space.ts';

/** Sparse vectors one after the other (CSR): row r holds columns[start[r]..start[r+1]] with their values. */
export interface SparseRows {
  readonly start: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float32Array;
  /** Number of columns. */
  readonly features: number;
}

export function toRows(vectors: readonly SparseVector[], features: number): SparseRows {
  const start = new Int32Array(vectors.length + 1);
  for (const [row, vector] of vectors.entries())
    start[row + 1] = (start[row] as number) + vector.columns.length;
  const columns = new Int32Array(start[vectors.length] as number);
  const values = new Float32Array(columns.length);
  for (const [row, vector] of vectors.entries()) {
    columns.set(vector.columns, start[row]);
    values.set(vector.values, start[row]);
  }
  return { start, columns, values, features };
}
