import { IDBCursor, IDBCursorWithValue } from './idb-cursor.ts';
import { IDBDatabase } from './idb-database.ts';
import { IDBFactory } from './idb-factory.ts';
import { IDBKeyRange } from './idb-key-range.ts';
import { IDBOpenDBRequest, IDBRequest } from './idb-request.ts';
import { isSqliteError, openRecordStore, type RecordStoreOptions } from './record-store.ts';

export interface InstalledIndexedDb {
  /** Notes of ours, in the same file, so that they are lost or restored together with the keys. */
  readNote(name: string): string | undefined;
  writeNote(name: string, value: string): Promise<void>;
  /** Resolves once everything written so far would survive a power cut (durability.ts). */
  settle(): Promise<void>;
  /**
   * Whatever is written until `work` has ended is in the file as a whole, or not at all: when `work` rejects, it is undone,
   * and nothing more can be relied on. Meanwhile `settle` waits: `work` must not wait for it. One at a time.
   */
  together<T>(work: () => Promise<T>): Promise<T>;
  /** Copies what is committed into the empty file `to`, between two transactions. */
  copy(to: string): Promise<void>;
  /** Waits until the crypto library has closed its connections (a second at most), then frees the file. */
  close(): Promise<void>;
}

/**
 * Opens the SQLite file at `path` and gives it to the crypto library as `globalThis.indexedDB`, with the classes that its
 * bindings name in `instanceof`. One file at a time in a process.
 * Throws an EncryptionError (`store-in-use`, `store-damaged`, `disk`). `onStorageError` gets what a handler threw, and
 * SQLite's refusals to begin: after it nothing more can be relied on.
 */
export function installIndexedDb(
  path: string,
  onStorageError: (error: unknown) => void,
  options: RecordStoreOptions = {},
): InstalledIndexedDb {
  const records = openRecordStore(path, onStorageError, options);
  const indexedDB = new IDBFactory(records, (error) => {
    if (isSqliteError(error)) records.reportFailure(error);
    else onStorageError(error);
  });
  Object.assign(globalThis, {
    indexedDB,
    IDBCursor,
    IDBCursorWithValue,
    IDBDatabase,
    IDBKeyRange,
    IDBOpenDBRequest,
    IDBRequest,
  });
  return {
    readNote: records.readNote,
    writeNote: async (name, value) => {
      await indexedDB.runAlone(() => records.writeNote(name, value));
      await records.settle();
    },
    settle: records.settle,
    async together(work) {
      await indexedDB.runAlone(records.startGroup);
      let result: Awaited<ReturnType<typeof work>>;
      try {
        result = await work();
      } catch (error) {
        await indexedDB.runAlone(() => records.failGroup(error));
        throw error;
      }
      await indexedDB.runAlone(records.endGroup);
      return result;
    },
    async copy(to) {
      for (let copied = false; !copied; ) {
        await records.settle();
        await indexedDB.runAlone(() => {
          // SQLite copies no database whose transaction is open.
          if (records.isGrouping()) return;
          records.copy(to);
          copied = true;
        });
      }
    },
    async close() {
      // A clock that nobody sets: by the one on the wall, two hours back would be two hours to wait.
      const deadline = performance.now() + 1000;
      while (!indexedDB.isIdle && performance.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 5));
      records.abandonGroup();
      // A descriptor must not be closed while fdatasync works on it. `onStorageError` has been told of a failure.
      await records.settle().catch(() => undefined);
      records.close();
      if ((globalThis as { indexedDB?: unknown }).indexedDB === indexedDB)
        Object.assign(globalThis, { indexedDB: undefined });
    },
  };
}
