import { afterAllKeys, beforeAllKeys, decodeKey, encodeKey, type IdbKey } from './idb-key.ts';
import { StrictObject } from './strict-object.ts';

/** A range as SQLite compares it: `from` included, `to` excluded, both encoded. */
export interface KeySpan {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** The range holds the key `from` and no other. */
  readonly single?: true;
}

/** https://www.w3.org/TR/IndexedDB/#keyrange */
export class IDBKeyRange extends StrictObject {
  readonly lower: IdbKey | undefined;
  readonly upper: IdbKey | undefined;
  readonly lowerOpen: boolean;
  readonly upperOpen: boolean;

  readonly #span: KeySpan;

  private constructor(
    lower: Uint8Array | undefined,
    upper: Uint8Array | undefined,
    lowerOpen: boolean,
    upperOpen: boolean,
  ) {
    super();
    // A decoded copy, as the specification has it: an array that the caller changes later does not change the range.
    this.lower = lower && decodeKey(lower);
    this.upper = upper && decodeKey(upper);
    this.lowerOpen = lowerOpen;
    this.upperOpen = upperOpen;
    const from = lower ?? beforeAllKeys;
    const to = upper ?? afterAllKeys;
    this.#span = {
      from: lowerOpen && lower !== undefined ? justAfter(from) : from,
      to: upperOpen || upper === undefined ? to : justAfter(to),
    };
    Object.freeze(this);
  }

  /** The range as SQLite compares it, for the object stores and indexes that are asked with it. */
  toSpan(): KeySpan {
    return this.#span;
  }

  static only(value: unknown): IDBKeyRange {
    const key = encodeKey(value);
    return new IDBKeyRange(key, key, false, false);
  }

  static lowerBound(lower: unknown, open = false): IDBKeyRange {
    return new IDBKeyRange(encodeKey(lower), undefined, open, true);
  }

  static upperBound(upper: unknown, open = false): IDBKeyRange {
    return new IDBKeyRange(undefined, encodeKey(upper), true, open);
  }

  static bound(lower: unknown, upper: unknown, lowerOpen = false, upperOpen = false): IDBKeyRange {
    const from = encodeKey(lower);
    const to = encodeKey(upper);
    const order = Buffer.compare(from, to);
    if (order > 0 || (order === 0 && (lowerOpen || upperOpen))) {
      throw new DOMException('The lower key is greater than the upper key.', 'DataError');
    }
    return new IDBKeyRange(from, to, lowerOpen, upperOpen);
  }
}

/** What a query parameter stands for: nothing, a key, or a range. Throws a DataError on anything else. */
export function readKeySpan(query: unknown): KeySpan {
  if (query === undefined || query === null) return { from: beforeAllKeys, to: afterAllKeys };
  if (query instanceof IDBKeyRange) return query.toSpan();
  const key = encodeKey(query);
  return { from: key, to: justAfter(key), single: true };
}

/** As {@link readKeySpan} where IndexedDB asks for a key or a range (get, delete): nothing is a DataError. */
export function readRequiredKeySpan(query: unknown): KeySpan {
  if (query === undefined || query === null)
    throw new DOMException('No key or key range specified.', 'DataError');
  return readKeySpan(query);
}

/** No encoded key is the prefix of another, so one more byte separates a key from its successors. */
export function justAfter(key: Uint8Array): Uint8Array {
  const longer = Buffer.allocUnsafe(key.length + 1);
  longer.set(key);
  longer[key.length] = 0;
  return longer;
}
