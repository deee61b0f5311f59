import type { SparseRows } from '../features/sparse-rows.ts';

/** Columns met in more than this share of the rows say little and cost the most. */
const commonestColumn = 0.015;
const alwaysKept = 20;

/**
 * Texts by the features they have (an inverted index), their vectors at length 1, and the class of each. Rows of a
 * class stand together: class c has rows firstOf[c] to firstOf[c + 1]. Plain data.
 */
export interface ExampleIndex {
  readonly rows: number;
  readonly firstOf: Int32Array;
  /** Column c is that of rows[start[c]..start[c+1]]. */
  readonly start: Int32Array;
  readonly postings: Int32Array;
  readonly weights: Float32Array;
  /** 1 for the columns that take part: not the bias, nor the commonest. */
  readonly isKept: Uint8Array;
}

/** `labels`: the class of each row, ascending. */
export function indexExamples(rows: SparseRows, labels: Int32Array, classes: number): ExampleIndex {
  const count = labels.length;
  const sizes = new Int32Array(rows.features + 1);
  for (const column of rows.columns) sizes[column] = (sizes[column] as number) + 1;
  const most = Math.max(alwaysKept, count * commonestColumn);
  const isKept = Uint8Array.from(sizes, (size, column) => (column > 0 && size <= most ? 1 : 0));
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
  const firstOf = new Int32Array(classes + 1);
  for (const label of labels) firstOf[label + 1] = (firstOf[label + 1] as number) + 1;
  for (let c = 0; c < classes; c++) firstOf[c + 1] = (firstOf[c + 1] as number) + (firstOf[c] as number);
  return { rows: count, firstOf, start, postings, weights, isKept };
}
