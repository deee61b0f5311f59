import { foldedWords } from '../../text/fold-text.ts';

/** Groups of texts that say nearly the same, largest first; inside a group and among equals, in the order given. */
export function groupAlike<T>(items: readonly T[], textOf: (item: T) => string): T[][] {
  const groups: { grams: ReadonlySet<string>[]; items: T[] }[] = [];
  for (const item of items) {
    const grams = gramsOf(textOf(item));
    const group = groups.find((group) => group.grams.some((other) => likeness(grams, other) >= alike));
    if (group) {
      group.items.push(item);
      group.grams.push(grams);
    } else groups.push({ grams: [grams], items: [item] });
  }
  return groups.map(({ items }) => items).sort((a, b) => b.length - a.length);
}

/** Least Dice coefficient of trigrams: the same words otherwise turned, or misspelt. */
const alike = 0.5;

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const gram of a) if (b.has(gram)) common += 1;
  return (2 * common) / Math.max(1, a.size + b.size);
}

function gramsOf(text: string): Set<string> {
  const grams = new Set<string>();
  for (const word of foldedWords(text)) {
    // Short words (le, de, pas) say little, and would make everything alike.
    if (word.length < 3) continue;
    const padded = ` ${word} `;
    for (let index = 0; index + 3 <= padded.length; index += 1) grams.add(padded.slice(index, index + 3));
  }
  return grams;
}
