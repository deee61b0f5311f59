import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { migrations } from './migrations.ts';

type Value = string | number | null;
type Row = Record<string, unknown>;

/** A database with its statements prepared once each, and nestable transactions. */
export interface Database {
  /** Runs a write; returns the number of rows it changed. */
  run(sql: string, ...values: readonly Value[]): number;
  get(sql: string, ...values: readonly Value[]): Row | undefined;
  all(sql: string, ...values: readonly Value[]): Row[];
  /** All or nothing; a transaction inside another joins it. `work` must be synchronous. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens, or makes, the file at `path` (`:memory:` for none) and brings it to the current version.
 * Throws an Error in French when the file cannot be used.
 */
export function openDatabase(path: string): Database {
  if (path !== ':memory:') makePrivate(path);
  let db: DatabaseSync;
  try {
    db = new DatabaseSync(path);
    // synchronous=NORMAL: in WAL mode a killed process loses nothing that was committed. A power cut may lose the last
    // transactions, together with the sync token stored in them: the homeserver then gives the same events again, and
    // our transaction ids, derived from them, keep the answers from being doubled. FULL would cost an fsync a message.
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
             PRAGMA secure_delete = ON; PRAGMA busy_timeout = 2000; PRAGMA journal_size_limit = 16777216;`);
    migrate(db);
  } catch (cause) {
    throw new Error(
      `Base de données ${path} : impossible de l'ouvrir. Vérifiez que le dossier existe, que vous pouvez y écrire et que le disque n'est pas plein.`,
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
  return {
    run: (sql, ...values) => Number(prepare(sql).run(...values).changes),
    get: (sql, ...values) => prepare(sql).get(...values),
    all: (sql, ...values) => prepare(sql).all(...values),
    transaction(work) {
      if (depth > 0) return work();
      prepare('BEGIN IMMEDIATE').run();
      depth += 1;
      try {
        const result = work();
        prepare('COMMIT').run();
        return result;
      } catch (error) {
        prepare('ROLLBACK').run();
        throw error;
      } finally {
        depth -= 1;
      }
    },
    close: () => db.close(),
  };
}
