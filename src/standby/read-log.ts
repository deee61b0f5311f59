import type { Link } from './link.ts';
import type { FileName, Position } from './record-commits.ts';
import { type Seal, sealedChange } from './seal.ts';

/** What a follower sees at each look. */
export interface LogState {
  readonly epoch: number;
  readonly holder: string;
  /** Nobody holds the lease, or its time is up. */
  readonly isFree: boolean;
  /** The number of the last row; 0: the log was never begun. */
  readonly head: number;
  /** The number of the newest snapshot. */
  readonly snapshotSeq: number | null;
  /** What the present leader, or the last one, runs; null before the first. */
  readonly runs: { readonly reign: string; readonly storeVersion: number; readonly library: string } | null;
  /** Milliseconds since the oldest row that this follower has not, by PostgreSQL's clock. */
  readonly lag: number;
}

export async function readLogState(link: Link, after: number): Promise<LogState> {
  const { rows } = await link.query(
    `SELECT lease.epoch, lease.holder, lease.expires_at < clock_timestamp() AS free,
       coalesce((SELECT max(seq) FROM assistant_log), 0) AS head,
       (SELECT max(seq) FROM assistant_snapshot) AS snapshot,
       (SELECT extract(epoch FROM clock_timestamp() - min(at)) FROM assistant_log WHERE seq = $1 + 1) AS lag,
       latest.reign, latest.store_version, latest.library
     FROM assistant_lease AS lease
     LEFT JOIN LATERAL (SELECT * FROM assistant_reign ORDER BY first_seq DESC LIMIT 1) AS latest ON true`,
    [after],
    { timeout: 3_000, name: 'state' },
  );
  const row = rows[0];
  if (row === undefined) throw new Error('PostgreSQL has no lease');
  return {
    epoch: Number(row['epoch']),
    holder: String(row['holder']),
    isFree: row['free'] === true,
    head: Number(row['head']),
    snapshotSeq: row['snapshot'] === null ? null : Number(row['snapshot']),
    runs:
      typeof row['library'] === 'string'
        ? { reign: String(row['reign']), storeVersion: Number(row['store_version']), library: row['library'] }
        : null,
    lag: Math.max(Number(row['lag'] ?? 0) * 1_000, 0),
  };
}

export interface LogRow {
  readonly seq: number;
  readonly reign: string;
  /** `reign`: another leader begins. `anew`: a file was changed as a whole, and a snapshot has it. */
  readonly file: FileName | 'reign' | 'anew';
  readonly changeset: Uint8Array;
}

/** The next rows, as many as fit in memory at once. */
export async function readRows(link: Link, seal: Seal, after: number): Promise<LogRow[]> {
  const { rows } = await link.query(
    `SELECT seq, reign, file, sealed FROM (
       SELECT *, sum(octet_length(sealed)) OVER (ORDER BY seq) - octet_length(sealed) AS before
       FROM (SELECT * FROM assistant_log WHERE seq > $1 ORDER BY seq LIMIT 500) AS next) AS measured
     WHERE before < 8000000 ORDER BY seq`,
    [after],
    { timeout: 30_000, name: 'rows' },
  );
  return rows.map((row) => {
    const [seq, reign, file] = [
      Number(row['seq']),
      String(row['reign']),
      String(row['file']) as LogRow['file'],
    ];
    const sealed = row['sealed'] as Uint8Array;
    const changeset =
      file === 'reign' ? new Uint8Array(0) : seal.unseal(sealed, sealedChange(seq, reign, file));
    return { seq, reign, file, changeset };
  });
}

/** Is what a file says of itself a part of the log as it stands? If not, it was written by a leader that had lost the lease. */
export async function isOfLog(link: Link, { seq, reign }: Position): Promise<boolean> {
  const { rows } = await link.query(
    `SELECT 1 FROM assistant_reign AS own WHERE own.reign = $1
       AND $2 < coalesce((SELECT min(first_seq) FROM assistant_reign AS next WHERE next.first_seq > own.first_seq),
                         (SELECT max(seq) FROM assistant_log) + 1)`,
    [reign, seq],
  );
  return rows.length > 0;
}
