import { deserialize, serialize } from 'node:v8';
import { walk } from './idb-cursor.ts';
import { IDBIndex } from './idb-index.ts';
import { decodeKey, encodeIndexKey, encodeKey } from './idb-key.ts';
import { justAfter, type KeySpan, readKeySpan, readRequiredKeySpan } from './idb-key-range.ts';
import type { IDBRequest } from './idb-request.ts';
import type { IDBTransaction } from './idb-transaction.ts';
import type { IndexShape, RecordStore, StoreShape } from './record-store.ts';
import { StrictObject, unsupported } from './strict-object.ts';

/** https://www.w3.org/TR/IndexedDB/#object-store-interface, with out-of-line keys given by the caller only. */
export class IDBObjectStore extends StrictObject {
  readonly transaction: IDBTransaction;
  readonly name: string;
  readonly #records: RecordStore;
  readonly #indexes = new Map<string, IDBIndex>();
  #shape: StoreShape;

  constructor(transaction: IDBTransaction, records: RecordStore, shape: StoreShape) {
    super();
    this.transaction = transaction;
    this.name = shape.name;
    this.#records = records;
    this.#shape = shape;
    Object.seal(this);
  }

  get shape(): StoreShape {
    return this.#shape;
  }

  get(query: unknown): IDBRequest {
    const span = readRequiredKeySpan(query);
    return this.#perform(() => this.#records.readValues(this.#shape.id, span, 1).map(readValue)[0], 'read');
  }

  getAll(query?: unknown, count?: number): IDBRequest {
    const span = readKeySpan(query);
    const limit = readLimit(count);
    return this.#perform(() => this.#records.readValues(this.#shape.id, span, limit).map(readValue), 'read');
  }

  getAllKeys(query?: unknown, count?: number): IDBRequest {
    const span = readKeySpan(query);
    const limit = readLimit(count);
    return this.#perform(() => this.#records.readKeys(this.#shape.id, span, limit).map(decodeKey), 'read');
  }

  count(query?: unknown): IDBRequest {
    const span = readKeySpan(query);
    return this.#perform(() => this.#records.count(this.#shape.id, span), 'read');
  }

  put(value: unknown, key: unknown): IDBRequest {
    return this.#store(value, key, 'replace');
  }

  add(value: unknown, key: unknown): IDBRequest {
    return this.#store(value, key, 'refuse');
  }

  delete(query: unknown): IDBRequest {
    return this.removeSpan(readRequiredKeySpan(query));
  }

  clear(): IDBRequest {
    return this.removeSpan(readKeySpan(undefined));
  }

  openCursor(query?: unknown, direction = 'next'): IDBRequest {
    if (direction !== 'next') throw unsupported(`openCursor(…, ${direction})`);
    const span = readKeySpan(query);
    return walk(this, (after) => {
      const from = after === null ? span.from : justAfter(after.key);
      const record = this.#records.read(this.#shape.id, { from, to: span.to }, 1)[0];
      return record && { key: record.key, recordKey: record.key, value: readValue(record) };
    });
  }

  index(name: string): IDBIndex {
    const shape = this.#shape.indexes.find((index) => index.name === name);
    if (shape === undefined) throw new DOMException(`No index named ${name}.`, 'NotFoundError');
    const index = this.#indexes.get(name) ?? new IDBIndex(this, this.#records, shape);
    this.#indexes.set(name, index);
    return index;
  }

  createIndex(name: string, keyPath: unknown, options: object = {}): IDBIndex {
    this.transaction.requireUpgrade();
    const { unique = false, ...others } = options as { unique?: boolean };
    if (Object.keys(others).length > 0) throw unsupported(`createIndex(… ${Object.keys(others).join(', ')})`);
    if (this.#shape.indexes.some((index) => index.name === name)) {
      throw new DOMException(`An index named ${name} exists.`, 'ConstraintError');
    }
    const plan = { name, keyPath: readKeyPath(keyPath), unique: unique === true };
    const shape = { id: this.#records.createIndex(this.#shape.id, plan), ...plan };
    this.#shape = { ...this.#shape, indexes: [...this.#shape.indexes, shape] };
    this.transaction.db.replaceStore(this.#shape);
    // The index is filled once the requests already made are answered; two records with one unique key abort the upgrade.
    this.transaction.perform(() => {
      for (const record of this.#records.read(this.#shape.id, readKeySpan(undefined), -1)) {
        this.#writeEntries([shape], record.key, readValue(record));
      }
    }, 'write');
    return this.index(name);
  }

  /** Called by cursors: replaces the value under a key that it has read. */
  overwrite(value: unknown, key: Uint8Array): IDBRequest {
    const copy = clone(value);
    return this.#perform(() => this.#write(copy, key), 'write');
  }

  /** Called by cursors: removes the record that it has read. */
  removeSpan(span: KeySpan): IDBRequest {
    return this.#perform(() => this.#remove(span), 'write');
  }

  #store(value: unknown, key: unknown, onExisting: 'replace' | 'refuse'): IDBRequest {
    const encoded = encodeKey(key);
    const copy = clone(value);
    return this.#perform(() => {
      const span = { from: encoded, to: justAfter(encoded) };
      if (onExisting === 'refuse' && this.#records.count(this.#shape.id, span) > 0) {
        throw new DOMException('A record with this key exists.', 'ConstraintError');
      }
      return this.#write(copy, encoded);
    }, 'write');
  }

  #write(copy: Copy, key: Uint8Array): unknown {
    // Unique keys are checked before anything is written: a refused record leaves no trace, even when the caller prevents
    // the abort.
    for (const index of this.#shape.indexes) this.#checkUnique(index, key, copy.value);
    this.#records.write(this.#shape.id, key, copy.bytes);
    this.#writeEntries(this.#shape.indexes, key, copy.value);
    return decodeKey(key);
  }

  #writeEntries(indexes: readonly IndexShape[], key: Uint8Array, value: unknown): void {
    for (const index of indexes) {
      this.#checkUnique(index, key, value);
      const entry = extractKey(value, index.keyPath);
      if (entry === undefined) this.#records.removeEntries(index.id, { from: key, to: justAfter(key) });
      else this.#records.writeEntry(index.id, key, entry);
    }
  }

  #checkUnique(index: IndexShape, key: Uint8Array, value: unknown): void {
    if (!index.unique) return;
    const entry = extractKey(value, index.keyPath);
    const owner = entry && this.#records.readEntryOwner(index.id, entry);
    if (owner !== undefined && Buffer.compare(owner, key) !== 0) {
      throw new DOMException(`The unique index ${index.name} has this key.`, 'ConstraintError');
    }
  }

  #remove(span: KeySpan): undefined {
    for (const index of this.#shape.indexes) this.#records.removeEntries(index.id, span);
    this.#records.remove(this.#shape.id, span);
    return undefined;
  }

  #perform(run: () => unknown, access: 'read' | 'write'): IDBRequest {
    return this.transaction.perform(run, access);
  }
}

interface Copy {
  readonly value: unknown;
  readonly bytes: Uint8Array;
}

/** V8's structured clone: what IndexedDB asks of values, and a format that later Nodes read. */
function clone(value: unknown): Copy {
  try {
    return { value, bytes: serialize(value) };
  } catch (error) {
    throw new DOMException(error instanceof Error ? error.message : String(error), 'DataCloneError');
  }
}

const [serializedTrue, serializedFalse] = [serialize(true), serialize(false)];

/**
 * At opening the crypto library reads thousands of booleans, one for each user whose devices it follows: they are told by
 * their bytes, which is faster than the deserializer.
 */
export function readValue({ value }: { readonly value: Uint8Array }): unknown {
  if (value.length === serializedFalse.length) {
    if (serializedFalse.equals(value)) return false;
    if (serializedTrue.equals(value)) return true;
  }
  return deserialize(value);
}

/** https://www.w3.org/TR/IndexedDB/#dom-idbobjectstore-getall: no count, or 0, is no limit (-1 for SQLite). */
export function readLimit(count: number | undefined): number {
  if (count === undefined || count === 0) return -1;
  if (!Number.isInteger(count) || count < 0 || count > 0xffffffff)
    throw new TypeError('count is not an unsigned long');
  return count;
}

function readKeyPath(keyPath: unknown): string | readonly string[] {
  const simple = (part: unknown): part is string =>
    typeof part === 'string' && /^[A-Za-z_$][\w$]*$/.test(part);
  if (simple(keyPath)) return keyPath;
  if (Array.isArray(keyPath) && keyPath.length > 0 && keyPath.every(simple)) return keyPath;
  throw unsupported(`keyPath ${JSON.stringify(keyPath)}`);
}

/** The encoded key of a value in an index, or undefined when the record has no place in it. */
function extractKey(value: unknown, keyPath: string | readonly string[]): Uint8Array | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  const pick = (name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined);
  return encodeIndexKey(typeof keyPath === 'string' ? pick(keyPath) : keyPath.map(pick));
}
