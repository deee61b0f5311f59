import type { Word } from './read-words.ts';

/** Feature keys of a text, by block, with their counts. A key is a 30-bit hash: small integers keep maps fast. */
export interface FeatureCounts {
  readonly words: Map<number, number>;
  readonly characters: Map<number, number>;
}

// biome-ignore lint: experiment
const O: any = { lo: 2, hi: 4, ...(globalThis as any).__o };
const SHORTEST_NGRAM = O.lo;
const LONGEST_NGRAM = O.hi;
const SPACE = 32;

/**
 * Words 1-2 (stems, and the canonical word of a synonym group) and characters 2-5 inside word bounds: the hybrid
 * that did best in every measure of docs/understanding.md. Negations and other stop words stay.
 */
export function extractFeatures(words: readonly Word[]): FeatureCounts {
  const counts: FeatureCounts = { words: new Map(), characters: new Map() };
  let previous = 7;
  for (const word of words) {
    const stem = hashText(word.stem, 1);
    add(counts.words, stem);
    add(counts.words, mix(previous, stem));
    previous = stem;
    if (word.canonical !== null) add(counts.words, hashText(word.canonical, 3));
    addCharacters(counts.characters, word.text);
  }
  return counts;
}

/** Every run of 2 to 5 characters of " word ". */
function addCharacters(counts: Map<number, number>, word: string): void {
  const last = word.length + 1;
  for (let start = 0; start < last; start++) {
    let hash = 17;
    for (let size = 1; size <= LONGEST_NGRAM && start + size - 1 <= last; size++) {
      const at = start + size - 1;
      hash = mix(hash, at === 0 || at === last ? SPACE : word.charCodeAt(at - 1));
      if (size >= SHORTEST_NGRAM) add(counts, hash);
    }
  }
}

function add(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** FNV-1a, kept to 30 bits. */
function hashText(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i));
  return hash;
}

function mix(hash: number, value: number): number {
  let mixed = Math.imul(hash ^ value, 0x01000193);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) & 0x3fffffff;
}
