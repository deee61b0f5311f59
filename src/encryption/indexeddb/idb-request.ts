import type { IDBTransaction } from './idb-transaction.ts';
import { StrictObject } from './strict-object.ts';

type Handler = ((event: IdbEvent) => void) | null;

/** What the crypto library reads of an event; dispatched to `on…` handlers only, then to those of the transaction. */
export class IdbEvent extends StrictObject {
  readonly type: string;
  readonly target: object;
  readonly oldVersion: number;
  readonly newVersion: number;
  defaultPrevented = false;

  constructor(type: string, target: object, versions = { oldVersion: 0, newVersion: 0 }) {
    super();
    this.type = type;
    this.target = target;
    this.oldVersion = versions.oldVersion;
    this.newVersion = versions.newVersion;
    Object.seal(this);
  }

  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

/** https://www.w3.org/TR/IndexedDB/#request-api */
export class IDBRequest extends StrictObject {
  onsuccess: Handler = null;
  onerror: Handler = null;
  #transaction: IDBTransaction | null;
  #state: { done: false } | { done: true; result: unknown; error: DOMException | null } = { done: false };

  constructor(transaction: IDBTransaction | null) {
    super();
    this.#transaction = transaction;
    if (new.target === IDBRequest) Object.seal(this);
  }

  /** null for a request that opens a database, except while it upgrades. */
  get transaction(): IDBTransaction | null {
    return this.#transaction;
  }

  get readyState(): 'pending' | 'done' {
    return this.#state.done ? 'done' : 'pending';
  }

  get result(): unknown {
    if (!this.#state.done) throw new DOMException('The request has not finished.', 'InvalidStateError');
    return this.#state.result;
  }

  get error(): DOMException | null {
    if (!this.#state.done) throw new DOMException('The request has not finished.', 'InvalidStateError');
    return this.#state.error;
  }

  /** Called by whoever carries out the request: stores its outcome, then calls its handler. */
  settle(result: unknown, error: DOMException | null): IdbEvent {
    this.#state = { done: true, result, error };
    const event = new IdbEvent(error === null ? 'success' : 'error', this);
    (error === null ? this.onsuccess : this.onerror)?.(event);
    return event;
  }

  /** Called by cursors: after `continue()` the same request is answered again. */
  reopen(): void {
    this.#state = { done: false };
  }

  /** Called by upgrades: result and transaction are readable in `upgradeneeded`, before the request succeeds. */
  foresee(result: unknown, upgrade: IDBTransaction | null): void {
    this.#state = { done: true, result, error: null };
    this.#transaction = upgrade;
  }
}

export class IDBOpenDBRequest extends IDBRequest {
  onupgradeneeded: Handler = null;
  onblocked: Handler = null;

  constructor() {
    super(null);
    Object.seal(this);
  }
}
