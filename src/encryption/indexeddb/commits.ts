import type { DatabaseSync } from 'node:sqlite';

/** What is told of each transaction of SQLite, so that another machine can be given its changes. */
export interface CommitRecorder {
  /** After BEGIN; a transaction told before has ended without a trace. */
  begin(): void;
  /** Just before the COMMIT of a transaction that changed something: the last statement of it may be made here. */
  beforeCommit(): void;
  /** After COMMIT, whether it has changed anything or not. Must not throw. */
  afterCommit(): void;
  afterRollback(): void;
}

/**
 * Where transactions of IndexedDB become commits of SQLite: each is one, but for those of a group, which are savepoints in
 * one transaction of SQLite. After a kill or a failure of the disk, all of a group is in the file, or nothing.
 */
export function createCommits(
  database: DatabaseSync,
  /** Called after each commit, with whether it has changed anything. */
  onCommit: (hasChanged: boolean) => void,
  recorder?: CommitRecorder | undefined,
) {
  const changes = database.prepare('SELECT total_changes() AS n');
  // SQLite counts what is rolled back as well: where the count stood at the last end tells what a transaction changed.
  const countChanges = (): number => (changes.get() as { n: number }).n;
  let counted = countChanges();
  let group: PromiseWithResolvers<void> | null = null;
  /** SQLite has refused something in this group, and may have undone what came before it. */
  let spoilt = false;
  /** A group has come to nothing. SECURITY: the library believes what is not in the file, and what it makes of that must not leave. */
  let undone: Error | null = null;

  function commitAll(): void {
    const before = counted;
    const hasChanged = countChanges() !== before;
    if (hasChanged) recorder?.beforeCommit();
    database.exec('COMMIT');
    counted = countChanges();
    recorder?.afterCommit();
    onCommit(hasChanged);
  }

  /** Ends the group without a trace of it; whoever waits for it must not act on what was undone. */
  function undoGroup(cause: unknown): void {
    const ending = group;
    group = null;
    undone = new Error('what was written together has come to nothing', { cause });
    ending?.reject(undone);
    if (database.isTransaction) database.exec('ROLLBACK');
    counted = countChanges();
    recorder?.afterRollback();
  }

  return {
    /** Throws once a group has come to nothing. */
    begin(): void {
      if (undone !== null) throw new DOMException(undone.message, 'AbortError');
      if (group === null || !database.isTransaction) {
        database.exec('BEGIN IMMEDIATE');
        recorder?.begin();
      }
      if (group !== null) database.exec('SAVEPOINT step');
    },
    commit(): void {
      if (group === null) commitAll();
      else database.exec('RELEASE step');
    },
    rollback(): void {
      // SQLite rolls back by itself on some errors (disk full, I/O): nothing is then left to roll back.
      if (database.isTransaction)
        database.exec(group === null ? 'ROLLBACK' : 'ROLLBACK TO step; RELEASE step');
      if (group !== null) return;
      counted = countChanges();
      recorder?.afterRollback();
    },
    /** After a refusal of SQLite: nothing of the group under way may stay. */
    spoil(): void {
      spoilt = true;
    },

    /** Begins a group. To be called between two transactions, as `endGroup` and `abandonGroup` are. */
    startGroup(): void {
      if (group !== null) throw new Error('a group of transactions is under way');
      spoilt = false;
      group = Promise.withResolvers();
      // Nobody need be waiting.
      group.promise.catch(() => undefined);
    },
    /** Commits the group. Throws when it cannot be, or when SQLite has refused something in it; nothing of it is then left. */
    endGroup(): void {
      if (group === null) return;
      const hasWritten = database.isTransaction;
      try {
        if (spoilt) throw new Error('SQLite has refused a part of the group');
        if (hasWritten) commitAll();
      } catch (error) {
        undoGroup(error);
        throw error;
      }
      const ending = group;
      group = null;
      ending.resolve();
    },
    /** Ends the group without a trace of it. Returns whether there was anything in it. */
    abandonGroup(cause: unknown): boolean {
      if (group === null) return false;
      if (database.isTransaction || spoilt) {
        undoGroup(cause);
        return true;
      }
      group.resolve();
      group = null;
      return false;
    },
    isGrouping: (): boolean => group !== null,
    /** Resolves when no group is under way; rejects when one has come to nothing. */
    async untilGrouped(): Promise<void> {
      await group?.promise;
      if (undone !== null) throw undone;
    },
  };
}
