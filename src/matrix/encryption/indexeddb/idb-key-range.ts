import { AFTER_ALL_KEYS, BEFORE_ALL_KEYS, decodeKey, encodeKey, type IdbKey } from './idb-key.ts';
import { StrictObject } from './strict-object.ts';

/** A range as SQLite compares it: `from` included, `to` excluded, both encoded. */
export interface KeySpan {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/** https://www.w3.org/TR/IndexedDB/#keyrange */
export class IDBKeyRange extends StrictObject {
  readonly lower: IdbKey | undefined;
  readonly upper: IdbKey | undefined;
  readonly lowerOpen: boolean;
  readonly upperOpen: boolean;

  private constructor(lower: unknown, upper: unknown, lowerOpen: boolean, upperOpen: boolean) {
    super();
    this.lower = lower === undefined ? undefined : decodeKey(encodeKey(lower));
    this.upper = upper === undefined ? undefined : decodeKey(encodeKey(upper));
    this.lowerOpen = lowerOpen;
    this.upperOpen = upperOpen;
    Object.freeze(this);
  }

  static only(value: unknown): IDBKeyRange {
    encodeKey(value);
    return new IDBKeyRange(value, value, false, false);
  }

  static lowerBound(lower: unknown, open = false): IDBKeyRange {
    encodeKey(lower);
    return new IDBKeyRange(lower, undefined, open, true);
  }

  static upperBound(upper: unknown, open = false): IDBKeyRange {
    encodeKey(upper);
    return new IDBKeyRange(undefined, upper, true, open);
  }

  static bound(lower: unknown, upper: unknown, lowerOpen = false, upperOpen = false): IDBKeyRange {
    const order = Buffer.compare(encodeKey(lower), encodeKey(upper));
    if (order > 0 || (order === 0 && (lowerOpen || upperOpen))) {
      throw new DOMException('The lower key is greater than the upper key.', 'DataError');
    }
    return new IDBKeyRange(lower, upper, lowerOpen, upperOpen);
  }
}

/** What a query parameter stands for: nothing, a key, or a range. Throws a DataError on anything else. */
export function readKeySpan(query: unknown): KeySpan {
  if (query === undefined || query === null) return { from: BEFORE_ALL_KEYS, to: AFTER_ALL_KEYS };
  if (query instanceof IDBKeyRange) {
    const from = query.lower === undefined ? BEFORE_ALL_KEYS : encodeKey(query.lower);
    const to = query.upper === undefined ? AFTER_ALL_KEYS : encodeKey(query.upper);
    return {
      from: query.lowerOpen && query.lower !== undefined ? justAfter(from) : from,
      to: query.upperOpen || query.upper === undefined ? to : justAfter(to),
    };
  }
  const key = encodeKey(query);
  return { from: key, to: justAfter(key) };
}

/** As {@link readKeySpan} where IndexedDB asks for a key or a range (get, delete): nothing is a DataError. */
export function readRequiredKeySpan(query: unknown): KeySpan {
  if (query === undefined || query === null)
    throw new DOMException('No key or key range specified.', 'DataError');
  return readKeySpan(query);
}

/** No encoded key is the prefix of another, so one more byte separates a key from its successors. */
export function justAfter(key: Uint8Array): Uint8Array {
  const longer = new Uint8Array(key.length + 1);
  longer.set(key);
  return longer;
}
