import { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Effect } from './plan.ts';

/** Thrown out of the statement at which a process ended. Nothing of the process is left to care. */
export class Ended extends Error {
  override readonly name = 'Ended';
}

export interface SqliteWatch {
  /** What goes wrong with this statement. */
  onStatement(path: string, sql: string): Effect | null;
  /** Does what an effect asks besides a failure of SQLite: end, terminate, jump. */
  onEffect(effect: Effect): void;
}

const words: Readonly<Record<number, string>> = {
  5: 'database is locked',
  10: 'disk I/O error',
  13: 'database or disk is full',
};

/** Statements that write nothing, or whose failure would be another fault than those of a disk. */
const spared = /^\s*(?:SAVEPOINT|RELEASE|ROLLBACK|PRAGMA|SELECT)/i;

/**
 * Puts a watch on every statement of node:sqlite in this process that may write. The files and SQLite itself are real;
 * only its failures are made. Returns how to close what is open, as the end of a process does: without a flush, and
 * undoing what was not committed.
 */
export function installSqliteFaults(watch: () => SqliteWatch | null): { closeAll(): void } {
  const opened = new Set<DatabaseSync>();
  const origins = new WeakMap<StatementSync, { readonly db: DatabaseSync; readonly sql: string }>();
  const native = {
    prepare: DatabaseSync.prototype.prepare,
    exec: DatabaseSync.prototype.exec,
    run: StatementSync.prototype.run,
  };

  function pass<T>(db: DatabaseSync, sql: string, work: () => T): T {
    const watching = watch();
    const path = db.isOpen ? db.location() : null;
    if (watching === null || path === null || spared.test(sql)) return work();
    const effect = watching.onStatement(path, sql);
    if (effect === null) return work();
    switch (effect.do) {
      case 'sqlite': {
        // A lock is met where it is asked for, and nowhere else.
        const isLock = effect.errcode === 5;
        if (isLock && (db.isTransaction || /^\s*COMMIT/i.test(sql))) return work();
        if (effect.undone && db.isTransaction) native.exec.call(db, 'ROLLBACK');
        throw Object.assign(new Error(words[effect.errcode & 0xff] ?? 'SQLite failed'), {
          code: 'ERR_SQLITE_ERROR',
          errcode: effect.errcode,
          errstr: words[effect.errcode & 0xff],
        });
      }
      case 'kill': {
        if (effect.when === 'after') work();
        watching.onEffect(effect);
        throw new Ended();
      }
      default:
        watching.onEffect(effect);
        return work();
    }
  }

  DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string) {
    opened.add(this);
    const statement = native.prepare.call(this, sql);
    origins.set(statement, { db: this, sql });
    return statement;
  };
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
    opened.add(this);
    return pass(this, sql, () => native.exec.call(this, sql));
  };
  StatementSync.prototype.run = function (this: StatementSync, ...values: Parameters<StatementSync['run']>) {
    const origin = origins.get(this);
    const work = () => native.run.apply(this, values);
    return origin ? pass(origin.db, origin.sql, work) : work();
  } as StatementSync['run'];

  return {
    closeAll() {
      for (const db of opened) if (db.isOpen) db.close();
      opened.clear();
    },
  };
}
