import AggressiveTokenizerFr from 'natural/lib/natural/tokenizers/aggressive_tokenizer_fr.js';
import type { Lexicon, Product } from '../../knowledge/content.ts';
import { foldAccents } from '../../text/fold-accents.ts';
import { normalise } from './normalise.ts';
import { indexPhrases, type Phrases } from './phrases.ts';
import { stemWord } from './stem-word.ts';

const tokenizer = new AggressiveTokenizerFr();

export interface NamedProduct {
  readonly id: string;
  /** A tool that the guide does not cover. */
  readonly outOfScope: boolean;
}

/** The lexicon, ready to be looked up word by word. */
export interface ReadLexicon {
  readonly products: Phrases<NamedProduct>;
  /** Stems of an expression → the first of its synonym group. */
  readonly synonyms: Phrases<string>;
  /** Words of a normalised text, accents kept, abbreviations written out. */
  split(text: string): string[];
}

export function readLexicon(lexicon: Lexicon): ReadLexicon {
  const abbreviations = indexPhrases(
    [...lexicon.abbreviations].map(
      ([short, long]) => [plainWords(short), splitWords(normalise(long))] as const,
    ),
  );
  return {
    products: indexPhrases([
      ...lexicon.outOfScopeProducts.flatMap((product) => spellings(product, true)),
      ...lexicon.products.flatMap((product) => spellings(product, false)),
    ]),
    synonyms: indexPhrases(
      lexicon.synonyms.flatMap((group) => {
        const canonical = `=${foldAccents(group[0] ?? '')}`;
        return group.map((words) => [splitWords(normalise(words)).map(stemWord), canonical] as const);
      }),
    ),
    split(text) {
      const words = splitWords(text);
      const folded = words.map(foldAccents);
      const expanded: string[] = [];
      for (let at = 0; at < words.length; ) {
        const found = abbreviations.get(folded, at);
        if (found === null) expanded.push(words[at++] as string);
        else {
          expanded.push(...found.value);
          at += found.length;
        }
      }
      return expanded;
    },
  };
}

function spellings(product: Product, outOfScope: boolean): (readonly [string[], NamedProduct])[] {
  return [product.id, product.name, ...product.spellings].map(
    (spelling) => [plainWords(spelling), { id: product.id, outOfScope }] as const,
  );
}

function plainWords(text: string): string[] {
  return splitWords(normalise(text)).map(foldAccents);
}

/** Words of a normalised text, accents kept; elided articles and pronouns stand alone ("l", "accès"), hyphens part words. */
function splitWords(text: string): string[] {
  return tokenizer.tokenize(text.replaceAll('-', ' ')).filter((word) => word !== '');
}
