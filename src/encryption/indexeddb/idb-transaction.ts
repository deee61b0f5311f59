import type { IDBDatabase } from './idb-database.ts';
import { IDBObjectStore } from './idb-object-store.ts';
import { IDBRequest, IdbEvent } from './idb-request.ts';
import { isSqliteError, type RecordStore, type StoreShape } from './record-store.ts';
import { StrictObject } from './strict-object.ts';
import type { ScheduledWork } from './transaction-queue.ts';

export type TransactionMode = 'readonly' | 'readwrite' | 'versionchange';
type Handler = ((event: IdbEvent) => void) | null;

interface Operation {
  readonly request: IDBRequest;
  readonly run: () => unknown;
}

/**
 * One IndexedDB transaction = one SQLite transaction (https://www.w3.org/TR/IndexedDB/#transaction-construct).
 * They run one after the other, in the order in which they were made: a stricter order than the specification asks, which
 * one SQLite connection gives for free. A transaction with nothing left to do commits by itself.
 */
export class IDBTransaction extends StrictObject implements ScheduledWork {
  readonly db: IDBDatabase;
  readonly mode: TransactionMode;
  oncomplete: Handler = null;
  onabort: Handler = null;
  onerror: Handler = null;
  readonly #records: RecordStore;
  readonly #scope: ReadonlyMap<string, StoreShape> | null;
  readonly #handles = new Map<string, IDBObjectStore>();
  readonly #operations: Operation[] = [];
  readonly #whenFinished: (committed: boolean) => void;
  #state: 'waiting' | 'running' | 'committing' | 'finished' = 'waiting';
  #error: DOMException | null = null;
  #aborted = false;

  /** `scope` is null for an upgrade, which sees every store of the database as it changes. */
  constructor(options: {
    readonly db: IDBDatabase;
    readonly mode: TransactionMode;
    readonly records: RecordStore;
    readonly scope: ReadonlyMap<string, StoreShape> | null;
    readonly whenFinished: (committed: boolean) => void;
  }) {
    super();
    this.db = options.db;
    this.mode = options.mode;
    this.#records = options.records;
    this.#scope = options.scope;
    this.#whenFinished = options.whenFinished;
    Object.seal(this);
  }

  get error(): DOMException | null {
    return this.#error;
  }

  objectStore(name: string): IDBObjectStore {
    if (this.#state === 'finished' || this.#state === 'committing')
      throw new DOMException('The transaction has finished.', 'InvalidStateError');
    const shape = this.#scope === null ? this.db.findStore(name) : this.#scope.get(name);
    if (shape === undefined) throw new DOMException(`No object store named ${name}.`, 'NotFoundError');
    const known = this.#handles.get(name);
    if (known?.shape.id === shape.id) return known;
    const handle = new IDBObjectStore(this, this.#records, shape);
    this.#handles.set(name, handle);
    return handle;
  }

  commit(): void {
    this.#refuseIfInactive();
    this.#state = 'committing';
  }

  abort(): void {
    if (this.#state === 'finished' || this.#state === 'committing') {
      throw new DOMException('The transaction has finished.', 'InvalidStateError');
    }
    this.abortWith(null);
  }

  /** Queues one operation. Throws TransactionInactiveError or ReadOnlyError before doing anything. */
  perform(run: () => unknown, access: 'read' | 'write', request = new IDBRequest(this)): IDBRequest {
    this.#refuseIfInactive();
    if (access === 'write' && this.mode === 'readonly') {
      throw new DOMException('The transaction is read-only.', 'ReadOnlyError');
    }
    this.#operations.push({ request, run });
    return request;
  }

  /** Throws unless this transaction is an upgrade that is still active. */
  requireUpgrade(): void {
    if (this.mode !== 'versionchange') throw new DOMException('Not in an upgrade.', 'InvalidStateError');
    this.#refuseIfInactive();
  }

  /** Rolls back now; tells handlers, as the specification has it, in a later task. */
  abortWith(error: DOMException | null): void {
    if (this.#state === 'finished') return;
    if (this.#state !== 'waiting' && this.mode !== 'readonly') this.#records.rollback();
    this.#aborted = true;
    this.#error = error;
    this.#state = 'finished';
  }

  // — ScheduledWork: called by the queue, one step a turn of the event loop —

  start(): void {
    if (this.#state === 'finished') return;
    if (this.#state === 'waiting') this.#state = 'running';
    if (this.mode !== 'readonly') this.attempt(() => this.#records.begin());
  }

  /** Aborts the transaction when SQLite refuses: the crypto library then gets an error, and waits for no answer. */
  attempt(run: () => void): void {
    if (this.#state === 'finished') return;
    try {
      run();
    } catch (error) {
      this.abortWith(this.#toDomException(error));
    }
  }

  get isFinished(): boolean {
    return this.#state === 'finished';
  }

  step(): 'more' | 'done' {
    const operation = this.#operations.shift();
    if (operation !== undefined) {
      this.#execute(operation);
      return 'more';
    }
    if (this.#state !== 'finished') this.#finish();
    if (this.#aborted) this.onabort?.(this.#tell('abort'));
    else this.oncomplete?.(this.#tell('complete'));
    return 'done';
  }

  end(): void {
    // A transaction that is not finished here had a handler that threw: in SQLite it must not stay open under the next one.
    if (this.#state !== 'finished') this.abortWith(null);
    this.#whenFinished(!this.#aborted);
  }

  #tell(type: string): IdbEvent {
    return new IdbEvent(type, this);
  }

  #execute({ request, run }: Operation): void {
    if (this.#state === 'finished') {
      request.settle(undefined, new DOMException('The transaction was aborted.', 'AbortError'));
      return;
    }
    let result: unknown;
    try {
      result = run();
    } catch (error) {
      const event = request.settle(undefined, this.#toDomException(error));
      this.onerror?.(event);
      // A handler may forgive a refusal of IndexedDB, which has written nothing, but no error of SQLite: it has failed halfway
      // through a request, or has rolled back by itself (a full disk), and what follows would be committed statement by
      // statement.
      if (!event.defaultPrevented || !(error instanceof DOMException)) this.abortWith(request.error);
      return;
    }
    request.settle(result, null);
  }

  #finish(): void {
    this.attempt(() => {
      if (this.mode !== 'readonly') this.#records.commit();
      this.#state = 'finished';
    });
  }

  #refuseIfInactive(): void {
    if (this.#state === 'finished' || this.#state === 'committing') {
      throw new DOMException('The transaction is not active.', 'TransactionInactiveError');
    }
  }

  /** SQLite's errors become what a browser would say, and are told to the owner of the store. */
  #toDomException(error: unknown): DOMException {
    if (error instanceof DOMException) return error;
    if (!isSqliteError(error)) throw error;
    this.#records.reportFailure(error);
    return new DOMException(error instanceof Error ? error.message : String(error), 'UnknownError');
  }
}
