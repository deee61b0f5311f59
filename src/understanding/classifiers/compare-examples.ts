import type { ExampleIndex } from './index-examples.ts';

/** Cosines of one text with the rows of an index: those of the text that was last compared. */
export interface Comparison {
  compare(columns: Int32Array, values: Float32Array): void;
  /** The best cosine of each class, and the mean of its three best (0 for those it lacks). */
  nearestByClass(): { readonly nearest: Float64Array; readonly neighbourhood: Float64Array };
  /** The rows of highest cosine, best first; the first of equals comes first. */
  nearestRows(count: number): { readonly row: number; readonly similarity: number }[];
}

/**
 * Compares texts with every row of an index. A text shares a feature with one row in thirty: only those are gone through
 * afterwards. `leftOut`: rows that count as unlike anything (cross-validation).
 */
export function createComparison(
  { rows, firstOf, start, postings, weights, isKept }: ExampleIndex,
  leftOut: Int32Array = new Int32Array(0),
): Comparison {
  const classes = firstOf.length - 1;
  const classOf = new Int32Array(rows);
  for (let c = 0; c < classes; c++) classOf.fill(c, firstOf[c], firstOf[c + 1]);
  const isLeftOut = new Uint8Array(rows);
  for (const row of leftOut) isLeftOut[row] = 1;
  /** Scalar product with each row; `scale` makes cosines of them: cheaper applied to the few that are kept than to all. */
  const products = new Float32Array(rows);
  let scale = 1;
  /** The first `likeCount` of these rows are those whose product is not 0. */
  const like = new Int32Array(rows);
  let likeCount = 0;
  const second = new Float64Array(classes);
  const third = new Float64Array(classes);

  return {
    compare(columns, values) {
      for (let i = 0; i < likeCount; i++) products[like[i] as number] = 0;
      likeCount = 0;
      let squares = 0;
      for (let at = 0; at < columns.length; at++) {
        const column = columns[at] as number;
        if (isKept[column] === 0) continue;
        const value = values[at] as number;
        squares += value * value;
        const end = start[column + 1] as number;
        for (let place = start[column] as number; place < end; place++) {
          const row = postings[place] as number;
          const product = products[row] as number;
          if (product === 0) {
            if (isLeftOut[row] === 1) continue;
            like[likeCount++] = row;
          }
          products[row] = product + value * (weights[place] as number);
        }
      }
      scale = 1 / Math.sqrt(squares || 1);
    },

    nearestByClass() {
      const nearest = new Float64Array(classes);
      const neighbourhood = new Float64Array(classes);
      second.fill(0);
      third.fill(0);
      for (let i = 0; i < likeCount; i++) {
        const row = like[i] as number;
        const c = classOf[row] as number;
        const product = products[row] as number;
        if (product <= (third[c] as number)) continue;
        if (product <= (second[c] as number)) third[c] = product;
        else {
          third[c] = second[c] as number;
          if (product <= (nearest[c] as number)) second[c] = product;
          else {
            second[c] = nearest[c] as number;
            nearest[c] = product;
          }
        }
      }
      for (let c = 0; c < classes; c++) {
        const first = nearest[c] as number;
        nearest[c] = first * scale;
        neighbourhood[c] = ((first + (second[c] as number) + (third[c] as number)) * scale) / 3;
      }
      return { nearest, neighbourhood };
    },

    nearestRows(count) {
      const best: number[] = [];
      const isBetter = (row: number, other: number): boolean => {
        const gain = (products[row] as number) - (products[other] as number);
        return gain > 0 || (gain === 0 && row < other);
      };
      // When hardly any row is like the text, the first ones make up the number.
      const candidates = likeCount < count ? products.keys() : like.subarray(0, likeCount);
      for (const row of candidates) {
        let at = best.length;
        if (at === count && !isBetter(row, best[at - 1] as number)) continue;
        while (at > 0 && isBetter(row, best[at - 1] as number)) at--;
        best.splice(at, 0, row);
        if (best.length > count) best.pop();
      }
      return best.map((row) => ({ row, similarity: (products[row] as number) * scale }));
    },
  };
}
