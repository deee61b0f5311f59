import { walk } from './idb-cursor.ts';
import { decodeKey } from './idb-key.ts';
import { readKeySpan, readRequiredKeySpan } from './idb-key-range.ts';
import { type IDBObjectStore, readLimit, readValue } from './idb-object-store.ts';
import type { IDBRequest } from './idb-request.ts';
import type { IndexShape, RecordStore } from './record-store.ts';
import { StrictObject, unsupported } from './strict-object.ts';

/** https://www.w3.org/TR/IndexedDB/#index-interface, without multi-entry indexes. */
export class IDBIndex extends StrictObject {
  readonly objectStore: IDBObjectStore;
  readonly name: string;
  readonly #records: RecordStore;
  readonly #id: number;

  constructor(objectStore: IDBObjectStore, records: RecordStore, shape: IndexShape) {
    super();
    this.objectStore = objectStore;
    this.name = shape.name;
    this.#records = records;
    this.#id = shape.id;
    Object.seal(this);
  }

  get(query: unknown): IDBRequest {
    const span = readRequiredKeySpan(query);
    return this.#perform((store) => this.#records.readIndex(store, this.#id, span, 1).map(readValue)[0]);
  }

  getAll(query?: unknown, count?: number): IDBRequest {
    const span = readKeySpan(query);
    const limit = readLimit(count);
    return this.#perform((store) => this.#records.readIndex(store, this.#id, span, limit).map(readValue));
  }

  /** The keys of the records, in the order of the index. */
  getAllKeys(query?: unknown, count?: number): IDBRequest {
    const span = readKeySpan(query);
    const limit = readLimit(count);
    return this.#perform(() => this.#records.readIndexKeys(this.#id, span, limit).map(decodeKey));
  }

  count(query?: unknown): IDBRequest {
    const span = readKeySpan(query);
    return this.#perform(() => this.#records.countIndex(this.#id, span));
  }

  openCursor(query?: unknown, direction = 'next'): IDBRequest {
    if (direction !== 'next') throw unsupported(`openCursor(…, ${direction})`);
    const span = readKeySpan(query);
    return walk(this.objectStore, (after) => {
      const store = this.objectStore.shape.id;
      const row =
        after === null
          ? this.#records.readIndex(store, this.#id, span, 1)[0]
          : this.#records.readNextInIndex(store, this.#id, after.key, after.recordKey, span.to);
      return row && { key: row.index_key, recordKey: row.key, value: readValue(row) };
    });
  }

  #perform(run: (store: number) => unknown): IDBRequest {
    return this.objectStore.transaction.perform(() => run(this.objectStore.shape.id), 'read');
  }
}
