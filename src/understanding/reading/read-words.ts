import { foldAccents } from '../../text/fold-accents.ts';
import { createSpeller } from './correct-spelling.ts';
import { familiarWords } from './familiar-words.ts';
import type { NamedProduct, ReadLexicon } from './read-lexicon.ts';
import { stemWord } from './stem-word.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A word as the features see it. */
export interface Word {
  /** Lower case, accents folded, spelling corrected, familiar words made plain; a product's id when the word names one. */
  readonly text: string;
  readonly stem: string;
  /** First word of its synonym group, when it has one. */
  readonly canonical: string | null;
}

export interface ReadText {
  readonly words: readonly Word[];
  readonly corrections: readonly { readonly from: string; readonly to: string }[];
  readonly products: readonly string[];
  readonly outOfScopeProducts: readonly string[];
}

/** Words read beyond this are ignored: time stays bounded. */
const mostWords = 500;
const shortestElided = 3;
/** A real message has a few misspelt words; a text made of them would cost a search each. */
const mostCorrectedWords = 40;
/** Two product names as short as SPAN and COMU are a slip away from too many words. */
const shortestMisspeltProduct = 5;

/** Reads a text, as the lexicon splits it, with the lexicon and the vocabulary of the training texts. */
export function createReader(
  { products, synonyms }: ReadLexicon,
  vocabulary: Vocabulary,
): (words: readonly string[]) => ReadText {
  const stem = (folded: string): string => stemWord(vocabulary.accented.get(folded) ?? folded);
  const speller = createSpeller(vocabulary.frequencies);
  const misspeltProducts = createSpeller(
    new Map(
      [...products.single.keys()]
        .filter((word) => word.length >= shortestMisspeltProduct)
        .map((word) => [word, 1]),
    ),
  );

  /** "jarrive", "lordinateur", "lvpn": an unknown word that is a known one after a little word. */
  function splitElision(word: string): string[] | null {
    const parts = /^([jldmnstc]|qu)(.{2,})$/.exec(word);
    if (parts === null) return null;
    const [, elided = '', rest = ''] = parts;
    return rest.length >= shortestElided && speller.knows(rest) ? [elided, rest] : null;
  }

  return (split) => {
    const corrections: { from: string; to: string }[] = [];
    const corrected: string[] = [];
    const stems: string[] = [];
    const searched = new Map<string, string | null>();
    const named = new Set<string>();
    const outOfScope = new Set<string>();
    const source = split.slice(0, mostWords);
    const folded = source.map(foldAccents);
    const push = (word: string, stem: string): void => {
      corrected.push(word);
      stems.push(stem);
    };
    const pushProduct = (product: NamedProduct): void => {
      (product.outOfScope ? outOfScope : named).add(product.id);
      push(product.id, product.id);
    };
    for (let at = 0; at < source.length; ) {
      const product = products.get(folded, at);
      if (product !== null) {
        pushProduct(product.value);
        at += product.length;
        continue;
      }
      const typed = folded[at++] as string;
      const word = familiarWords.get(typed) ?? typed;
      if (speller.knows(word) || vocabulary.stems.has(stem(word)) || word !== typed) {
        push(word, stem(word));
        continue;
      }
      const elision = splitElision(word);
      if (elision !== null) {
        for (const part of elision) push(part, stem(part));
        corrections.push({ from: word, to: elision.join("'") });
        continue;
      }
      let better = searched.get(word);
      if (better === undefined) {
        better =
          searched.size < mostCorrectedWords
            ? (misspeltProducts.correct(word) ?? speller.correct(word))
            : null;
        searched.set(word, better);
        if (better !== null) corrections.push({ from: word, to: better });
      }
      if (better === null) push(word, stemWord(source[at - 1] as string));
      else {
        const meant = products.get([better], 0);
        if (meant !== null) pushProduct(meant.value);
        else push(better, stem(better));
      }
    }
    const words: Word[] = [];
    for (let at = 0; at < stems.length; at++) {
      const synonym = synonyms.get(stems, at);
      words.push({
        text: corrected[at] as string,
        stem: stems[at] as string,
        canonical: synonym?.value ?? null,
      });
    }
    return {
      words,
      corrections,
      products: [...named],
      outOfScopeProducts: [...outOfScope],
    };
  };
}
