import type { ReadText } from './read-words.ts';

/** What each classifier says of one text; arrays run over classes, the last being the foreign one when there is one. */
export interface Opinions {
  /** SVM margins. */
  readonly margins: Float64Array;
  /** Cosine of the nearest training question, and mean of the three nearest, a class. */
  readonly nearest: Float64Array;
  readonly neighbourhood: Float64Array;
  /** Cosine of the nearest sentence of the fiche. */
  readonly text: Float64Array;
}

/** Kinds of evidence weighed by the ranker, in order. */
export const evidenceKinds = [
  'margin',
  'nearest',
  'neighbourhood',
  'text',
  'names its product',
  'names another product',
  'names a product, has none',
  'foreign',
  'foreign margin',
  'foreign nearest',
  'foreign, names a foreign tool',
  'foreign, names a product',
  'foreign, unknown words',
] as const;

/** Evidence for each class, class by class. `products`: product of each class, null for none, undefined for the foreign class. */
export function collectEvidence(
  opinions: Opinions,
  read: ReadText,
  products: readonly (string | null | undefined)[],
): Float64Array {
  const kinds = evidenceKinds.length;
  const evidence = new Float64Array(products.length * kinds);
  const named = read.products.length > 0;
  for (const [c, product] of products.entries()) {
    const at = c * kinds;
    const margin = opinions.margins[c] as number;
    const nearest = opinions.nearest[c] as number;
    if (product === undefined) {
      evidence[at + 7] = 1;
      evidence[at + 8] = margin;
      evidence[at + 9] = nearest;
      evidence[at + 2] = opinions.neighbourhood[c] as number;
      evidence[at + 10] = read.foreignProducts.length > 0 ? 1 : 0;
      evidence[at + 11] = named ? 1 : 0;
      evidence[at + 12] = 1 - read.known;
      continue;
    }
    evidence[at] = margin;
    evidence[at + 1] = nearest;
    evidence[at + 2] = opinions.neighbourhood[c] as number;
    evidence[at + 3] = opinions.text[c] as number;
    if (!named) continue;
    if (product === null) evidence[at + 6] = 1;
    else evidence[at + (read.products.includes(product) ? 4 : 5)] = 1;
  }
  return evidence;
}
