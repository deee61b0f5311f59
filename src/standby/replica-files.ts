import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { type FileName, type Position, readPosition } from './record-commits.ts';

export const fileNames: readonly FileName[] = ['store', 'keys'];

/** A change that does not fit the files of this follower: they are not what the leader had, and are taken anew. */
export class ReplicaDiverged extends Error {
  override readonly name = 'ReplicaDiverged';
}

/** A row of the log for one of the files, opened. */
export interface FileChange {
  readonly seq: number;
  readonly reign: string;
  readonly file: FileName;
  readonly changeset: Uint8Array;
}

/** The two files of a follower. Nothing writes in them but what the log says. */
export interface ReplicaFiles {
  /** Of the files that are there; null in place of a position: a file that was never shared. */
  positions(): Map<FileName, Position | null>;
  /** In their order; what a file has already is passed over. @throws ReplicaDiverged, and then nothing was changed */
  apply(changes: readonly FileChange[]): void;
  /** Copies the files as they stand; `toPath` names a file to be made. No change may be applied until it resolves. */
  copyFiles(toPath: (file: FileName) => string): Promise<FileName[]>;
  /** Puts these files, complete, in the place of ours. Ours are kept aside when they were never shared. */
  replace(pathOf: ReadonlyMap<FileName, string>): void;
  /** Empties the -wal files, in which SQLite keeps what was erased. */
  tidy(): void;
  close(): void;
}

export function openReplicaFiles(paths: Readonly<Record<FileName, string>>): ReplicaFiles {
  const open = new Map<FileName, DatabaseSync>();
  const seqs = new Map<FileName, Position | null>();

  function openAll(): void {
    for (const file of fileNames) {
      if (!existsSync(paths[file])) continue;
      const db = new DatabaseSync(paths[file]);
      // A change may pass through states that a foreign key refuses; the leader's transaction has met them already.
      db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF;
               PRAGMA secure_delete = ON; PRAGMA busy_timeout = 5000; PRAGMA journal_size_limit = 16777216;`);
      open.set(file, db);
      seqs.set(file, readPosition(db));
    }
  }

  function close(): void {
    for (const db of open.values()) db.close();
    open.clear();
    seqs.clear();
  }

  function applyOne({ seq, reign, file, changeset }: FileChange): void {
    const db = open.get(file);
    const at = seqs.get(file);
    if (db === undefined || !at)
      throw new ReplicaDiverged(`change ${seq} is of the file ${file}, which is not here`);
    if (seq <= at.seq) return;
    // SQLITE_CHANGESET_ABORT, the default: the first thing that is not as the leader left it undoes the whole change.
    if (!db.applyChangeset(changeset))
      throw new ReplicaDiverged(`change ${seq} does not fit the file ${file}`);
    seqs.set(file, { seq, reign });
  }

  openAll();
  return {
    positions: () => new Map(seqs),
    apply(changes) {
      if (changes.length === 0) return;
      const before = new Map(seqs);
      for (const db of open.values()) db.exec('BEGIN IMMEDIATE');
      try {
        for (const change of changes) applyOne(change);
        for (const [file, db] of open) {
          const [found, expected] = [readPosition(db), seqs.get(file)];
          if (found?.seq !== expected?.seq)
            throw new ReplicaDiverged(`the file ${file} stands at ${found?.seq}`);
        }
        for (const db of open.values()) db.exec('COMMIT');
      } catch (error) {
        for (const db of open.values()) if (db.isTransaction) db.exec('ROLLBACK');
        for (const [file, position] of before) seqs.set(file, position);
        throw error;
      }
    },
    async copyFiles(toPath) {
      const copied: FileName[] = [];
      for (const file of open.keys()) {
        const source = new DatabaseSync(paths[file], { readOnly: true });
        try {
          await backup(source, toPath(file), { rate: 2 ** 30 });
        } finally {
          source.close();
        }
        copied.push(file);
      }
      return copied;
    },
    replace(pathOf) {
      const isOurs = [...seqs.values()].every((position) => position !== null);
      close();
      for (const file of fileNames) {
        for (const suffix of ['-wal', '-shm', '']) setAside(paths[file] + suffix, isOurs);
        const path = pathOf.get(file);
        if (path === undefined) continue;
        mkdirSync(dirname(paths[file]), { recursive: true, mode: 0o700 });
        renameSync(path, paths[file]);
      }
      openAll();
    },
    tidy() {
      for (const db of open.values()) db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    },
    close,
  };
}

/** What was shared is in the log, and can go; anything else may be all that there is of an installation. */
function setAside(path: string, isShared: boolean): void {
  if (!existsSync(path)) return;
  if (isShared) rmSync(path);
  else renameSync(path, path.replace(/(-wal|-shm|)$/, `.ancien-${Date.now()}$1`));
}

/** Where copies wait to be sent or to be put in place. */
export const copiesFolder = (dataDir: string): string => join(dataDir, '.copies-du-relais');
