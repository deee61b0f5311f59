import { decodeKey, type IdbKey } from './idb-key.ts';
import { justAfter } from './idb-key-range.ts';
import type { IDBObjectStore } from './idb-object-store.ts';
import type { IDBRequest } from './idb-request.ts';
import { StrictObject, unsupported } from './strict-object.ts';

export interface Position {
  /** The key that orders the cursor: that of the index, for a cursor over an index, otherwise that of the record. */
  readonly key: Uint8Array;
  readonly recordKey: Uint8Array;
  readonly value: unknown;
}

/** Reads the record after a position; the first one when there is no position yet. */
type Advance = (after: Position | null) => Position | undefined;

/** Opens a forward cursor: the request's result is the cursor at each record, then null. */
export function walk(store: IDBObjectStore, advance: Advance): IDBRequest {
  let cursor: IDBCursorWithValue | null = null;
  const request: IDBRequest = store.transaction.perform(() => {
    const position = advance(null);
    if (position === undefined) return null;
    cursor = new IDBCursorWithValue(store, request, position, (after) => {
      request.reopen();
      store.transaction.perform(
        () => {
          const next = advance(after);
          if (next === undefined || cursor === null) return null;
          cursor.moveTo(next);
          return cursor;
        },
        'read',
        request,
      );
    });
    return cursor;
  }, 'read');
  return request;
}

/** https://www.w3.org/TR/IndexedDB/#cursor-interface, forward only. */
export class IDBCursor extends StrictObject {
  readonly #store: IDBObjectStore;
  readonly request: IDBRequest;
  readonly #proceed: (after: Position) => void;
  #position: Position;
  #moving = false;

  constructor(
    store: IDBObjectStore,
    request: IDBRequest,
    position: Position,
    proceed: (after: Position) => void,
  ) {
    super();
    this.request = request;
    this.#store = store;
    this.#position = position;
    this.#proceed = proceed;
    Object.seal(this);
  }

  get key(): IdbKey {
    return decodeKey(this.#position.key);
  }

  get primaryKey(): IdbKey {
    return decodeKey(this.#position.recordKey);
  }

  get value(): unknown {
    return this.#position.value;
  }

  continue(key?: unknown): void {
    if (key !== undefined) throw unsupported('IDBCursor.continue(key)');
    this.#refuseWhileMoving();
    this.#moving = true;
    this.#proceed(this.#position);
  }

  update(value: unknown): IDBRequest {
    this.#refuseWhileMoving();
    return this.#store.overwrite(value, this.#position.recordKey);
  }

  delete(): IDBRequest {
    this.#refuseWhileMoving();
    const { recordKey } = this.#position;
    return this.#store.removeSpan({ from: recordKey, to: justAfter(recordKey) });
  }

  /** Called by `walk` alone: the cursor now shows this record. */
  moveTo(position: Position): void {
    this.#position = position;
    this.#moving = false;
  }

  #refuseWhileMoving(): void {
    if (this.#moving) throw new DOMException('The cursor is moving.', 'InvalidStateError');
  }
}

export class IDBCursorWithValue extends IDBCursor {}
