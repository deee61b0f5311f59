import type { Word } from '../reading/read-words.ts';

/** Feature keys of one block of a text, ascending, each with its number of occurrences. A key is a 30-bit hash. */
export interface FeatureCounts {
  readonly keys: Int32Array;
  readonly counts: Uint16Array;
}

export interface Features {
  readonly words: FeatureCounts;
  readonly characters: FeatureCounts;
}

const shortestNgram = 2;
const longestNgram = 4;
/** Characters read of one "word"; the longest French words have 25. */
const longestWord = 40;
const space = 32;
/** Said in every question: as words they tell "je peux" from "je dois", their characters only blur the rest. */
const littleWords = new Set(
  [
    'je tu il elle on nous vous ils elles me m moi te t toi se s lui leur leurs y en',
    'le la les l un une de d du des au aux a ce c ca cela cet cette ces',
    'mon ma mes ton ta tes votre vos son sa ses notre nos',
    'ne n et ou si que qu qui quoi comment pour dans sur avec par',
    'est suis es sont etre ai as ont avoir peux peut pouvez puis dois doit faut veux veut fait faire',
  ].flatMap((line) => line.split(' ')),
);
const mostKeys = 65_536;

/** Keys are gathered here, then sorted: allocating a map a text would cost more than all the rest. */
const gathered = new Int32Array(mostKeys);
const counted = new Uint16Array(mostKeys);

/**
 * Words 1-2 (stems, and the canonical word of a synonym group) and characters 2-4 inside word bounds: the hybrid
 * that did best in every measure of docs/understanding.md. Negations and other stop words stay.
 */
export function extractFeatures(words: readonly Word[]): Features {
  let size = 0;
  let previous = 7;
  for (const word of words) {
    if (size + 3 > mostKeys) break;
    const stem = hashText(word.stem, 1);
    gathered[size++] = stem;
    gathered[size++] = mix(previous, stem);
    previous = stem;
    if (word.canonical !== null) gathered[size++] = hashText(word.canonical, 3);
  }
  const wordCounts = countKeys(size);
  size = 0;
  for (const { text } of words) {
    if (!littleWords.has(text)) size = gatherCharacters(text.slice(0, longestWord), size);
  }
  return { words: wordCounts, characters: countKeys(size) };
}

/** Every run of 2 to 4 characters of " word ". */
function gatherCharacters(word: string, from: number): number {
  let size = from;
  const last = word.length + 1;
  if (size + (last + 1) * longestNgram > mostKeys) return size;
  for (let start = 0; start < last; start++) {
    let hash = 17;
    for (let length = 1; length <= longestNgram && start + length - 1 <= last; length++) {
      const at = start + length - 1;
      hash = mix(hash, at === 0 || at === last ? space : word.charCodeAt(at - 1));
      if (length >= shortestNgram) gathered[size++] = hash;
    }
  }
  return size;
}

/** Sorts and counts the first `size` gathered keys. */
function countKeys(size: number): FeatureCounts {
  const sorted = gathered.subarray(0, size).sort();
  let different = 0;
  for (let i = 0; i < size; i++) {
    const key = sorted[i] as number;
    if (different > 0 && sorted[different - 1] === key)
      counted[different - 1] = (counted[different - 1] as number) + 1;
    else {
      sorted[different] = key;
      counted[different++] = 1;
    }
  }
  return { keys: sorted.slice(0, different), counts: counted.slice(0, different) };
}

function hashText(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i));
  return hash;
}

/** FNV's multiplication, then a finaliser: 60,000 features fall on the same 30 bits about twice. */
function mix(hash: number, value: number): number {
  let mixed = Math.imul(hash ^ value, 0x01000193);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) & 0x3fffffff;
}
