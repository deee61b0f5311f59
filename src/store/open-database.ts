import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync, type StatementSync } from 'node:sqlite';
import { isStoreFailure } from './is-store-failure.ts';
import { migrations } from './migrations.ts';
import type { Row } from './read-row.ts';

type Value = string | number | null;

/** Milliseconds that a statement waits for another process. */
const busyTimeout = 2_000;

/** A database with its statements prepared once each, and nestable transactions. */
export interface Database {
  /** Runs a write; returns the number of rows it changed. */
  run(sql: string, ...values: readonly Value[]): number;
  /** Runs several statements, which may change the schema: for migrations. */
  exec(script: string): void;
  get(sql: string, ...values: readonly Value[]): Row | undefined;
  all(sql: string, ...values: readonly Value[]): Row[];
  /**
   * All or nothing. One inside another is undone alone when it throws; the outer one may go on. `work` must be synchronous.
   * After a failure of SQLite nothing of the outermost transaction is kept, and its call throws that failure, even if
   * `work` has caught it.
   */
  transaction<T>(work: () => T): T;
  /** Whether it takes writes now, as far as can be told without writing. */
  isWritable(): boolean;
  /**
   * Empties the -wal file into the database, so that what was erased is in neither. False when a reader, another process
   * perhaps, kept the -wal from being emptied: to be tried again. Not inside a transaction.
   */
  emptyLog(): boolean;
  /** Copies what is committed into the empty file `to`, while the database goes on being used. Not from `:memory:`. */
  backUp(to: string): Promise<void>;
  close(): void;
}

/** What is told of each transaction, so that another machine can be given its changes (standby/). */
export interface CommitRecorder {
  /** After BEGIN; a transaction told before has ended without a trace. */
  begin(): void;
  /** Just before the COMMIT of a transaction that changed something: the last statement of it may be made here. */
  beforeCommit(): void;
  /** After COMMIT, whether it has changed anything or not. Must not throw. */
  afterCommit(): void;
  afterRollback(): void;
}

/** Records a connection from here on. `isAltered`: the file has just been changed in a way that is not recorded. */
export type RecordCommits = (db: DatabaseSync, isAltered: boolean) => CommitRecorder;

export interface DatabaseOptions {
  /**
   * Called once after each commit that changed something: an outermost transaction, a write outside any, a migration.
   * Must not throw: what was committed stays so, and the caller of the store would believe the opposite.
   */
  readonly onCommit?: (() => void) | undefined;
  /** Called once the file is at the current version. */
  readonly record?: RecordCommits | undefined;
  /** The file is no longer shared with other machines: without this, one that is can only be read. */
  readonly leaveReplication?: boolean | undefined;
  /** Nothing is made or changed, the version neither. */
  readonly readOnly?: boolean | undefined;
}

/**
 * Opens, or makes, the file at `path` (`:memory:` for none) and brings it to the current version.
 * @throws an Error in French when the file cannot be used
 */
export function openDatabase(path: string, options: DatabaseOptions = {}): Database {
  let opened: DatabaseSync | undefined;
  try {
    if (options.readOnly === true) {
      opened = new DatabaseSync(path, { readOnly: true, timeout: busyTimeout });
      return wrap(opened, path, undefined, { recorder: null });
    }
    if (path !== ':memory:') makePrivate(path);
    const db = new DatabaseSync(path);
    opened = db;
    // synchronous=NORMAL: in WAL mode a killed process loses nothing that was committed. A power cut may lose the last
    // transactions, together with the sync token stored in them: the homeserver then gives the same events again, and
    // our transaction ids, derived from them, keep the answers from being doubled. FULL would cost an fsync a message.
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
             PRAGMA secure_delete = ON; PRAGMA busy_timeout = ${busyTimeout}; PRAGMA journal_size_limit = 16777216;`);
    const recording: Recording = { recorder: null };
    const database = wrap(db, path, options.onCommit, recording);
    protectReplica(db, options);
    const isAltered = migrate(database);
    recording.recorder = options.record?.(db, isAltered) ?? null;
    return database;
  } catch (cause) {
    opened?.close();
    throw new Error(
      `Base de données ${path} : impossible de l’ouvrir. Vérifiez que le dossier existe, que le fichier et son dossier sont au compte qui lance l’assistant, et que le disque n’est pas plein.`,
      { cause },
    );
  }
}

/** Only the account that runs the bot may read what agents wrote; SQLite gives its -wal and -shm files the same mode. */
function makePrivate(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}

/** A change that no recorder sees would be missing on the other machines, and never be made good there. */
function protectReplica(db: DatabaseSync, { record, leaveReplication }: DatabaseOptions): void {
  const shared = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'replica'`).get() !== undefined;
  if (!shared) return;
  if (leaveReplication === true) db.exec('DROP TABLE replica');
  else if (!record) db.exec('PRAGMA query_only = ON');
  // Killed in the middle of its migrations, the file must not pass for what it was before them.
  else if (readVersion(db) < migrations.length) db.exec(`UPDATE replica SET reign = ''`);
}

function readVersion(db: Pick<DatabaseSync, 'prepare'>): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

/** True when the file was changed. */
function migrate({ get, exec, transaction }: Database): boolean {
  const version = Number(get('PRAGMA user_version')?.['user_version'] ?? 0);
  if (version > migrations.length) {
    throw new Error(
      `version ${version} : cette base vient d’une version plus récente de l’assistant. Mettez l’assistant à jour.`,
    );
  }
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    transaction(() => exec(`${migration} PRAGMA user_version = ${index + 1};`));
  }
  return version < migrations.length;
}

/** Set once the file is at the current version: migrations are not recorded. */
interface Recording {
  recorder: CommitRecorder | null;
}

function wrap(
  db: DatabaseSync,
  path: string,
  onCommit: DatabaseOptions['onCommit'],
  recording: Recording,
): Database {
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const known = prepared.get(sql);
    if (known) return known;
    const statement = db.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
  let depth = 0;
  /** Why the transaction under way can no longer be committed. */
  let doom: { readonly error: unknown } | null = null;
  /** SQLite has failed, and no change was committed since. */
  let failing = false;
  /** Something was changed since the last commit. */
  let changed = false;

  /**
   * SQLite rolls back by itself on some failures (a full disk under a transaction larger than its cache): the statements
   * that follow would each be committed alone. All of them are refused until the outermost transaction has ended.
   */
  function execute<T>(statement: () => T): T {
    if (doom) throw doom.error;
    try {
      return statement();
    } catch (error) {
      if (isStoreFailure(error)) failing = true;
      if (depth > 0 && (!db.isTransaction || isStoreFailure(error))) doom = { error };
      throw error;
    }
  }

  function change(sql: string, ...values: readonly Value[]): number {
    const changes = execute(() => Number(prepare(sql).run(...values).changes));
    if (changes > 0) changed = true;
    return changes;
  }

  const get = (sql: string, ...values: readonly Value[]): Row | undefined =>
    execute(() => prepare(sql).get(...values));

  const control = (sql: string): unknown => execute(() => prepare(sql).run());

  /**
   * Every commit ends here. One that changed nothing wrote nothing either: it proves nothing of the disk, and is not told.
   */
  function endCommit(): void {
    if (!changed) return;
    changed = false;
    failing = false;
    onCommit?.();
  }

  function transact<T>(work: () => T): T {
    control('BEGIN IMMEDIATE');
    depth = 1;
    const { recorder } = recording;
    let result: T;
    try {
      recorder?.begin();
      result = work();
      if (recorder && changed) execute(recorder.beforeCommit);
      control('COMMIT');
    } catch (error) {
      if (db.isTransaction) prepare('ROLLBACK').run();
      recorder?.afterRollback();
      changed = false;
      throw doom ? doom.error : error;
    } finally {
      depth = 0;
      doom = null;
    }
    recorder?.afterCommit();
    endCommit();
    return result;
  }

  function nest<T>(work: () => T): T {
    control('SAVEPOINT nested');
    depth += 1;
    try {
      const result = work();
      control('RELEASE nested');
      return result;
    } catch (error) {
      // A doomed transaction is undone as a whole.
      if (!doom) {
        control('ROLLBACK TO nested');
        control('RELEASE nested');
      }
      throw error;
    } finally {
      depth -= 1;
    }
  }

  return {
    run(sql, ...values) {
      if (depth === 0 && recording.recorder) return transact(() => change(sql, ...values));
      const changes = change(sql, ...values);
      if (depth === 0) endCommit();
      return changes;
    },
    exec(script) {
      execute(() => db.exec(script));
      changed = true;
      if (depth === 0) endCommit();
    },
    get,
    all: (sql, ...values) => execute(() => prepare(sql).all(...values)),
    transaction: (work) => (depth > 0 ? nest(work) : transact(work)),
    isWritable() {
      if (failing || depth > 0) return !failing;
      try {
        // Takes the write lock and gives it back: no page is changed.
        db.exec('BEGIN IMMEDIATE; ROLLBACK');
        return true;
      } catch {
        // Only the next commit makes a failed write good; a lock that is held is asked for anew at the next look.
        return false;
      }
    },
    emptyLog() {
      // Without waiting for a reader: the event loop would wait with us, and the caller tries again anyway.
      control('PRAGMA busy_timeout = 0');
      try {
        return get('PRAGMA wal_checkpoint(TRUNCATE)')?.['busy'] === 0;
      } finally {
        control(`PRAGMA busy_timeout = ${busyTimeout}`);
      }
    },
    async backUp(to) {
      // A connection of its own: on ours, a write that meets a step of the copy in another thread can fail. In one step, which
      // sees one state: a copy in several would begin again at each commit.
      const source = new DatabaseSync(path, { readOnly: true });
      try {
        await backup(source, to, { rate: 2 ** 30 });
      } finally {
        source.close();
      }
    },
    close: () => db.close(),
  };
}
