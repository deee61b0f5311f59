import { setTimeout as pause } from 'node:timers/promises';
import type { Link, Value } from './link.ts';
import type { Change } from './record-commits.ts';
import { type Seal, sealedChange } from './seal.ts';

/** What makes the log start anew from whole files, in the statement that adds the rows which belong to it. */
export interface SnapshotMark {
  readonly snapshot: string;
  /** Everything up to this number is in the files. */
  readonly seq: number;
  /** Nothing beyond this number is in them. */
  readonly upTo: number;
  readonly bytes: number;
  readonly files: readonly object[];
}

export interface Shipper {
  add(change: Change): void;
  /** Resolves once everything added so far is in PostgreSQL. */
  shipped(): Promise<void>;
  /** The number of the last change that PostgreSQL is known to have. */
  readonly done: number;
  readonly waiting: number;
  /** Adds no more. */
  close(): void;
}

/** Bytes and rows of one statement: the lease's key is locked as long as one lasts. */
const largestBatch = 4_000_000;
const longestBatch = 500;
/** Statements of up to so many rows are planned once. */
const mostNamed = 16;
/** Milliseconds that a change waits for others to go with it, when no request waits for it. */
const gathering = 20;
const retryPause = 250;

/**
 * Puts changes into PostgreSQL in their order, all that waits in one statement, which inserts nothing unless the reign goes
 * on and the log ends where this one left it. If nothing was inserted it looks at what PostgreSQL has, and goes on from there.
 */
export function createShipper(options: {
  readonly link: Link;
  readonly seal: Seal;
  readonly reign: string;
  /** The last number that the log had when the reign began. */
  readonly head: number;
  /** Copies both files and puts the copies into PostgreSQL; what to mark once they are there. */
  readonly shareFiles: () => Promise<SnapshotMark>;
  /** PostgreSQL no longer has what it had: whole files have to be shared. */
  readonly startAnew: () => void;
  readonly onRefused: (reason: string) => void;
  /** The first failure of several in a row, and the end of them. */
  readonly onTrouble: (error: unknown) => void;
  readonly onRecovered: () => void;
}): Shipper {
  const { link, seal, reign } = options;
  const queue: Change[] = [];
  let added = options.head;
  let done = options.head;
  let closed = false;
  let troubled = false;
  let wake = Promise.withResolvers<void>();
  /** Something waits for what is in the queue, or it has gathered for long enough. */
  let due = false;
  let gatherer: NodeJS.Timeout | undefined;
  let waiters: { readonly seq: number; readonly resolve: () => void }[] = [];

  function note(seq: number): void {
    done = seq;
    while (queue[0] !== undefined && queue[0].seq <= seq) queue.shift();
    const ready = waiters.filter((waiter) => waiter.seq <= seq);
    waiters = waiters.filter((waiter) => waiter.seq > seq);
    for (const { resolve } of ready) resolve();
  }

  /** Rows up to the first file that was changed as a whole; from one of those on, whatever its snapshot holds. */
  function nextBatch(): Change[] {
    const batch: Change[] = [];
    let bytes = 0;
    for (const change of queue) {
      if (change.changeset === null || batch.length >= longestBatch || bytes > largestBatch) break;
      batch.push(change);
      bytes += change.changeset.length;
    }
    return batch;
  }

  async function shipNext(): Promise<void> {
    if (queue[0]?.changeset !== null) return insert(nextBatch(), null);
    const mark = await options.shareFiles();
    // Copies that are ahead of the log would be of no use if we ended here: the rows they hold go with the mark.
    await insert(
      queue.filter(({ seq }) => seq <= mark.upTo),
      mark,
    );
  }

  async function insert(batch: readonly Change[], mark: SnapshotMark | null): Promise<void> {
    const rows = batch.map(
      (_change, index) => `($${index * 3 + 2}::bigint, $${index * 3 + 3}::text, $${index * 3 + 4}::bytea)`,
    );
    const values: Value[] = [reign];
    for (const { seq, file, changeset } of batch) {
      // A whole file has no changes: its row says that a snapshot is to be taken.
      const kind = changeset === null ? 'anew' : file;
      values.push(seq, kind, seal.seal(changeset ?? new Uint8Array(0), sealedChange(seq, reign, kind)));
    }
    let marking = '';
    if (mark !== null) {
      const first = values.length + 1;
      values.push(mark.snapshot, mark.seq, mark.bytes, JSON.stringify(mark.files));
      marking = `, marked AS (INSERT INTO assistant_snapshot (snapshot, seq, reign, bytes, files)
        SELECT $${first}, $${first + 1}, $1, $${first + 2}, $${first + 3}::jsonb FROM held)`;
    }
    // Rows go on from the last one that PostgreSQL has: a connection made anew may be to a copy that has fewer.
    const goesOn =
      mark === null
        ? `WHERE (SELECT max(seq) FROM assistant_log) = $${values.push((batch[0]?.seq ?? 1) - 1)}::bigint`
        : '';
    const { count } = await link.query(
      `WITH held AS MATERIALIZED (SELECT 1 FROM assistant_lease WHERE reign = $1 FOR KEY SHARE)${marking}
       INSERT INTO assistant_log (seq, reign, file, sealed)
       SELECT row.seq, $1, row.file, row.sealed FROM (VALUES ${rows.join(', ')}) AS row (seq, file, sealed), held
       ${goesOn}`,
      values,
      mark === null && batch.length <= mostNamed ? { name: `insert ${batch.length}` } : {},
    );
    if (count === 0) return reconcile();
    note(batch.at(-1)?.seq ?? done);
  }

  function refuse(): void {
    closed = true;
    options.onRefused('PostgreSQL refuse l’écriture : une autre machine a pris le relais');
  }

  /** A statement that failed may have been carried out, and PostgreSQL may be another one than before. */
  async function reconcile(): Promise<void> {
    const { rows } = await link.query(
      `SELECT (SELECT reign FROM assistant_lease) AS reign, max(seq) AS head,
         max(seq) FILTER (WHERE reign = $1) AS own FROM assistant_log`,
      [reign],
    );
    const row = rows[0];
    if (row?.['reign'] !== reign) return refuse();
    const head = Number(row['head'] ?? 0);
    if (head < done) {
      options.startAnew();
      // All that waits is older than the files that are about to be shared.
      while (queue.length > 1) queue.shift();
      done = head;
    } else if (Number(row['own'] ?? 0) > done) note(Number(row['own']));
  }

  function shipNow(): void {
    due = true;
    clearTimeout(gatherer);
    gatherer = undefined;
    const told = wake;
    wake = Promise.withResolvers();
    told.resolve();
  }

  function gather(): void {
    gatherer ??= setTimeout(shipNow, gathering);
  }

  async function run(): Promise<void> {
    while (!closed) {
      if (queue.length === 0 || !due) {
        if (queue.length > 0) gather();
        await wake.promise;
        continue;
      }
      try {
        await shipNext();
        if (troubled && !closed) options.onRecovered();
        troubled = false;
        due = waiters.length > 0 || queue.length >= longestBatch;
      } catch (error) {
        if (closed) return;
        if (!troubled) options.onTrouble(error);
        troubled = true;
        await pause(retryPause, undefined, { ref: false });
        await reconcile().catch(() => undefined);
      }
    }
  }

  void run();
  return {
    add(change) {
      queue.push(change);
      added = change.seq;
      if (queue.length >= longestBatch) shipNow();
      else gather();
    },
    shipped() {
      if (done >= added) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiters.push({ seq: added, resolve });
      shipNow();
      return promise;
    },
    get done() {
      return done;
    },
    get waiting() {
      return queue.length;
    },
    close() {
      closed = true;
      clearTimeout(gatherer);
      wake.resolve();
    },
  };
}
