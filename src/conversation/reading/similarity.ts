import { foldText } from '../../text/fold-text.ts';

/** A short text as it is compared: cut once, compared often. */
export interface Shape {
  readonly folded: string;
  readonly stems: ReadonlySet<string>;
  readonly trigrams: ReadonlySet<string>;
}

export function shapeText(text: string): Shape {
  const folded = foldText(text);
  return { folded, stems: stems(folded), trigrams: trigrams(folded) };
}

/**
 * Likeness of two short texts in [0, 1]: the mean of two Dice coefficients, over words cut to their first five
 * letters (a crude French stem) and over character trigrams (typos, missing letters).
 */
export function similarity(left: Shape, right: Shape): number {
  if (left.folded === '' || right.folded === '') return 0;
  if (left.folded === right.folded) return 1;
  return (dice(left.stems, right.stems) + dice(left.trigrams, right.trigrams)) / 2;
}

const stems = (folded: string): Set<string> => new Set(folded.split(' ').map((word) => word.slice(0, 5)));

function trigrams(folded: string): Set<string> {
  const padded = ` ${folded} `;
  return new Set(Array.from({ length: padded.length - 2 }, (_, index) => padded.slice(index, index + 3)));
}

/** L. R. Dice, "Measures of the amount of ecologic association between species", Ecology 26 (1945). */
function dice(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  const [few, many] = left.size < right.size ? [left, right] : [right, left];
  let shared = 0;
  for (const part of few) if (many.has(part)) shared += 1;
  return (2 * shared) / (left.size + right.size);
}
