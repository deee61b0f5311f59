import type { IDBCursorWithValue } from '../../src/encryption/indexeddb/idb-cursor.ts';
import type { IDBDatabase } from '../../src/encryption/indexeddb/idb-database.ts';
import type { IDBFactory } from '../../src/encryption/indexeddb/idb-factory.ts';
import type { IDBKeyRange } from '../../src/encryption/indexeddb/idb-key-range.ts';
import type { IDBRequest } from '../../src/encryption/indexeddb/idb-request.ts';
import type { IDBTransaction } from '../../src/encryption/indexeddb/idb-transaction.ts';
import type { Operation, Plan, Query, Range, Upgrade } from './random-transactions.ts';

/** The subset under test, or the oracle seen through the same types. */
export interface Engine {
  readonly factory: IDBFactory;
  readonly keyRange: typeof IDBKeyRange;
}

type Line = readonly [string, ...unknown[]];

const nameOf = (error: unknown): string => (error as { name?: string } | null)?.name ?? 'none';

/** Runs one plan and writes down everything that a caller can see, in the order in which it sees it. */
export async function runPlan(engine: Engine, db: IDBDatabase, plan: Plan): Promise<Line[]> {
  const log: Line[] = [];
  const transaction = db.transaction([...plan.stores], plan.mode);
  const finished = new Promise<void>((resolve) => {
    transaction.oncomplete = () => resolve(void log.push(['complete']));
    transaction.onabort = () => resolve(void log.push(['abort', nameOf(transaction.error)]));
  });

  const pending = [...plan.operations.entries()];
  const issue = (): void => {
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      const [at, operation] = next;
      const follow = pending[0]?.[1].chained === true ? issue : () => {};
      try {
        perform(engine, transaction, operation, at, log, follow);
      } catch (error) {
        log.push([`${at} throws`, nameOf(error)]);
      }
      if (pending[0]?.[1].chained === true) break;
    }
  };
  issue();
  if (plan.ending === 'commit') attempt(log, 'commit', () => transaction.commit());
  if (plan.ending === 'abort') attempt(log, 'abort()', () => transaction.abort());
  await finished;
  if (plan.ending === 'late abort') attempt(log, 'abort()', () => transaction.abort());
  return log;
}

function attempt(log: Line[], what: string, call: () => void): void {
  try {
    call();
  } catch (error) {
    log.push([`${what} throws`, nameOf(error)]);
  }
}

function perform(
  engine: Engine,
  transaction: IDBTransaction,
  operation: Operation,
  at: number,
  log: Line[],
  follow: () => void,
): void {
  const store = transaction.objectStore(operation.store);
  const source = operation.index === null ? store : store.index(operation.index);
  const query = (given: Query): unknown => toQuery(engine, given);
  const watch = (request: IDBRequest, show: (result: unknown) => unknown): void => {
    request.onsuccess = () => {
      log.push([`${at} ${operation.call}`, show(request.result)]);
      follow();
    };
    request.onerror = (event) => {
      log.push([`${at} ${operation.call} fails`, nameOf(request.error)]);
      if (operation.preventDefault) event.preventDefault();
    };
  };
  const asIs = (result: unknown): unknown => structuredClone(result);
  switch (operation.call) {
    case 'get':
      watch(source.get(query(operation.query)), asIs);
      break;
    case 'count':
      watch(source.count(query(operation.query)), asIs);
      break;
    case 'getAll':
      watch(source.getAll(query(operation.query), operation.count ?? undefined), asIs);
      break;
    case 'getAllKeys':
      watch(source.getAllKeys(query(operation.query), operation.count ?? undefined), asIs);
      break;
    case 'delete':
      watch(store.delete(query(operation.query)), asIs);
      break;
    case 'put':
      watch(store.put(operation.value, operation.key), asIs);
      break;
    case 'add':
      watch(store.add(operation.value, operation.key), asIs);
      break;
    case 'clear':
      watch(store.clear(), asIs);
      break;
    case 'openCursor': {
      const steps = [...operation.steps];
      const request = source.openCursor(query(operation.query));
      request.onsuccess = () => {
        const cursor = request.result as IDBCursorWithValue | null;
        if (cursor === null) {
          log.push([`${at} cursor ends`]);
          follow();
          return;
        }
        log.push([`${at} cursor`, cursor.key, cursor.primaryKey, structuredClone(cursor.value)]);
        const step = steps.shift();
        if (step === undefined) return follow();
        attempt(log, `${at} ${step}`, () => {
          if (step === 'pass') return;
          const change = step === 'update' ? cursor.update(operation.value) : cursor.delete();
          change.onsuccess = () => log.push([`${at} ${step}`, structuredClone(change.result)]);
          change.onerror = (event) => {
            log.push([`${at} ${step} fails`, nameOf(change.error)]);
            if (operation.preventDefault) event.preventDefault();
          };
        });
        attempt(log, `${at} continue`, () => cursor.continue());
      };
      request.onerror = () => log.push([`${at} cursor fails`, nameOf(request.error)]);
    }
  }
}

function toQuery({ keyRange }: Engine, query: Query): unknown {
  if (query === null) return undefined;
  if ('key' in query) return query.key;
  const { kind, lower, upper, lowerOpen, upperOpen }: Range = query.range;
  switch (kind) {
    case 'only':
      return keyRange.only(lower);
    case 'lower':
      return keyRange.lowerBound(lower, lowerOpen);
    case 'upper':
      return keyRange.upperBound(upper, upperOpen);
    case 'bound':
      return keyRange.bound(lower, upper, lowerOpen, upperOpen);
  }
}

export async function runUpgrade(
  { factory }: Engine,
  name: string,
  plan: Upgrade,
): Promise<{ outcome: 'upgraded' | 'refused'; log: Line[] }> {
  const log: Line[] = [];
  const request = factory.open(name, plan.version);
  return await new Promise((resolve) => {
    request.onupgradeneeded = (event) => {
      log.push(['upgradeneeded', event.oldVersion, event.newVersion]);
      const db = request.result as IDBDatabase;
      for (const store of plan.remove) db.deleteObjectStore(store);
      for (const store of plan.create) db.createObjectStore(store);
      for (const { store, name: index, keyPath, unique } of plan.indexes) {
        request.transaction?.objectStore(store).createIndex(index, keyPath, { unique });
      }
      for (const { store, key, value } of plan.fill) {
        const put = request.transaction?.objectStore(store).put(value, key);
        if (put === undefined) continue;
        put.onsuccess = () => log.push(['fill', put.result]);
        put.onerror = (failure) => {
          log.push(['fill fails', nameOf(put.error)]);
          failure.preventDefault();
        };
      }
      if (plan.abort) request.transaction?.abort();
    };
    request.onsuccess = () => {
      const db = request.result as IDBDatabase;
      log.push(['stores', [...db.objectStoreNames], db.version]);
      db.close();
      resolve({ outcome: 'upgraded', log });
    };
    request.onerror = () => {
      log.push(['open fails', nameOf(request.error)]);
      resolve({ outcome: 'refused', log });
    };
  });
}

export async function openAt({ factory }: Engine, name: string): Promise<IDBDatabase> {
  const request = factory.open(name);
  return await new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as IDBDatabase);
    request.onerror = () => reject(request.error);
  });
}

/** Everything in a database, by every way of reading it. */
export async function dump(engine: Engine, name: string): Promise<unknown> {
  const db = await openAt(engine, name);
  const read = (request: IDBRequest): Promise<unknown> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result as IDBDatabase);
      request.onerror = () => reject(request.error);
    });
  const contents: Record<string, unknown> = {};
  for (const store of [...db.objectStoreNames]) {
    const source = db.transaction(store).objectStore(store);
    const [keys, values, count] = await Promise.all([
      read(source.getAllKeys()),
      read(source.getAll()),
      read(source.count()),
    ]);
    const indexes = await Promise.all(
      ['by_n', 'by_u', 'by_abc'].map((index) =>
        read(db.transaction(store).objectStore(store).index(index).getAll()),
      ),
    );
    contents[store] = { keys, values, count, indexes };
  }
  const { version } = db;
  db.close();
  return { version, contents };
}
