import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest';
import { type Postgres, startPostgres } from './start-postgres.ts';

/** One server for the tests of a group, and an empty database for each of them. To be called inside `describe`. */
export function usePostgres(): {
  readonly server: () => Postgres;
  /** Address of the database of the test that runs. */
  readonly url: () => string;
  /** A client of that database, closed with the test. */
  connect(): Promise<Client>;
} {
  let postgres: Postgres;
  let url = '';
  let count = 0;

  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.remove());
  beforeEach(() => {
    count += 1;
    url = postgres.createDatabase(`essai_${count}`);
  });

  return {
    server: () => postgres,
    url: () => url,
    async connect() {
      const client = new Client({ connectionString: url });
      await client.connect();
      onTestFinished(() => client.end());
      return client;
    },
  };
}
