import { foldAccents } from '../../text/fold-accents.ts';
import type { ReadLexicon } from './read-lexicon.ts';
import { stemWord } from './stem-word.ts';

/** The words of the training texts, accents folded. */
export interface Vocabulary {
  /** Word → how often it was used. */
  readonly frequencies: ReadonlyMap<string, number>;
  /** Word → as training writes it with its accents: the stemmer needs them, agents leave them out. */
  readonly accented: ReadonlyMap<string, string>;
  readonly stems: ReadonlySet<string>;
}

/** `texts`: as `lexicon` splits them. */
export function learnVocabulary(texts: readonly (readonly string[])[], lexicon: ReadLexicon): Vocabulary {
  const frequencies = new Map<string, number>();
  const accented = new Map<string, string>();
  for (const words of texts) {
    for (const word of words) {
      const folded = foldAccents(word);
      frequencies.set(folded, (frequencies.get(folded) ?? 0) + 1);
      if (folded !== word && !accented.has(folded)) accented.set(folded, word);
    }
  }
  for (const [word] of lexicon.products.single) if (!frequencies.has(word)) frequencies.set(word, 1);
  const stems = new Set<string>();
  for (const word of frequencies.keys()) stems.add(stemWord(accented.get(word) ?? word));
  return { frequencies, accented, stems };
}
