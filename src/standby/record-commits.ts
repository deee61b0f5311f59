import { backup, DatabaseSync, type Session } from 'node:sqlite';

/** The files that make up the bot: its tables, and the keys of its encryption. */
export type FileName = 'store' | 'keys';

/** Where a file stands: the last change that is in it, and the reign in which that was made. */
export interface Position {
  readonly seq: number;
  readonly reign: string;
}

/** One commit of one file. */
export interface Change {
  readonly seq: number;
  readonly file: FileName;
  /** null: the file was changed as a whole, and a follower has to take a snapshot of it. */
  readonly changeset: Uint8Array | null;
}

/** As store/ and encryption/ ask for it; each room names it for itself. */
export interface CommitRecorder {
  begin(): void;
  beforeCommit(): void;
  afterCommit(): void;
  afterRollback(): void;
}

/**
 * The row by which a file knows where it stands. It is updated in each transaction, so that a changeset carries its number:
 * applied a second time, or after a gap, it meets another number than it left, and changes nothing.
 */
const schema = `CREATE TABLE IF NOT EXISTS replica (
  id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, reign TEXT NOT NULL) STRICT`;

/** null: this file was never shared. */
export function readPosition(db: DatabaseSync): Position | null {
  if (db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'replica'`).get() === undefined) return null;
  const row = db.prepare('SELECT seq, reign FROM replica').get();
  return row === undefined ? null : { seq: Number(row['seq']), reign: String(row['reign']) };
}

export interface CopiedFiles {
  readonly files: readonly FileName[];
  /** Everything up to this number is in the copies. */
  readonly head: number;
  /** Nothing beyond this number is in them. */
  readonly upTo: number;
}

export interface Recorders {
  /** Records a file from here on. One that is not where it was left, or was altered since, is shared anew, as a whole. */
  attach(file: FileName, db: DatabaseSync, isAltered: boolean): CommitRecorder;
  /** The number of the last change. */
  readonly head: number;
  /** Everything has to be shared anew, as whole files. */
  startAnew(): void;
  /** Copies what is committed of each file; `toPath` names a file to be made. */
  copyFiles(toPath: (file: FileName) => string): Promise<CopiedFiles>;
}

/** Numbers the commits of both files in one order, and gives their changes. */
export function createRecorders(options: {
  readonly reign: string;
  readonly head: number;
  /** Where each file was left. */
  readonly left: ReadonlyMap<FileName, Position>;
  readonly onChange: (change: Change) => void;
}): Recorders {
  const { reign, onChange } = options;
  const left = new Map(options.left);
  const attached = new Map<FileName, { readonly db: DatabaseSync; waitForCommit(): Promise<void> }>();
  let head = options.head;

  function share(file: FileName, db: DatabaseSync): void {
    db.exec(schema);
    db.prepare(
      'INSERT INTO replica VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, reign = excluded.reign',
    ).run(head + 1, reign);
    head += 1;
    left.set(file, { seq: head, reign });
    onChange({ seq: head, file, changeset: null });
  }

  return {
    get head() {
      return head;
    },
    attach(file, db, isAltered) {
      const found = readPosition(db);
      const expected = left.get(file);
      if (isAltered || found?.seq !== expected?.seq || found?.reign !== expected?.reign || found === null)
        share(file, db);
      const number = db.prepare('UPDATE replica SET seq = ?, reign = ? WHERE id = 1');
      let session: Session | null = null;
      /** The number that the transaction under way has been given. */
      let given: number | null = null;
      let waiting: (() => void)[] = [];

      const end = (): void => {
        session?.close();
        session = null;
        given = null;
        const freed = waiting;
        waiting = [];
        for (const go of freed) go();
      };
      attached.set(file, {
        db,
        waitForCommit: () =>
          db.isTransaction ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(),
      });
      return {
        begin() {
          session?.close();
          given = null;
          session = db.createSession();
        },
        beforeCommit() {
          number.run(head + 1, reign);
          given = head + 1;
        },
        afterCommit() {
          if (given !== null && session !== null) {
            head = given;
            left.set(file, { seq: head, reign });
            onChange({ seq: head, file, changeset: readChangeset(session) });
          }
          end();
        },
        afterRollback: end,
      };
    },
    startAnew() {
      head += 1;
      onChange({ seq: head, file: 'store', changeset: null });
    },
    async copyFiles(toPath) {
      const open = [...attached].filter(([, { db }]) => db.isOpen);
      const seq = head;
      for (const [file, { db, waitForCommit }] of open) {
        const path = file === 'store' ? db.location() : null;
        if (path !== null) await copyAside(path, toPath(file));
        else {
          // The keys are locked for any other connection, and their copy is made on this thread, between two transactions.
          while (db.isOpen && db.isTransaction) await waitForCommit();
          if (db.isOpen) db.prepare('VACUUM INTO ?').run(toPath(file));
        }
      }
      return { files: open.map(([file]) => file), head: seq, upTo: head };
    },
  };
}

/** null when SQLite cannot give it (no memory left, perhaps): it is committed, and the file is shared as a whole instead. */
function readChangeset(session: Session): Uint8Array | null {
  try {
    return session.changeset();
  } catch {
    return null;
  }
}

/** In another thread and in one step, which sees one state of the file: the store may be large, and a lease is short. */
async function copyAside(from: string, to: string): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true });
  try {
    await backup(source, to, { rate: 2 ** 30 });
  } finally {
    source.close();
  }
}
