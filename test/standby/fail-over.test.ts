import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMachines, readToken, until } from './open-machines.ts';
import { hasPostgres, startPostgres } from './start-postgres.ts';
import { startTcpProxy } from './start-tcp-proxy.ts';

const sent = { hasTransactionId: true };

/** A PostgreSQL and its copy, one address that leads to whichever works, and two machines. */
async function openAll() {
  const primary = await startPostgres();
  onTestFinished(() => primary.remove());
  const copy = await startPostgres({ copyOf: primary });
  onTestFinished(() => copy.remove());
  const proxy = await startTcpProxy(primary.port);
  onTestFinished(() => proxy.close());
  const url = primary.url.replace(String(primary.port), String(proxy.port));
  const openMachine = createMachines(url);
  const one = await openMachine('un');
  const { store, leadership } = await one.lead();
  store.settings.write('sync-token', 's0');
  await leadership.beforeRequest(sent);
  const two = await openMachine('deux');

  const ask = async (where: string, sql: string): Promise<Record<string, unknown>[]> => {
    const client = new Client({ connectionString: where });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  /** Number of the last row in the copy. */
  const readCopy = async (): Promise<number> =>
    Number((await ask(copy.url, 'SELECT max(seq) AS head FROM assistant_log'))[0]?.['head'] ?? 0);
  async function failOver(): Promise<void> {
    await primary.stop('immediate');
    copy.promote();
    proxy.leadTo(copy.port);
  }
  return { primary, copy, openMachine, one, two, store, leadership, ask, readCopy, failOver };
}

describe.skipIf(!hasPostgres)('a fail-over of PostgreSQL to its copy', { timeout: 120_000 }, () => {
  test('synchronous: all that was let out is in the copy, and the leader goes on', async () => {
    const { primary, two, store, leadership, ask, readCopy, failOver } = await openAll();
    two.follow();
    await ask(primary.url, `ALTER SYSTEM SET synchronous_standby_names = '*'`);
    await ask(primary.url, 'SELECT pg_reload_conf()');
    for (let index = 0; index < 100; index += 1) {
      store.settings.write('sync-token', `s${index}`);
      await leadership.beforeRequest(sent);
    }
    const letOut = leadership.seq;
    await failOver();
    expect(await readCopy()).toBeGreaterThanOrEqual(letOut);
    store.settings.write('sync-token', 'after');
    await leadership.beforeRequest(sent);
    await until('the follower has it', () => readToken(two.storePath) === 'after');
    expect(two.lines.filter((line) => line.includes('fichiers repris'))).toHaveLength(1);
  });

  async function loseRows(all: Awaited<ReturnType<typeof openAll>>): Promise<void> {
    const { copy, store, leadership, ask, readCopy } = all;
    const caughtUp = leadership.seq;
    await until('the copy has begun', async () => (await readCopy()) >= caughtUp);
    await ask(copy.url, `ALTER SYSTEM SET primary_conninfo = ''`);
    await ask(copy.url, 'SELECT pg_reload_conf()');
    await until('the copy gets nothing more', async () => {
      const rows = await ask(copy.url, 'SELECT count(*) AS n FROM pg_stat_wal_receiver');
      return Number(rows[0]?.['n']) === 0;
    });
    for (let index = 0; index < 20; index += 1) {
      store.settings.write('sync-token', `lost ${index}`);
      await leadership.beforeRequest(sent);
    }
    expect(await readCopy()).toBeLessThan(leadership.seq);
  }

  test('not synchronous, the leader is there: it shares its files again, and nothing is lost', async () => {
    const all = await openAll();
    const { two, store, leadership, openMachine, failOver } = all;
    // It never leads, and so leaves the time to the leader, whose lease has run out in the copy.
    const old = await openMachine('trois', { storeVersion: 1 });
    old.follow();
    await two.vanish();
    await loseRows(all);
    await failOver();
    store.settings.write('device-id', 'APPAREIL');
    await leadership.beforeRequest(sent);
    const next = await openMachine('quatre');
    next.follow();
    await until('a new machine is ready', () => next.standby.readProblems().length === 0);
    expect(readToken(next.storePath)).toBe('lost 19');
    await until('the one that was there as well', () => readToken(old.storePath) === 'lost 19');
    store.settings.write('sync-token', 'after');
    await leadership.beforeRequest(sent);
    await until(
      'both go on',
      () => readToken(old.storePath) === 'after' && readToken(next.storePath) === 'after',
    );
  });

  test('not synchronous, the leader is gone as well: a follower that had the rows brings them back', async () => {
    const all = await openAll();
    const { two, one, openMachine, failOver } = all;
    const turn = two.lead();
    await until('the follower is ready', () => two.standby.readProblems().length === 0);
    await loseRows(all);
    await until('the follower has them', () => readToken(two.storePath) === 'lost 19');
    await one.vanish();
    await failOver();
    const { store, leadership } = await turn;
    expect(store.settings.read('sync-token')).toBe('lost 19');
    store.settings.write('sync-token', 'after');
    await leadership.beforeRequest(sent);
    for (const name of ['un', 'trois']) {
      const machine = await openMachine(name);
      machine.follow();
      await until(`${name} is ready`, () => machine.standby.readProblems().length === 0);
      expect(readToken(machine.storePath)).toBe('after');
    }
  });
});
