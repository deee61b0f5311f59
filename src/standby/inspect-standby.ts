import { createLink } from './link.ts';
import { createSeal } from './seal.ts';

export type StandbyView =
  /** Reached, and never used. */
  | { readonly state: 'empty'; readonly milliseconds: number }
  | { readonly state: 'other-key' }
  | {
      readonly state: 'in-use';
      readonly milliseconds: number;
      readonly epoch: number;
      /** null: nobody holds the lease. */
      readonly leader: string | null;
      readonly followers: readonly { readonly instance: string; readonly behind: number }[];
      /** A commit waits for a copy of PostgreSQL. */
      readonly isSynchronous: boolean;
      /** A commit outlives a power cut. */
      readonly keepsCommits: boolean;
    };

/** What PostgreSQL shows of the machines; makes and changes nothing. Rejects when it is out of reach. */
export async function inspectStandby(url: string, storeKey: string): Promise<StandbyView> {
  const link = createLink(url, 'doctor');
  try {
    const { rows: found } = await link.query(`SELECT to_regclass('assistant_instance') IS NOT NULL AS there`);
    const start = performance.now();
    await link.query('SELECT 1');
    const milliseconds = Math.round((performance.now() - start) * 10) / 10;
    if (found[0]?.['there'] !== true) return { state: 'empty', milliseconds };
    const { rows } = await link.query(
      `SELECT key_check, epoch, holder, expires_at > clock_timestamp() AS held,
         (SELECT coalesce(max(seq), 0) FROM assistant_log) AS head,
         current_setting('synchronous_commit') AS commits, current_setting('fsync') AS fsync,
         current_setting('synchronous_standby_names') AS copies
       FROM assistant_lease`,
    );
    const row = rows[0];
    if (row === undefined) return { state: 'empty', milliseconds };
    if (row['key_check'] !== createSeal(storeKey).check) return { state: 'other-key' };
    const { rows: others } = await link.query(
      `SELECT instance, seq FROM assistant_instance
       WHERE NOT leads AND seen_at > clock_timestamp() - interval '10 seconds' ORDER BY instance`,
    );
    const commits = String(row['commits']);
    return {
      state: 'in-use',
      milliseconds,
      epoch: Number(row['epoch']),
      leader: row['held'] === true ? String(row['holder']) : null,
      followers: others.map(({ instance, seq }) => ({
        instance: String(instance),
        behind: Math.max(Number(row['head']) - Number(seq), 0),
      })),
      isSynchronous: row['copies'] !== '' && !['off', 'local'].includes(commits),
      keepsCommits: commits !== 'off' && row['fsync'] === 'on',
    };
  } finally {
    link.close();
  }
}
