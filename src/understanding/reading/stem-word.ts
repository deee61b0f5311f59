import stemmer from 'natural/lib/natural/stemmers/porter_stemmer_fr.js';
import { foldAccents } from '../../text/fold-accents.ts';
import { lemmas } from './lemmas.ts';

/** Stems already computed: the same words come again and again, and a stem costs as much as all other features of a word. */
const cache = new Map<string, string>();
const cacheLimit = 50_000;
/** The stemmer's suffix tables make no sense, and cost time, on longer "words". */
const longestWord = 30;

/** Lemma of an irregular form, else Snowball's French stem, accents folded after (the suffix rules need them). Pure: the cache is bounded and invisible. */
export function stemWord(word: string): string {
  const known = cache.get(word);
  if (known !== undefined) return known;
  const stem =
    lemmas.get(foldAccents(word)) ?? foldAccents(word.length > longestWord ? word : stemmer.stem(word));
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(word, stem);
  return stem;
}
