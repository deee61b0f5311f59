import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { EncryptionError } from '../encryption-error.ts';
import { type CommitRecorder, createCommits } from './commits.ts';
import { createDurability } from './durability.ts';
import type { KeySpan } from './idb-key-range.ts';

export interface StoredRecord {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface IndexShape {
  readonly id: number;
  readonly name: string;
  readonly keyPath: string | readonly string[];
  readonly unique: boolean;
}

export interface StoreShape {
  readonly id: number;
  readonly name: string;
  readonly indexes: readonly IndexShape[];
}

const schema = `
CREATE TABLE IF NOT EXISTS databases (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS object_stores (
  id INTEGER PRIMARY KEY, database TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (database, name)) STRICT;
CREATE TABLE IF NOT EXISTS indexes (
  id INTEGER PRIMARY KEY, store INTEGER NOT NULL, name TEXT NOT NULL, key_path TEXT NOT NULL,
  is_unique INTEGER NOT NULL, UNIQUE (store, name)) STRICT;
CREATE TABLE IF NOT EXISTS records (
  id INTEGER PRIMARY KEY, store INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, UNIQUE (store, key)) STRICT;
CREATE TABLE IF NOT EXISTS index_entries (
  idx INTEGER NOT NULL, record_key BLOB NOT NULL, key BLOB NOT NULL, PRIMARY KEY (idx, record_key))
  STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS index_entries_by_key ON index_entries (idx, key, record_key);
`;

/** 'ATTe' in the header: the file is this project's crypto store and no other SQLite database. */
const applicationId = 0x41545465;
/** Raised when `schema` changes. A file with this number is opened without a write, hence without a wait for the disk. */
const schemaVersion = 1;

export interface RecordStoreOptions {
  /**
   * Called once after each commit that changed something: a transaction, or a note. The commit that makes an empty file's
   * tables, at opening, is not told. Must not throw: what was committed stays so, and the caller would believe the opposite.
   */
  readonly onCommit?: (() => void) | undefined;
  /** Records the commits from here on. `isAltered`: the file has just been changed in a way that is not recorded. */
  readonly record?: ((database: DatabaseSync, isAltered: boolean) => CommitRecorder) | undefined;
}

/**
 * The SQLite file under the IndexedDB subset. One process at a time: SQLite's exclusive lock is taken at opening and
 * given back by the kernel, even after kill -9. A commit survives the end of the process at once, a power cut once
 * `settle` has resolved (durability.ts).
 * Rejects with an {@link EncryptionError}: `store-in-use`, `store-damaged`, `disk`.
 */
export function openRecordStore(
  path: string,
  onFailure: (error: EncryptionError) => void,
  { onCommit, record }: RecordStoreOptions = {},
) {
  const isNew = !existsSync(path);
  // The file is made here, with its mode, so that there is no moment at which others could read it.
  if (isNew) closeSync(openSync(path, 'a', 0o600));
  const { database, isAltered } = openExclusively(path);
  for (const file of [path, `${path}-wal`]) if (existsSync(file)) chmodSync(file, 0o600);
  const durability = createDurability(path);

  const sql = {
    note: database.prepare('SELECT value FROM notes WHERE name = ?'),
    setNote: database.prepare(
      'INSERT INTO notes VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    ),
    version: database.prepare('SELECT version FROM databases WHERE name = ?'),
    setVersion: database.prepare(
      'INSERT INTO databases VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET version = excluded.version',
    ),
    stores: database.prepare('SELECT id, name FROM object_stores WHERE database = ? ORDER BY name'),
    indexes: database.prepare(
      'SELECT id, name, key_path, is_unique FROM indexes WHERE store = ? ORDER BY name',
    ),
    addStore: database.prepare('INSERT INTO object_stores (database, name) VALUES (?, ?) RETURNING id'),
    addIndex: database.prepare(
      'INSERT INTO indexes (store, name, key_path, is_unique) VALUES (?, ?, ?, ?) RETURNING id',
    ),
    renameStore: database.prepare('UPDATE object_stores SET name = ? WHERE id = ?'),
    dropEntries: database.prepare('DELETE FROM index_entries WHERE idx = ?'),
    dropIndexes: database.prepare('DELETE FROM indexes WHERE store = ?'),
    dropStore: database.prepare('DELETE FROM object_stores WHERE id = ?'),
    read: database.prepare(
      'SELECT key, value FROM records WHERE store = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?',
    ),
    readValues: database.prepare(
      'SELECT value FROM records WHERE store = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?',
    ),
    readValue: database.prepare('SELECT value FROM records WHERE store = ? AND key = ?'),
    readKeys: database.prepare(
      'SELECT key FROM records WHERE store = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?',
    ),
    count: database.prepare('SELECT count(*) AS n FROM records WHERE store = ? AND key >= ? AND key < ?'),
    write: database.prepare(
      'INSERT INTO records (store, key, value) VALUES (?, ?, ?) ON CONFLICT (store, key) DO UPDATE SET value = excluded.value',
    ),
    remove: database.prepare('DELETE FROM records WHERE store = ? AND key >= ? AND key < ?'),
    removeEntries: database.prepare(
      'DELETE FROM index_entries WHERE idx = ? AND record_key >= ? AND record_key < ?',
    ),
    writeEntry: database.prepare(
      'INSERT INTO index_entries VALUES (?, ?, ?) ON CONFLICT (idx, record_key) DO UPDATE SET key = excluded.key',
    ),
    entryOwner: database.prepare('SELECT record_key FROM index_entries WHERE idx = ? AND key = ? LIMIT 1'),
    readIndex: database.prepare(
      `SELECT e.key AS index_key, e.record_key AS key, r.value AS value FROM index_entries e
       JOIN records r ON r.store = ? AND r.key = e.record_key
       WHERE e.idx = ? AND e.key >= ? AND e.key < ? ORDER BY e.key, e.record_key LIMIT ?`,
    ),
    nextInIndex: database.prepare(
      `SELECT e.key AS index_key, e.record_key AS key, r.value AS value FROM index_entries e
       JOIN records r ON r.store = ? AND r.key = e.record_key
       WHERE e.idx = ? AND (e.key, e.record_key) > (?, ?) AND e.key < ? ORDER BY e.key, e.record_key LIMIT 1`,
    ),
    readIndexKeys: database.prepare(
      'SELECT record_key FROM index_entries WHERE idx = ? AND key >= ? AND key < ? ORDER BY key, record_key LIMIT ?',
    ),
    countIndex: database.prepare(
      'SELECT count(*) AS n FROM index_entries WHERE idx = ? AND key >= ? AND key < ?',
    ),
  };

  const commits = createCommits(
    database,
    (hasChanged) => {
      durability.noteCommit();
      if (hasChanged) onCommit?.();
    },
    record?.(database, isAltered),
  );

  function reportFailure(error: EncryptionError): void {
    commits.spoil();
    onFailure(error);
  }

  return {
    /** Tells that SQLite has refused something (a full disk, mostly): the store can no longer be relied on. */
    reportFailure: (error: unknown) => reportFailure(readSqliteError(error, path)),
    begin: commits.begin,
    commit: commits.commit,
    rollback: commits.rollback,
    startGroup: commits.startGroup,
    /** Throws after telling `onFailure`. */
    endGroup: (): void => {
      try {
        commits.endGroup();
      } catch (error) {
        const failure = readSqliteError(error, path);
        reportFailure(failure);
        throw failure;
      }
    },
    /**
     * Resolves once everything committed so far, and the group under way, would survive a power cut. Rejects after telling
     * `onFailure`, and once a group has come to nothing.
     */
    settle: async (): Promise<void> => {
      await commits.untilGrouped();
      await durability.settle().catch((error: unknown) => {
        const failure = new EncryptionError('disk', { path, cause: error });
        reportFailure(failure);
        throw failure;
      });
    },
    abandonGroup: (): void => void commits.abandonGroup(new Error('the store was closed')),
    /** Undoes the group, for whoever made it has failed halfway. Tells `onFailure` if there was anything in it. */
    failGroup: (cause: unknown): void => {
      if (commits.abandonGroup(cause)) onFailure(new EncryptionError('panic', { cause }));
    },
    isGrouping: commits.isGrouping,
    close: () => {
      database.close();
      durability.close();
    },

    /** What the project itself keeps beside the keys, to be lost or restored together with them. */
    readNote: (name: string) => (sql.note.get(name) as { value: string } | undefined)?.value,
    writeNote: (name: string, value: string) => {
      try {
        commits.begin();
        sql.setNote.run(name, value);
        commits.commit();
      } catch (error) {
        commits.rollback();
        const failure = readSqliteError(error, path);
        reportFailure(failure);
        throw failure;
      }
    },

    readVersion: (name: string): number =>
      (sql.version.get(name) as { version: number } | undefined)?.version ?? 0,
    writeVersion: (name: string, version: number) => void sql.setVersion.run(name, version),
    readStores: (name: string): StoreShape[] =>
      (sql.stores.all(name) as { id: number; name: string }[]).map((store) => ({
        ...store,
        indexes: (
          sql.indexes.all(store.id) as { id: number; name: string; key_path: string; is_unique: number }[]
        ).map((index) => ({
          id: index.id,
          name: index.name,
          keyPath: JSON.parse(index.key_path) as string | string[],
          unique: index.is_unique === 1,
        })),
      })),
    createStore: (name: string, store: string): number =>
      (sql.addStore.get(name, store) as { id: number }).id,
    createIndex: (store: number, shape: Omit<IndexShape, 'id'>): number =>
      (
        sql.addIndex.get(store, shape.name, JSON.stringify(shape.keyPath), shape.unique ? 1 : 0) as {
          id: number;
        }
      ).id,
    renameStore: (id: number, name: string) => void sql.renameStore.run(name, id),
    deleteStore: (store: StoreShape) => {
      for (const index of store.indexes) sql.dropEntries.run(index.id);
      sql.dropIndexes.run(store.id);
      sql.remove.run(store.id, new Uint8Array(0), Uint8Array.of(0xff));
      sql.dropStore.run(store.id);
    },

    read: (store: number, span: KeySpan, limit: number) =>
      sql.read.all(store, span.from, span.to, limit) as unknown as StoredRecord[],
    /** For readers that need no keys: SQLite would copy each key outside the heap. */
    readValues: (store: number, span: KeySpan, limit: number): Pick<StoredRecord, 'value'>[] => {
      const rows =
        span.single === true
          ? [sql.readValue.get(store, span.from)]
          : sql.readValues.all(store, span.from, span.to, limit);
      return rows.filter((row) => row !== undefined) as unknown as Pick<StoredRecord, 'value'>[];
    },
    readKeys: (store: number, span: KeySpan, limit: number) =>
      (sql.readKeys.all(store, span.from, span.to, limit) as unknown as StoredRecord[]).map((row) => row.key),
    count: (store: number, span: KeySpan) => (sql.count.get(store, span.from, span.to) as { n: number }).n,
    write: (store: number, key: Uint8Array, value: Uint8Array) => void sql.write.run(store, key, value),
    remove: (store: number, span: KeySpan) => void sql.remove.run(store, span.from, span.to),

    readEntryOwner: (index: number, key: Uint8Array) =>
      (sql.entryOwner.get(index, key) as { record_key: Uint8Array } | undefined)?.record_key,
    writeEntry: (index: number, recordKey: Uint8Array, key: Uint8Array) =>
      void sql.writeEntry.run(index, recordKey, key),
    removeEntries: (index: number, span: KeySpan) => void sql.removeEntries.run(index, span.from, span.to),
    readIndex: (store: number, index: number, span: KeySpan, limit: number) =>
      sql.readIndex.all(store, index, span.from, span.to, limit) as unknown as (StoredRecord & {
        readonly index_key: Uint8Array;
      })[],
    readNextInIndex: (store: number, index: number, key: Uint8Array, recordKey: Uint8Array, to: Uint8Array) =>
      sql.nextInIndex.get(store, index, key, recordKey, to) as unknown as
        | (StoredRecord & { readonly index_key: Uint8Array })
        | undefined,
    readIndexKeys: (index: number, span: KeySpan, limit: number) =>
      (sql.readIndexKeys.all(index, span.from, span.to, limit) as { record_key: Uint8Array }[]).map(
        (row) => row.record_key,
      ),
    copy: (to: string): void => copyInto(database, to),
    countIndex: (index: number, span: KeySpan) =>
      (sql.countIndex.get(index, span.from, span.to) as { n: number }).n,
  };
}

export type RecordStore = ReturnType<typeof openRecordStore>;

/** Copies a store that no process uses into the empty file `to`. Throws `store-in-use` otherwise. */
export function copyClosedStore(path: string, to: string): void {
  const { database } = openExclusively(path);
  try {
    copyInto(database, to);
  } finally {
    database.close();
  }
}

/**
 * All at once, on this thread: the file is locked for any other connection, and a write that met a copy of node:sqlite's
 * `backup`, which runs in another thread, could fail.
 */
function copyInto(database: DatabaseSync, to: string): void {
  database.prepare('VACUUM INTO ?').run(to);
}

function openExclusively(path: string): { database: DatabaseSync; isAltered: boolean } {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    // Set before the first access in WAL mode, exclusive locking makes no -shm file and holds the lock until close.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    database.exec(
      'PRAGMA journal_size_limit = 4194304; PRAGMA wal_autocheckpoint = 1000; PRAGMA temp_store = MEMORY;',
    );
    database.exec('BEGIN IMMEDIATE');
    const id = (database.prepare('PRAGMA application_id').get() as { application_id: number }).application_id;
    const version = (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
    const tables = (database.prepare('SELECT count(*) AS n FROM sqlite_schema').get() as { n: number }).n;
    if (id !== applicationId && tables > 0) throw new EncryptionError('store-damaged', { path });
    const isAltered = id !== applicationId || version !== schemaVersion;
    if (isAltered)
      database.exec(
        `PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}; ${schema}`,
      );
    database.exec('COMMIT');
    return { database, isAltered };
  } catch (error) {
    database?.close();
    if (error instanceof EncryptionError) throw error;
    throw readSqliteError(error, path);
  }
}

/** What node:sqlite throws for a refusal of SQLite, whatever it refused. */
export function isSqliteError(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error;
}

/** SQLite's result code (https://sqlite.org/rescode.html) as what the operator has to do. */
export function readSqliteError(error: unknown, path: string): EncryptionError {
  const code = ((error as { errcode?: number }).errcode ?? 0) & 0xff;
  const kind =
    code === 5 || code === 6 ? 'store-in-use' : code === 11 || code === 26 ? 'store-damaged' : 'disk';
  return new EncryptionError(kind, { path, cause: error });
}
