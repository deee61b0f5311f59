import { IDBDatabase } from './idb-database.ts';
import { IDBOpenDBRequest, IdbEvent } from './idb-request.ts';
import { IDBTransaction } from './idb-transaction.ts';
import type { RecordStore } from './record-store.ts';
import { StrictObject } from './strict-object.ts';
import { createTransactionQueue, type ScheduledWork, type TransactionQueue } from './transaction-queue.ts';

/** https://www.w3.org/TR/IndexedDB/#factory-interface over one SQLite file. */
export class IDBFactory extends StrictObject {
  readonly #records: RecordStore;
  readonly #queue: TransactionQueue;
  readonly #connections = new Set<IDBDatabase>();
  readonly #blocked: { readonly name: string; readonly work: ScheduledWork }[] = [];

  constructor(records: RecordStore, onStorageError: (error: unknown) => void) {
    super();
    this.#records = records;
    this.#queue = createTransactionQueue(onStorageError);
    Object.seal(this);
  }

  open(name: string, version?: number): IDBOpenDBRequest {
    if (version !== undefined && (!Number.isInteger(version) || version < 1)) {
      throw new TypeError('version is not a positive integer');
    }
    const request = new IDBOpenDBRequest();
    this.#queue.add(this.#planOpening(request, name, version));
    return request;
  }

  /** Called by install-indexeddb.ts alone: runs between two transactions, never inside one that may be rolled back. */
  runAlone(run: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.add({
        start: () => {},
        step: () => {
          try {
            run();
            resolve();
          } catch (error) {
            reject(error);
          }
          return 'done';
        },
        end: () => {},
      });
    });
  }

  /** Called by install-indexeddb.ts alone: whether nothing is open or under way, so that it may be closed. */
  get isIdle(): boolean {
    return this.#queue.isIdle() && this.#connections.size === 0;
  }

  #planOpening(request: IDBOpenDBRequest, name: string, version: number | undefined): ScheduledWork {
    let db: IDBDatabase | undefined;
    let upgrade: IDBTransaction | undefined;
    let committed = true;
    let blocked = false;
    const succeed = (): void => {
      if (committed && db !== undefined) request.settle(db, null);
      else request.settle(undefined, new DOMException('The upgrade was aborted.', 'AbortError'));
    };
    const work: ScheduledWork = {
      start: () => {
        const current = this.#records.readVersion(name);
        const wanted = version ?? Math.max(1, current);
        if (wanted < current) return;
        // An upgrade waits until the other connections to its database are closed.
        const others = [...this.#connections].filter((other) => other.name === name);
        blocked = wanted > current && others.length > 0;
        if (blocked) {
          for (const other of others) {
            if (!other.isClosing) other.onversionchange?.(new IdbEvent('versionchange', other));
          }
          return;
        }
        db = new IDBDatabase(name, this.#records, this.#queue, (closed) => this.#forget(closed));
        this.#connections.add(db);
        if (wanted === current) return;
        const opened = db;
        upgrade = new IDBTransaction({
          db: opened,
          mode: 'versionchange',
          records: this.#records,
          scope: null,
          whenFinished: (done) => {
            committed = done;
            opened.endUpgrade();
            if (!done) opened.close();
          },
        });
        upgrade.start();
        opened.beginUpgrade(upgrade, wanted);
        // SQLite has refused to begin: whoever opens the database is told that the upgrade was aborted.
        if (upgrade.isFinished) {
          upgrade.end();
          upgrade = undefined;
          return;
        }
        request.foresee(opened, upgrade);
        request.onupgradeneeded?.(
          new IdbEvent('upgradeneeded', request, { oldVersion: current, newVersion: wanted }),
        );
      },
      step: () => {
        if (blocked) return 'done';
        if (db === undefined) {
          request.settle(undefined, new DOMException('The stored version is higher.', 'VersionError'));
          return 'done';
        }
        if (upgrade === undefined) {
          succeed();
          return 'done';
        }
        if (upgrade.step() === 'more') return 'more';
        upgrade.end();
        upgrade = undefined;
        request.foresee(undefined, null);
        return 'more';
      },
      end: () => {
        if (blocked) this.#blocked.push({ name, work });
        blocked = false;
        // The handlers of versionchange may have closed the connections that this upgrade waits for.
        this.#unblock();
      },
    };
    return work;
  }

  #forget(db: IDBDatabase): void {
    this.#connections.delete(db);
    this.#unblock();
  }

  #unblock(): void {
    for (const opening of [...this.#blocked]) {
      if ([...this.#connections].some((db) => db.name === opening.name)) continue;
      this.#blocked.splice(this.#blocked.indexOf(opening), 1);
      this.#queue.add(opening.work);
    }
  }
}
