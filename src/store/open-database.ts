import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { isStoreFailure } from './is-store-failure.ts';
import { migrations } from './migrations.ts';

type Value = string | number | null;
type Row = Record<string, unknown>;

/** A database with its statements prepared once each, and nestable transactions. */
export interface Database {
  /** Runs a write; returns the number of rows it changed. */
  run(sql: string, ...values: readonly Value[]): number;
  get(sql: string, ...values: readonly Value[]): Row | undefined;
  all(sql: string, ...values: readonly Value[]): Row[];
  /**
   * All or nothing. One inside another is undone alone when it throws; the outer one may go on. `work` must be synchronous.
   * After a failure of SQLite nothing of the outermost transaction is kept, and its call throws that failure, even if
   * `work` has caught it.
   */
  transaction<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens, or makes, the file at `path` (`:memory:` for none) and brings it to the current version.
 * Throws an Error in French when the file cannot be used.
 */
export function openDatabase(path: string): Database {
  let db: DatabaseSync;
  try {
    if (path !== ':memory:') makePrivate(path);
    db = new DatabaseSync(path);
    // synchronous=NORMAL: in WAL mode a killed process loses nothing that was committed. A power cut may lose the last
    // transactions, together with the sync token stored in them: the homeserver then gives the same events again, and
    // our transaction ids, derived from them, keep the answers from being doubled. FULL would cost an fsync a message.
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
             PRAGMA secure_delete = ON; PRAGMA busy_timeout = 2000; PRAGMA journal_size_limit = 16777216;`);
    migrate(db);
  } catch (cause) {
    throw new Error(
      `Base de données ${path} : impossible de l'ouvrir. Vérifiez que le dossier existe, que le fichier et son dossier sont au compte qui lance l’assistant, et que le disque n'est pas plein.`,
      { cause },
    );
  }
  return wrap(db);
}

/** Only the account that runs the bot may read what agents wrote; SQLite gives its -wal and -shm files the same mode. */
function makePrivate(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}

function migrate(db: DatabaseSync): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > migrations.length) {
    throw new Error(
      `version ${version} : cette base vient d'une version plus récente de l'assistant. Mettez l'assistant à jour.`,
    );
  }
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${migration} PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}

function wrap(db: DatabaseSync): Database {
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

  /**
   * SQLite rolls back by itself on some failures (a full disk under a transaction larger than its cache): the statements
   * that follow would each be committed alone. All of them are refused until the outermost transaction has ended.
   */
  function execute<T>(statement: () => T): T {
    if (doom) throw doom.error;
    try {
      return statement();
    } catch (error) {
      if (depth > 0 && (!db.isTransaction || isStoreFailure(error))) doom = { error };
      throw error;
    }
  }

  const run = (sql: string, ...values: readonly Value[]): number =>
    execute(() => Number(prepare(sql).run(...values).changes));

  function transact<T>(work: () => T): T {
    run('BEGIN IMMEDIATE');
    depth = 1;
    try {
      const result = work();
      run('COMMIT');
      return result;
    } catch (error) {
      if (db.isTransaction) prepare('ROLLBACK').run();
      throw doom ? doom.error : error;
    } finally {
      depth = 0;
      doom = null;
    }
  }

  function nest<T>(work: () => T): T {
    run('SAVEPOINT nested');
    depth += 1;
    try {
      const result = work();
      run('RELEASE nested');
      return result;
    } catch (error) {
      // A doomed transaction is undone as a whole.
      if (!doom) {
        run('ROLLBACK TO nested');
        run('RELEASE nested');
      }
      throw error;
    } finally {
      depth -= 1;
    }
  }

  return {
    run,
    get: (sql, ...values) => execute(() => prepare(sql).get(...values)),
    all: (sql, ...values) => execute(() => prepare(sql).all(...values)),
    transaction: (work) => (depth > 0 ? nest(work) : transact(work)),
    close: () => db.close(),
  };
}
