import type { Link } from './link.ts';

/** What an instance says of itself every second or so. */
export interface InstanceState {
  readonly instance: string;
  readonly leads: boolean;
  /** The last number of the log that it has. */
  readonly seq: number;
  /** It has files of its own, shared or not. */
  readonly hasData: boolean;
  /** The homeserver answers it. */
  readonly reaches: boolean;
  /** It follows, and could take over now. */
  readonly ready: boolean;
  /** Of the program, and of the content that it has loaded. */
  readonly version: string;
  readonly content: string;
}

/** Says how this instance is, and reads how the others were within the last 10 s. */
export async function exchangeStates(link: Link, own: InstanceState): Promise<InstanceState[]> {
  const { rows } = await link.query(
    `WITH own AS (
       INSERT INTO assistant_instance (instance, leads, seq, has_data, reaches_homeserver, is_ready, version, content)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (instance) DO UPDATE SET leads = excluded.leads, seq = excluded.seq, has_data = excluded.has_data,
         reaches_homeserver = excluded.reaches_homeserver, is_ready = excluded.is_ready, version = excluded.version, content = excluded.content, seen_at = clock_timestamp())
     SELECT instance, leads, seq, has_data, reaches_homeserver, is_ready, version, content FROM assistant_instance
     WHERE instance <> $1 AND seen_at > clock_timestamp() - interval '10 seconds' ORDER BY instance`,
    [own.instance, own.leads, own.seq, own.hasData, own.reaches, own.ready, own.version, own.content],
    { timeout: 3_000, name: 'exchange' },
  );
  return rows.map((row) => ({
    instance: String(row['instance']),
    leads: row['leads'] === true,
    seq: Number(row['seq']),
    hasData: row['has_data'] === true,
    reaches: row['reaches_homeserver'] === true,
    ready: row['is_ready'] === true,
    version: String(row['version']),
    content: String(row['content']),
  }));
}

/** An instance that is leaving counts no more. */
export async function leave(link: Link, instance: string): Promise<void> {
  await link.query(
    `DELETE FROM assistant_instance WHERE instance = $1 OR seen_at < clock_timestamp() - interval '1 hour'`,
    [instance],
    { timeout: 1_000 },
  );
}
