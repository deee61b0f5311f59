import distances from 'natural/lib/natural/distance/levenshtein_distance.js';
import { soundWord } from './sound-word.ts';

export interface Speller {
  knows(word: string): boolean;
  /** The known word that this unknown one was meant to be, or null. Accent-folded words only. */
  correct(word: string): string | null;
}

/** Shorter words have too many neighbours: "vpn" must not become "van". */
const shortestCorrected = 4;
/** Two slips are believed only in a word this long. */
const shortestWithTwoSlips = 8;
/** A shorter word a slip away from a known one is most often another word: "fais" and "faim". */
const shortestWithASlip = 6;
const longestCorrected = 24;
const shortestSound = 3;
/** Corrections kept: a letter is read as a whole and by sentence, and the same slips come again. */
const cacheLimit = 10_000;

/**
 * Corrects towards the words of the training questions: one slip (Damerau-Levenshtein, two in long words), or the same sound.
 * Candidates come from a deletion index (Garbe's SymSpell), so that distances are computed for a handful of words only.
 */
export function createSpeller(frequencies: ReadonlyMap<string, number>): Speller {
  const known = spellers.get(frequencies) ?? indexSpeller(frequencies);
  spellers.set(frequencies, known);
  return known;
}

/** Training reads with the words that it has just learnt, then with the matcher made of them: one index does for both. */
const spellers = new WeakMap<ReadonlyMap<string, number>, Speller>();

function indexSpeller(frequencies: ReadonlyMap<string, number>): Speller {
  /** Built at the first unknown word: most messages have none, and building takes longer than reading thousands of them. */
  let index: SpellingIndex | null = null;
  const cache = new Map<string, string | null>();

  const search = (word: string): string | null => {
    if (word.length < shortestCorrected || word.length > longestCorrected || /\d/.test(word)) return null;
    index ??= indexSpellings(frequencies.keys());
    const { neighbours, sounds } = index;
    const sound = soundWord(word);
    const candidates = new Set(wordsAt(sounds, sound));
    for (const key of deletions(word))
      for (const candidate of wordsAt(neighbours, key)) candidates.add(candidate);
    let best: string | null = null;
    let bestRank = Number.POSITIVE_INFINITY;
    for (const candidate of candidates) {
      const slips = distances.DamerauLevenshteinDistance(word, candidate, { restricted: true });
      const sameSound = sound.length >= shortestSound && soundWord(candidate) === sound;
      const allowed = word.length >= shortestWithTwoSlips ? 2 : word.length >= shortestWithASlip ? 1 : 0;
      if (!sameSound && (slips > allowed || word[0] !== candidate[0])) continue;
      const rank = slips - (sameSound ? 1.5 : 0) - Math.min(frequencies.get(candidate) ?? 0, 50) / 100;
      if (rank < bestRank) {
        bestRank = rank;
        best = candidate;
      }
    }
    return best;
  };
  const correct = (word: string): string | null => {
    let found = cache.get(word);
    if (found === undefined) {
      found = search(word);
      if (cache.size >= cacheLimit) cache.clear();
      cache.set(word, found);
    }
    return found;
  };
  return { knows: (word) => frequencies.has(word), correct };
}

interface SpellingIndex {
  readonly neighbours: Index;
  readonly sounds: Index;
}

function indexSpellings(words: Iterable<string>): SpellingIndex {
  const neighbours: Index = new Map();
  const sounds: Index = new Map();
  for (const word of words) {
    if (word.length < shortestCorrected || word.length > longestCorrected || /\d/.test(word)) continue;
    for (const key of deletions(word)) push(neighbours, key, word);
    const sound = soundWord(word);
    if (sound.length >= shortestSound) push(sounds, sound, word);
  }
  return { neighbours, sounds };
}

/** The word itself and the word less one letter. */
function deletions(word: string): Set<string> {
  const keys = new Set([word]);
  for (let i = 0; i < word.length; i++) keys.add(word.slice(0, i) + word.slice(i + 1));
  return keys;
}

/** A key leads to one word or several. Most lead to one: an array for each would be most of the memory. */
type Index = Map<string, string | string[]>;

function push(index: Index, key: string, word: string): void {
  const words = index.get(key);
  if (words === undefined) index.set(key, word);
  else if (typeof words === 'string') index.set(key, [words, word]);
  else words.push(word);
}

function wordsAt(index: Index, key: string): readonly string[] {
  const words = index.get(key) ?? [];
  return typeof words === 'string' ? [words] : words;
}
