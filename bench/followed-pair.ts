import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { startPostgres } from '../test/standby/start-postgres.ts';

/** PostgreSQL on this machine, and a second instance of the contender that follows the first. */
export async function startFollowedPair() {
  const postgres = await startPostgres();
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  let follower: ChildProcess | null = null;
  let first = 0;

  const read = async (sql: string): Promise<number> => Number((await client.query(sql)).rows[0]?.n ?? 0);

  return {
    settings: { STANDBY_URL: postgres.url, STORE_KEY: 'cle-de-mesure-cle-de-mesure-cle-de-mesure' },
    /** Starts the second instance once the first leads. */
    async follow(run: (folder: string) => ChildProcess, leaderFolder: string): Promise<void> {
      const leads = (): Promise<number> =>
        read(`SELECT count(*) AS n FROM pg_tables WHERE tablename = 'assistant_snapshot'`);
      while ((await leads()) === 0) await pause(100);
      while ((await read('SELECT count(*) AS n FROM assistant_snapshot')) === 0) await pause(100);
      const folder = `${leaderFolder}-suit`;
      mkdirSync(folder);
      follower = run(folder);
      while ((await read('SELECT count(*) AS n FROM assistant_instance WHERE NOT leads AND seq > 0')) === 0)
        await pause(100);
      first = await read('SELECT max(seq) AS n FROM assistant_log');
    },
    /** What the log took since the second instance follows. */
    async tellSize(): Promise<void> {
      const { rows } = await client.query(
        'SELECT count(*) AS rows, coalesce(sum(octet_length(sealed)), 0) AS bytes FROM assistant_log WHERE seq > $1',
        [first],
      );
      console.log(`journal : ${rows[0].rows} changements, ${Math.round(Number(rows[0].bytes) / 1_000)} ko`);
    },
    async close(): Promise<void> {
      follower?.kill('SIGKILL');
      await client.end();
      await postgres.remove();
    },
  };
}
