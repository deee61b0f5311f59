/**
 * Feature keys → columns: open addressing with linear probing (Knuth, TAOCP 3, 6.4) in one flat array, that a worker
 * hands over as it is. A Map of 60,000 numbers takes ten times the memory and twice the time.
 */
export interface KeyTable {
  /** Pairs of key and column; a key of -1 stands for an empty place. The number of pairs is a power of two. */
  readonly pairs: Int32Array;
}

/** Different keys, whole numbers from 0, and the column of each. */
export function createKeyTable(keys: readonly number[], columns: Int32Array): KeyTable {
  let places = 2;
  while (places < keys.length * 2) places *= 2;
  const pairs = new Int32Array(places * 2).fill(-1);
  for (const [i, key] of keys.entries()) {
    let at = startOf(key, places);
    while (pairs[at * 2] !== -1) at = (at + 1) & (places - 1);
    pairs[at * 2] = key;
    pairs[at * 2 + 1] = columns[i] as number;
  }
  return { pairs };
}

/** The column of a key, or -1. */
export function lookUp({ pairs }: KeyTable, key: number): number {
  const places = pairs.length >> 1;
  let at = startOf(key, places);
  for (;;) {
    const found = pairs[at * 2];
    if (found === key) return pairs[at * 2 + 1] as number;
    if (found === -1) return -1;
    at = (at + 1) & (places - 1);
  }
}

/** The first place to look at for a key: Fibonacci hashing (Knuth, TAOCP 3, 6.4). */
function startOf(key: number, places: number): number {
  return (Math.imul(key, 0x9e3779b1) >>> 1) & (places - 1);
}
