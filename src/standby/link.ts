import { Client, DatabaseError } from 'pg';

export type Value = string | number | boolean | Uint8Array | null | readonly (string | number)[];

/** One connection to PostgreSQL, opened when it is needed and again after it was lost. One query at a time, in order. */
export interface Link {
  /**
   * One statement, committed by itself: nothing here ever leaves a transaction open, which a stopped process would hold.
   * Rejects when it fails, or has not answered in time: it may then have been carried out all the same.
   * `name`: of a statement that comes often, always with the same text: PostgreSQL reads and plans it once a connection.
   */
  query(sql: string, values?: readonly Value[], options?: QueryOptions): Promise<Answer>;
  close(): void;
}

export interface QueryOptions {
  /** Milliseconds; 10,000 by default. */
  readonly timeout?: number;
  readonly name?: string;
}

export interface Answer {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly count: number;
}

/** Milliseconds. */
const longestConnect = 3_000;
const longestQuery = 10_000;

/**
 * A lock that somebody keeps is waited for on the server, which goes on waiting when we are gone: it gives up by itself. A
 * commit that is confirmed is on PostgreSQL's disk, whatever its configuration says.
 */
const settings = `SET lock_timeout = 1000;
  SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`;

/** Classes of SQLSTATE after which the connection goes on being good: a fault of the statement, or of what it met. */
const statementFaults = /^(?:2[0-8]|4[024]|55)/;

export function createLink(url: string, use: string): Link {
  let client: Client | null = null;
  let order: Promise<unknown> = Promise.resolve();
  let closed = false;

  function drop(dropped: Client): void {
    if (client === dropped) client = null;
    // It may hang in a query that will never be answered: the socket is closed without waiting.
    void dropped.end().catch(() => undefined);
  }

  async function connect(): Promise<Client> {
    if (client !== null) return client;
    const opened = new Client({
      connectionString: url,
      connectionTimeoutMillis: longestConnect,
      keepAlive: true,
      application_name: `assistant-teletravail ${use}`,
    });
    opened.on('error', () => drop(opened));
    try {
      await opened.connect();
      await opened.query(settings);
    } catch (error) {
      drop(opened);
      throw error;
    }
    client = opened;
    return opened;
  }

  async function run(sql: string, values: readonly Value[], options: QueryOptions): Promise<Answer> {
    const { timeout = longestQuery, name } = options;
    if (closed) throw new Error('the link to PostgreSQL is closed');
    const connected = await connect();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`PostgreSQL did not answer within ${timeout} ms`)), timeout);
    });
    try {
      const answer = await Promise.race([
        connected.query({ text: sql, values: toParameters(values), ...(name === undefined ? {} : { name }) }),
        late,
      ]);
      return { rows: answer.rows as Answer['rows'], count: answer.rowCount ?? 0 };
    } catch (error) {
      if (!(error instanceof DatabaseError) || !statementFaults.test(error.code ?? '')) drop(connected);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    query(sql, values = [], options = {}) {
      const answer = order.then(() => run(sql, values, options));
      order = answer.catch(() => undefined);
      return answer;
    },
    close() {
      closed = true;
      if (client !== null) drop(client);
    },
  };
}

/** A Buffer goes as bytes; any other view of bytes would go as a JSON text. */
function toParameters(values: readonly Value[]): unknown[] {
  return values.map((value) =>
    value instanceof Uint8Array && !Buffer.isBuffer(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : value,
  );
}

/** The SQLSTATE of an error of PostgreSQL, or the code of a failure of the network. */
export function codeOf(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : null;
}
