import type { IDBObjectStore } from './idb-object-store.ts';
import type { IdbEvent } from './idb-request.ts';
import { IDBTransaction, type TransactionMode } from './idb-transaction.ts';
import type { RecordStore, StoreShape } from './record-store.ts';
import { StrictObject, unsupported } from './strict-object.ts';
import type { TransactionQueue } from './transaction-queue.ts';

/** https://www.w3.org/TR/IndexedDB/#database-interface: one connection to one named database of the SQLite file. */
export class IDBDatabase extends StrictObject {
  readonly name: string;
  onversionchange: ((event: IdbEvent) => void) | null = null;
  onclose: ((event: IdbEvent) => void) | null = null;
  onabort: ((event: IdbEvent) => void) | null = null;
  onerror: ((event: IdbEvent) => void) | null = null;
  readonly #records: RecordStore;
  readonly #queue: TransactionQueue;
  readonly #whenClosed: () => void;
  #version: number;
  #stores: Map<string, StoreShape>;
  #upgrade: IDBTransaction | null = null;
  #running = 0;
  #closing = false;

  constructor(
    name: string,
    records: RecordStore,
    queue: TransactionQueue,
    whenClosed: (db: IDBDatabase) => void,
  ) {
    super();
    this.name = name;
    this.#records = records;
    this.#queue = queue;
    this.#whenClosed = () => whenClosed(this);
    this.#version = 0;
    this.#stores = new Map();
    this.reload();
    Object.seal(this);
  }

  get version(): number {
    return this.#version;
  }

  get objectStoreNames(): StringList {
    return new StringList([...this.#stores.keys()].sort());
  }

  transaction(
    storeNames: string | readonly string[],
    mode: TransactionMode = 'readonly',
    options?: object,
  ): IDBTransaction {
    if (options !== undefined) throw unsupported('IDBDatabase.transaction(…, options)');
    if (mode !== 'readonly' && mode !== 'readwrite') throw new TypeError(`${mode} is no transaction mode`);
    if (this.#upgrade !== null) throw new DOMException('An upgrade is running.', 'InvalidStateError');
    if (this.#closing) throw new DOMException('The connection is closing.', 'InvalidStateError');
    const scope = new Map<string, StoreShape>();
    for (const name of typeof storeNames === 'string' ? [storeNames] : storeNames) {
      const shape = this.#stores.get(name);
      if (shape === undefined) throw new DOMException(`No object store named ${name}.`, 'NotFoundError');
      scope.set(name, shape);
    }
    if (scope.size === 0) throw new DOMException('The scope is empty.', 'InvalidAccessError');
    this.#running += 1;
    const transaction = new IDBTransaction({
      db: this,
      mode,
      records: this.#records,
      scope,
      whenFinished: () => this.#release(),
    });
    this.#queue.add(transaction);
    return transaction;
  }

  createObjectStore(name: string, options?: object): IDBObjectStore {
    const upgrade = this.#requireUpgrade();
    if (options !== undefined) throw unsupported('IDBDatabase.createObjectStore(…, options)');
    if (this.#stores.has(name))
      throw new DOMException(`An object store named ${name} exists.`, 'ConstraintError');
    this.#stores.set(name, { id: this.#records.createStore(this.name, name), name, indexes: [] });
    return upgrade.objectStore(name);
  }

  deleteObjectStore(name: string): void {
    const upgrade = this.#requireUpgrade();
    const shape = this.#stores.get(name);
    if (shape === undefined) throw new DOMException(`No object store named ${name}.`, 'NotFoundError');
    this.#stores.delete(name);
    // The records go once the requests already made on that store have been answered.
    upgrade.perform(() => this.#records.deleteStore(shape), 'write');
    this.#records.renameStore(shape.id, `${name} (deleted ${shape.id})`);
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#running === 0) this.#whenClosed();
  }

  // — called by IDBTransaction and IDBFactory, never by the crypto library —

  get isClosing(): boolean {
    return this.#closing;
  }

  findStore(name: string): StoreShape | undefined {
    return this.#stores.get(name);
  }

  replaceStore(shape: StoreShape): void {
    this.#stores.set(shape.name, shape);
  }

  /** Reads version and stores again from SQLite: at opening, and after an upgrade was rolled back. */
  reload(): void {
    this.#version = this.#records.readVersion(this.name);
    this.#stores = new Map(this.#records.readStores(this.name).map((store) => [store.name, store]));
  }

  beginUpgrade(upgrade: IDBTransaction, version: number): void {
    this.#upgrade = upgrade;
    this.#running += 1;
    this.#version = version;
    upgrade.attempt(() => this.#records.writeVersion(this.name, version));
  }

  endUpgrade(): void {
    this.#upgrade = null;
    this.reload();
    this.#release();
  }

  #release(): void {
    this.#running -= 1;
    if (this.#closing && this.#running === 0) this.#whenClosed();
  }

  #requireUpgrade(): IDBTransaction {
    if (this.#upgrade === null) throw new DOMException('Not in an upgrade.', 'InvalidStateError');
    this.#upgrade.requireUpgrade();
    return this.#upgrade;
  }
}

/** The part of DOMStringList that is used. */
export class StringList extends StrictObject {
  readonly #names: readonly string[];

  constructor(names: readonly string[]) {
    super();
    this.#names = names;
    Object.freeze(this);
  }

  get length(): number {
    return this.#names.length;
  }

  item(index: number): string | null {
    return this.#names[index] ?? null;
  }

  contains(name: string): boolean {
    return this.#names.includes(name);
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#names[Symbol.iterator]();
  }
}
