import type { ReadText } from './read-words.ts';

export interface Coverage {
  /** For each class: the share, by rarity, of the text's words that its training questions use. `fold` is left out of them. */
  cover(text: ReadText, fold: number): { coverage: Float64Array; bayes: Float64Array };
}

/**
 * A foreign question often looks like a fiche but for one word that no agent ever wrote about it ("imprimante").
 * The margins of long texts hide that word; the share of words covered shows it.
 */
export function createCoverage(
  texts: readonly ReadText[],
  labels: Int32Array,
  folds: Int32Array,
  foldCount: number,
  classes: number,
): Coverage {
  const ids = new Map<string, number>();
  for (const text of texts) for (const { stem } of text.words) if (!ids.has(stem)) ids.set(stem, ids.size);
  const lines = foldCount + 1;
  /** Texts with the word: [word][fold or total][class]. */
  const counts = new Uint16Array(ids.size * lines * classes);
  const frequencies = new Int32Array(ids.size * lines);
  for (const [row, text] of texts.entries()) {
    const c = labels[row] as number;
    const fold = folds[row] as number;
    for (const stem of new Set(text.words.map((word) => word.stem))) {
      const id = ids.get(stem) as number;
      for (const line of [fold, foldCount]) {
        const at = id * lines + line;
        counts[at * classes + c] = (counts[at * classes + c] as number) + 1;
        frequencies[at] = (frequencies[at] as number) + 1;
      }
    }
  }
  const sizes = new Float64Array(lines * classes);
  for (const [row, c] of labels.entries()) for (const line of [folds[row] as number, foldCount]) sizes[line * classes + c] = (sizes[line * classes + c] as number) + 1;
  const rarityOf = (frequency: number): number => Math.log((texts.length + 1) / (frequency + 1)) + 0.2;
  const unknown = rarityOf(0);

  return {
    cover(text, fold) {
      const covered = new Float64Array(classes);
      let total = 0;
      const bayes = new Float64Array(classes);
      let used = 0;
      const A = (globalThis as any).__o?.A ?? 3;
      for (const { stem } of text.words) {
        const id = ids.get(stem);
        if (id === undefined) {
          total += unknown;
          continue;
        }
        const all = id * lines + foldCount;
        const left = id * lines + fold;
        const frequency = (frequencies[all] as number) - (fold < 0 ? 0 : (frequencies[left] as number));
        const rarity = rarityOf(frequency);
        total += rarity;
        if (frequency === 0) continue;
        used++;
        const back = frequency / texts.length;
        for (let c = 0; c < classes; c++) {
          const seen = (counts[all * classes + c] as number) - (fold < 0 ? 0 : (counts[left * classes + c] as number));
          const size = (sizes[foldCount * classes + c] as number) - (fold < 0 ? 0 : (sizes[fold * classes + c] as number));
          bayes[c] = (bayes[c] as number) + Math.log((seen + A * back) / (size + A) / back);
          if (seen > 0) covered[c] = (covered[c] as number) + rarity;
        }
      }
      if (total > 0) for (let c = 0; c < classes; c++) covered[c] = (covered[c] as number) / total;
      if (used > 0) for (let c = 0; c < classes; c++) bayes[c] = (bayes[c] as number) / used ** ((globalThis as any).__o?.P ?? 0.5);
      return { coverage: covered, bayes };
    },
  };
}
