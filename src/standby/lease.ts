import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Clocks, elapsedSince, type Moment, machineClocks, readMoment } from './elapsed-time.ts';
import { codeOf, type Link } from './link.ts';

/** How long a lease lasts without a renewal, in milliseconds on PostgreSQL's clock. */
export const leaseLength = 5_000;
/** Milliseconds between two renewals, and before one that failed is tried again. */
const renewalPause = 1_000;
const retryPause = 250;
/** Milliseconds by which the holder gives its lease up before PostgreSQL does: clocks run at slightly other speeds. */
const margin = 500;
/** Milliseconds that a renewal may take. */
const longestRenewal = 2_000;

const lockNotAvailable = '55P03';

/** Why this instance leads no more: it must do nothing further, and come back as a follower. */
export class StoodDown extends Error {
  override readonly name = 'StoodDown';
}

export interface Lease {
  readonly epoch: number;
  /** Of this reign alone, at random: an epoch may come again after PostgreSQL has lost what it had. */
  readonly reign: string;
  /** The number of the log at which the reign begins. */
  readonly firstSeq: number;
  /** The reign before; null: this is the first. */
  readonly previous: string | null;
  /** Milliseconds until nothing more may be done; below zero when that is past. */
  remaining(): number;
  /** Ends when the deadline passes; there is another one after the next renewal. */
  signal(): AbortSignal;
  /** Resolves after the next renewal. */
  renewed(): Promise<void>;
  /** Resolves with the reason once another instance leads, or may. */
  readonly lost: Promise<StoodDown>;
  /** Somebody else found that this reign is over. */
  standDown(reason: string): void;
  /** Gives the lease back: another instance may take it at once. Nothing may leave after this. */
  release(): Promise<void>;
  /** Renews no more. */
  close(): void;
}

export interface Candidate {
  readonly instance: string;
  readonly storeVersion: number;
  readonly library: string;
}

/**
 * Takes the lease if it is free, and begins a reign: null when it is not. The first row of the reign takes the next number
 * of the log: an insert of the reign before, should it still be on its way, fails by its lease and by its number.
 */
export async function takeLease(
  link: Link,
  candidate: Candidate,
  clocks: Clocks = machineClocks,
): Promise<Lease | null> {
  const reign = randomBytes(12).toString('base64url');
  const asked = readMoment(clocks);
  const taken = await claim(link, reign, candidate.instance);
  if (taken === null) return null;
  const { rows } = await link.query(
    `WITH held AS MATERIALIZED (SELECT epoch FROM assistant_lease WHERE reign = $1 FOR KEY SHARE),
       place AS (SELECT greatest((SELECT coalesce(max(seq), 0) FROM assistant_log),
                                 (SELECT coalesce(max(seq), 0) FROM assistant_snapshot)) + 1 AS seq FROM held),
       marked AS (INSERT INTO assistant_log (seq, reign, file, sealed) SELECT seq, $1, 'reign', '' FROM place)
     INSERT INTO assistant_reign (reign, epoch, first_seq, holder, store_version, library)
     SELECT $1, held.epoch, place.seq, $2, $3, $4 FROM held, place
     RETURNING first_seq, (SELECT reign FROM assistant_reign ORDER BY first_seq DESC LIMIT 1) AS previous`,
    [reign, candidate.instance, candidate.storeVersion, candidate.library],
  );
  const firstSeq = Number(rows[0]?.['first_seq'] ?? Number.NaN);
  if (Number.isNaN(firstSeq)) return null;
  const found = rows[0]?.['previous'];
  const previous = typeof found === 'string' ? found : null;
  return keepLease({ link, clocks, reign, epoch: taken, firstSeq, previous, asked });
}

/** The epoch, or null when somebody else holds the lease. */
async function claim(link: Link, reign: string, holder: string): Promise<number | null> {
  try {
    const { rows } = await link.query(
      `UPDATE assistant_lease SET epoch = epoch + 1, reign = $1, holder = $2,
         expires_at = clock_timestamp() + $3 * interval '1 millisecond'
       WHERE expires_at < clock_timestamp() RETURNING epoch`,
      [reign, holder, leaseLength],
    );
    return rows[0] === undefined ? null : Number(rows[0]['epoch']);
  } catch (error) {
    // A leader that was stopped in the middle of an insert keeps the row locked: its connections are closed by PostgreSQL.
    if (codeOf(error) === lockNotAvailable)
      await link.query(
        `SELECT pg_terminate_backend(pid) FROM (SELECT DISTINCT pid FROM pg_locks
           WHERE relation = 'assistant_lease'::regclass AND granted AND pid <> pg_backend_pid()) AS holders
         WHERE EXISTS (SELECT 1 FROM assistant_lease WHERE expires_at < clock_timestamp())`,
      );
    throw error;
  }
}

function keepLease(given: {
  readonly link: Link;
  readonly clocks: Clocks;
  readonly reign: string;
  readonly epoch: number;
  readonly firstSeq: number;
  readonly previous: string | null;
  readonly asked: Moment;
}): Lease {
  const { link, clocks, reign, epoch, firstSeq, previous } = given;
  let base = given.asked;
  let term = new AbortController();
  let deadline: NodeJS.Timeout | undefined;
  let renewal = Promise.withResolvers<void>();
  let closed = false;
  const lost = Promise.withResolvers<StoodDown>();

  const remaining = (): number =>
    closed ? Number.NEGATIVE_INFINITY : leaseLength - margin - elapsedSince(base, clocks);

  function watchDeadline(): void {
    clearTimeout(deadline);
    deadline = setTimeout(
      () => {
        // The timer keeps one clock, and the deadline goes by three.
        if (remaining() <= 0) term.abort();
        else watchDeadline();
      },
      Math.max(remaining(), 1),
    );
  }

  function standDown(reason: string): void {
    if (closed) return;
    close();
    lost.resolve(new StoodDown(reason));
  }

  function close(): void {
    closed = true;
    clearTimeout(deadline);
    term.abort();
  }

  async function renew(): Promise<void> {
    const asked = readMoment(clocks);
    const { count } = await link.query(
      `UPDATE assistant_lease SET expires_at = clock_timestamp() + $2 * interval '1 millisecond' WHERE reign = $1`,
      [reign, leaseLength],
      { timeout: longestRenewal, name: 'renewal' },
    );
    if (closed) return;
    if (count === 0) return standDown('une autre machine a pris le relais');
    base = asked;
    if (term.signal.aborted) term = new AbortController();
    watchDeadline();
    const told = renewal;
    renewal = Promise.withResolvers();
    told.resolve();
  }

  async function keepRenewing(): Promise<void> {
    while (!closed) {
      const pauseAfter = await renew().then(
        () => renewalPause,
        () => retryPause,
      );
      await pause(pauseAfter, undefined, { ref: false });
    }
  }

  watchDeadline();
  void keepRenewing();
  return {
    epoch,
    reign,
    firstSeq,
    previous,
    remaining,
    signal: () => term.signal,
    renewed: () => renewal.promise,
    lost: lost.promise,
    standDown,
    async release() {
      close();
      await link.query(`UPDATE assistant_lease SET expires_at = '-infinity' WHERE reign = $1`, [reign], {
        timeout: 1_000,
      });
    },
    close,
  };
}
