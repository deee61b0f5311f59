import type { Lexicon, Product } from '../knowledge/content.ts';
import { createSpeller } from './correct-spelling.ts';
import { familiarWords } from './familiar-words.ts';
import { foldAccents } from './fold-accents.ts';
import { normalise } from './normalise.ts';
import { splitWords } from './split-words.ts';
import { stemWord } from './stem-word.ts';

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
  readonly foreignProducts: readonly string[];
}

/** Words read beyond this are ignored: time stays bounded. */
const MOST_WORDS = 500;
const SHORTEST_ELIDED = 3;
/** A real message has a few misspelt words; a text made of them would cost a search each. */
const MOST_CORRECTED_WORDS = 40;
/** Longest lexicon entry, in words. */
const LONGEST_PHRASE = 4;
/** Two product names as short as SPAN and COMU are a slip away from too many words. */
const SHORTEST_MISSPELT_PRODUCT = 5;

type Named = { readonly id: string; readonly foreign: boolean };
interface Phrases<T> {
  get(words: readonly string[], at: number): { readonly value: T; readonly length: number } | null;
}

/** Reads normalised text into words with the lexicon and the vocabulary of the training texts. */
export function createReader(lexicon: Lexicon, trainingTexts: readonly string[]): (text: string) => ReadText {
  const abbreviations = indexPhrases(
    [...lexicon.abbreviations].map(
      ([short, long]) => [plainWords(short), splitWords(normalise(long))] as const,
    ),
  );
  const products = indexPhrases([
    ...lexicon.foreignProducts.flatMap((product) => spellings(product, true)),
    ...lexicon.products.flatMap((product) => spellings(product, false)),
  ]);
  const synonyms = indexPhrases(
    lexicon.synonyms.flatMap((group) => {
      const canonical = `=${foldAccents(group[0] ?? '')}`;
      return group.map((words) => [splitWords(normalise(words)).map(stemWord), canonical] as const);
    }),
  );
  const frequencies = new Map<string, number>();
  /** Folded word → as training writes it with its accents: the stemmer needs them, agents leave them out. */
  const accented = new Map<string, string>();
  for (const text of trainingTexts) {
    for (const word of expand(splitWords(text))) {
      const folded = foldAccents(word);
      frequencies.set(folded, (frequencies.get(folded) ?? 0) + 1);
      if (folded !== word && !accented.has(folded)) accented.set(folded, word);
    }
  }
  const stem = (folded: string): string => stemWord(accented.get(folded) ?? folded);
  for (const [word] of products.single) if (!frequencies.has(word)) frequencies.set(word, 1);
  const speller = createSpeller(frequencies);
  const knownStems = new Set([...frequencies.keys()].map(stem));
  const misspeltProducts = createSpeller(
    new Map(
      [...products.single.keys()]
        .filter((word) => word.length >= SHORTEST_MISSPELT_PRODUCT)
        .map((word) => [word, 1]),
    ),
  );

  function expand(words: readonly string[]): string[] {
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
  }

  /** "jarrive", "lordinateur", "lvpn": an unknown word that is a known one after a little word. */
  function splitElision(word: string): string[] | null {
    const parts = /^([jldmnstc]|qu)(.{2,})$/.exec(word);
    if (parts === null) return null;
    const [, elided = '', rest = ''] = parts;
    return rest.length >= SHORTEST_ELIDED && speller.knows(rest) ? [elided, rest] : null;
  }

  return (text) => {
    const corrections: { from: string; to: string }[] = [];
    const corrected: string[] = [];
    const stems: string[] = [];
    const searched = new Map<string, string | null>();
    const named = new Set<string>();
    const foreign = new Set<string>();
    const source = expand(splitWords(text).slice(0, MOST_WORDS));
    const folded = source.map(foldAccents);
    const push = (word: string, stem: string): void => {
      corrected.push(word);
      stems.push(stem);
    };
    const pushProduct = (product: Named): void => {
      (product.foreign ? foreign : named).add(product.id);
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
      if (speller.knows(word) || knownStems.has(stem(word)) || word !== typed) {
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
          searched.size < MOST_CORRECTED_WORDS
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
      foreignProducts: [...foreign],
    };
  };
}

function spellings(product: Product, foreign: boolean): (readonly [string[], Named])[] {
  return [product.id, product.name, ...product.spellings].map(
    (spelling) => [plainWords(spelling), { id: product.id, foreign }] as const,
  );
}

function plainWords(text: string): string[] {
  return splitWords(normalise(text)).map(foldAccents);
}

/** Lexicon entries of one or several words; the longest entry wins, then the last given. */
function indexPhrases<T>(
  entries: readonly (readonly [readonly string[], T])[],
): Phrases<T> & { readonly single: ReadonlyMap<string, T> } {
  const single = new Map<string, T>();
  const several = new Map<string, { readonly words: readonly string[]; readonly value: T }[]>();
  for (const [words, value] of entries) {
    const first = words[0];
    if (first === undefined || words.length > LONGEST_PHRASE) continue;
    if (words.length === 1) single.set(first, value);
    else
      several.set(
        first,
        [...(several.get(first) ?? []), { words, value }].sort((a, b) => b.words.length - a.words.length),
      );
  }
  return {
    single,
    get(words, at) {
      const first = words[at] as string;
      for (const phrase of several.get(first) ?? []) {
        if (phrase.words.every((word, i) => words[at + i] === word))
          return { value: phrase.value, length: phrase.words.length };
      }
      const value = single.get(first);
      return value === undefined ? null : { value, length: 1 };
    },
  };
}
