import { foldText } from '../../text/fold-text.ts';

/**
 * Likeness of two short texts in [0, 1]: the mean of two Dice coefficients, over words cut to their first five
 * letters (a crude French stem) and over character trigrams (typos, missing letters).
 */
export function similarity(left: string, right: string): number {
  const [a, b] = [foldText(left), foldText(right)];
  if (a === '' || b === '') return 0;
  if (a === b) return 1;
  return (dice(stems(a), stems(b)) + dice(trigrams(a), trigrams(b))) / 2;
}

const stems = (folded: string): Set<string> => new Set(folded.split(' ').map((word) => word.slice(0, 5)));

function trigrams(folded: string): Set<string> {
  const padded = ` ${folded} `;
  return new Set(Array.from({ length: padded.length - 2 }, (_, index) => padded.slice(index, index + 3)));
}

/** L. R. Dice, "Measures of the amount of ecologic association between species", Ecology 26 (1945). */
function dice(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  const shared = [...left].filter((part) => right.has(part)).length;
  return (2 * shared) / (left.size + right.size);
}
