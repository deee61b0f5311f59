import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { inspectStandby } from '../../src/standby/inspect-standby.ts';
import { createSeal, sealedChange } from '../../src/standby/seal.ts';
import { StandbyError } from '../../src/standby/standby-error.ts';
import { migrations } from '../../src/store/migrations.ts';
import { openStore } from '../../src/store/open-store.ts';
import { createMachines, readToken, storeKey, until } from './open-machines.ts';
import { hasPostgres } from './start-postgres.ts';
import { usePostgres } from './use-postgres.ts';

if (!hasPostgres)
  console.warn('\n⚠ Tests du relais laissés de côté : pas de PostgreSQL ici (apt-get install postgresql).\n');
if (!hasPostgres && process.env['CI'] === 'true') throw new Error('En CI ces tests sont obligatoires.');

describe.skipIf(!hasPostgres)('several machines over a real PostgreSQL', () => {
  const { server, url, connect } = usePostgres();

  const sent = { hasTransactionId: true };
  test('a follower has what the leader let out, and goes on from there once the lease is given back', async () => {
    const openMachine = createMachines(url());
    const [one, two] = [await openMachine('un'), await openMachine('deux')];
    const { leadership, store } = await one.lead();
    store.settings.write('sync-token', 's1');
    await leadership.beforeRequest(sent);
    const turn = two.lead();
    await until('the follower is ready', () => two.standby.readProblems().length === 0);
    store.settings.write('sync-token', 's2');
    await leadership.beforeRequest(sent);
    const start = performance.now();
    await leadership.retire();
    const next = await turn;
    // Well under the five seconds of a lease that runs out; a quiet machine takes a tenth of a second.
    expect(performance.now() - start).toBeLessThan(4_000);
    expect(next.store.settings.read('sync-token')).toBe('s2');
    expect(next.leadership.epoch).toBe(2);
    next.store.settings.write('sync-token', 's3');
    await next.leadership.beforeRequest(sent);
  });

  test('two that start at once, from nothing: one leads, and the other follows it', async () => {
    const openMachine = createMachines(url());
    const machines = await Promise.all([openMachine('un'), openMachine('deux'), openMachine('trois')]);
    const first = await Promise.race(
      machines.map(async (machine) => ({ machine, ...(await machine.lead()) })),
    );
    first.store.settings.write('sync-token', 's1');
    await first.leadership.beforeRequest(sent);
    await until('the others follow', () =>
      machines.every((machine) => machine === first.machine || machine.standby.readProblems().length === 0),
    );
    expect(machines.filter(({ standby }) => standby.readFigures().leads)).toEqual([first.machine]);
  });

  test('an empty machine leaves the beginning to one that has data, which becomes everybody’s', async () => {
    const openMachine = createMachines(url());
    const two = await openMachine('vide', { foundingPause: 3_000 });
    two.follow();
    const place = await openMachine('ancien');
    await place.vanish();
    const old = openStore(place.storePath);
    old.settings.write('sync-token', 'ancien');
    old.close();
    const one = await openMachine('ancien');
    const { store, leadership } = await one.lead();
    await leadership.beforeRequest(sent);
    expect(store.settings.read('sync-token')).toBe('ancien');
    await until('the empty one follows', () => two.standby.readProblems().length === 0);
    expect(readToken(two.storePath)).toBe('ancien');
  });

  test('data that were never shared are put aside, not lost, when another machine’s come in their place', async () => {
    const openMachine = createMachines(url());
    const { store, leadership } = await (await openMachine('un')).lead();
    store.settings.write('sync-token', 's1');
    await leadership.beforeRequest(sent);
    const place = await openMachine('deux');
    await place.vanish();
    const own = openStore(place.storePath);
    own.settings.write('sync-token', 'à part');
    own.close();
    const two = await openMachine('deux');
    two.follow();
    await until('it follows', () => two.standby.readProblems().length === 0);
    expect(readToken(two.storePath)).toBe('s1');
    const aside = readdirSync(two.dataDir).find((name) => /\.ancien-\d+$/.test(name));
    expect(aside === undefined ? null : readToken(join(two.dataDir, aside))).toBe('à part');
  });

  test('nothing passes while PostgreSQL is away, and all goes on when it is back', async () => {
    const openMachine = createMachines(url());
    const { store, leadership } = await (await openMachine('un')).lead();
    await leadership.beforeRequest(sent);
    const onTheWay = await leadership.beforeRequest(sent);
    await server().stop('immediate');
    store.settings.write('sync-token', 's1');
    let passed = false;
    const waiting = leadership.beforeRequest(sent).then(() => {
      passed = true;
    });
    await until('what is on its way is ended at the deadline', () => onTheWay.aborted, 6_000);
    expect(passed).toBe(false);
    await server().start();
    await waiting;
    const client = await connect();
    const { rows } = await client.query('SELECT max(seq) AS head FROM assistant_log');
    expect(Number(rows[0].head)).toBe(leadership.seq);
  });

  test('what a leader wrote after it had lost the lease is nowhere, and its files are taken anew', async () => {
    const openMachine = createMachines(url());
    const one = await openMachine('un');
    const { store, leadership } = await one.lead();
    store.settings.write('sync-token', 's1');
    await leadership.beforeRequest(sent);
    const two = await openMachine('deux');
    const turn = two.lead();
    await until('the follower is ready', () => two.standby.readProblems().length === 0);
    // As a process that is stopped: it renews no more, and knows nothing of it.
    leadership.vanish();
    store.settings.write('sync-token', 'never said');
    const next = await turn;
    next.store.settings.write('sync-token', 's2');
    await next.leadership.beforeRequest(sent);
    await one.vanish();
    expect(readToken(one.storePath)).toBe('never said');
    const again = await openMachine('un');
    again.follow();
    await until('it follows', () => again.standby.readProblems().length === 0);
    expect(readToken(again.storePath)).toBe('s2');
    expect(again.lines.join()).toContain('fichiers repris');
  });

  test('a leader whose place was taken ships nothing more, and is told to end', async () => {
    const openMachine = createMachines(url());
    const { store, leadership } = await (await openMachine('un')).lead();
    store.settings.write('sync-token', 's1');
    await leadership.beforeRequest(sent);
    const client = await connect();
    await client.query(`UPDATE assistant_lease SET epoch = 9, reign = 'another', expires_at = 'infinity'`);
    store.settings.write('sync-token', 's2');
    expect((await leadership.lost).message).toContain('pris le relais');
    const { rows } = await client.query('SELECT max(seq) AS head FROM assistant_log');
    expect(Number(rows[0].head)).toBeLessThan(leadership.seq + 1);
    expect(leadership.remaining()).toBe(Number.NEGATIVE_INFINITY);
  });

  test('a take-over waits for an insert that is under way, and has its row', async () => {
    const openMachine = createMachines(url());
    const one = await openMachine('un');
    const { store, leadership } = await one.lead();
    store.settings.write('sync-token', 's1');
    await leadership.beforeRequest(sent);
    const two = await openMachine('deux');
    const turn = two.lead();
    await until('the follower is ready', () => two.standby.readProblems().length === 0);
    const client = await connect();
    const { rows } = await client.query('SELECT reign FROM assistant_lease');
    const { reign } = rows[0];
    // The shipper's own statement, held open: the only place where a transaction is.
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM assistant_lease WHERE reign = $1 FOR KEY SHARE', [reign]);
    leadership.vanish();
    const late = leadership.seq + 1;
    const seal = createSeal(storeKey).seal(new Uint8Array(0), sealedChange(late, reign, 'keys'));
    await client.query(`INSERT INTO assistant_log (seq, reign, file, sealed) VALUES ($1, $2, 'reign', $3)`, [
      late,
      reign,
      seal,
    ]);
    // A renewal, or its end, is no change of the key: it does not wait for the insert. A take-over does.
    const other = await connect();
    await other.query(`UPDATE assistant_lease SET expires_at = '-infinity'`);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(two.standby.readFigures().leads).toBe(false);
    await client.query('COMMIT');
    const next = await turn;
    const after = await client.query('SELECT first_seq FROM assistant_reign ORDER BY epoch DESC LIMIT 1');
    expect(Number(after.rows[0].first_seq)).toBe(late + 1);
    expect(next.leadership.epoch).toBe(2);
    expect(next.store.settings.read('sync-token')).toBe('s1');
  });

  test('a leader that was stopped in the middle of an insert does not block the take-over', async () => {
    const openMachine = createMachines(url());
    const { store, leadership } = await (await openMachine('un')).lead();
    store.settings.write('sync-token', 's1');
    await leadership.beforeRequest(sent);
    const client = new Client({ connectionString: url() });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM assistant_lease FOR KEY SHARE');
    const two = await openMachine('deux');
    const turn = two.lead();
    await until('the follower is ready', () => two.standby.readProblems().length === 0);
    leadership.vanish();
    const next = await turn;
    expect(next.leadership.epoch).toBe(2);
  }, 30_000);

  test('another STORE_KEY is refused in words', async () => {
    const openMachine = createMachines(url());
    const { leadership } = await (await openMachine('un')).lead();
    await leadership.beforeRequest(sent);
    const refused = (
      await openMachine('deux', { storeKey: 'une autre clé, longue et au hasard : 77aa' })
    ).lead();
    await expect(refused).rejects.toThrow(StandbyError);
    await expect(refused).rejects.toThrow(/autre STORE_KEY/);
  });

  test('a machine with other content is told of in the log, and follows all the same', async () => {
    const openMachine = createMachines(url());
    const one = await openMachine('un');
    const { leadership } = await one.lead();
    await leadership.beforeRequest(sent);
    const two = await openMachine('deux', { content: () => 'c2' });
    two.follow();
    await until('it follows', () => two.standby.readProblems().length === 0);
    for (const machine of [one, two])
      await until('it is told', () => machine.lines.join().includes('même version ou le même contenu'));
    await until('each names the other', () =>
      [one.standby.describe(), two.standby.describe()].every((line) =>
        /active.*en attente|en attente.*active/.test(line),
      ),
    );
    expect(one.standby.describe()).toMatch(/: active \(mandat 1\)/);
    expect(two.standby.describe()).toMatch(/: en attente/);
  });

  test('a machine of an older version follows, says so, and never leads', async () => {
    const openMachine = createMachines(url());
    const one = await openMachine('un');
    const { store, leadership } = await one.lead();
    store.settings.write('sync-token', 's1');
    await leadership.beforeRequest(sent);
    const old = await openMachine('deux', { storeVersion: 6 });
    old.follow();
    await until(
      'it follows',
      () => old.standby.readProblems().length > 0 && old.standby.readFigures().lag === 0,
    );
    // Nobody would take over from a leader that ends now: it finishes what it has in hand.
    await until('the leader sees it', () => one.standby.readFigures().others === 1);
    expect(one.standby.hasReadyFollower()).toBe(false);
    await leadership.retire();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(old.standby.readFigures().leads).toBe(false);
    expect(old.standby.readProblems().join()).toContain('version plus ancienne');
  });

  test('a rolling upgrade: the new version follows the old one, migrates when it leads, and the old one never leads again', async () => {
    const openMachine = createMachines(url());
    const old = await openMachine('ancienne', { storeVersion: 6 });
    const leadership = await old.standby.lead(new AbortController().signal);
    if (leadership === null) throw new Error('nobody has asked to stop');
    // The store as version 6 had it, and wrote it.
    const db = new DatabaseSync(old.storePath);
    onTestFinished(() => db.close());
    db.exec(`PRAGMA journal_mode = WAL; ${migrations.slice(0, 6).join('')} PRAGMA user_version = 6;
             INSERT INTO ticket (number, agent, address, salon, root, opened_at, status, active_at, closed_at)
             VALUES (1, '@a:ici.fr', '!a:ici.fr', '!s:ici.fr', 'racine', 1, 'closed', 1, 2);
             INSERT INTO ticket_note VALUES (1, 5, 'première'), (1, 5, 'seconde');`);
    const recorder = leadership.recordStore(db, true);
    const write = (sql: string): void => {
      db.exec('BEGIN');
      recorder.begin();
      db.exec(sql);
      recorder.beforeCommit();
      db.exec('COMMIT');
      recorder.afterCommit();
    };
    write(`INSERT INTO setting VALUES ('sync-token', 's1')`);
    await leadership.beforeRequest(sent);
    const upgraded = await openMachine('nouvelle');
    const turn = upgraded.lead();
    await until('the new version follows', () => upgraded.standby.readProblems().length === 0);
    write(`UPDATE setting SET value = 's2' WHERE name = 'sync-token'`);
    await leadership.beforeRequest(sent);
    await leadership.retire();
    const next = await turn;
    expect(next.store.settings.read('sync-token')).toBe('s2');
    expect(next.store.tickets.readGaps(0)[0]?.notes).toEqual(['première', 'seconde']);
    next.store.settings.write('sync-token', 's3');
    await next.leadership.beforeRequest(sent);
    await old.standby.vanish();
    const third = await openMachine('troisième');
    third.follow();
    await until('another of the new version follows', () => third.standby.readProblems().length === 0);
    const again = await openMachine('ancienne', { storeVersion: 6 });
    again.follow();
    await until('the old one has looked', () => again.standby.readFigures().epoch === 2);
    await next.leadership.retire();
    await until('the new one takes over', () => third.standby.readFigures().leads);
    expect(again.standby.readProblems().join()).toContain('version plus ancienne');
    expect(again.standby.readFigures().leads).toBe(false);
  });

  test('doctor sees who leads, who follows, and whether PostgreSQL keeps what it confirms', async () => {
    const openMachine = createMachines(url());
    expect(await inspectStandby(url(), storeKey)).toMatchObject({ state: 'empty' });
    const one = await openMachine('un');
    const { leadership } = await one.lead();
    await leadership.beforeRequest(sent);
    const two = await openMachine('deux');
    two.follow();
    await until('both are seen', async () => {
      const seen = await inspectStandby(url(), storeKey);
      return seen.state === 'in-use' && seen.followers.length === 1 && seen.leader !== null;
    });
    // The tests' own PostgreSQL is run without fsync.
    expect(await inspectStandby(url(), storeKey)).toMatchObject({
      epoch: 1,
      keepsCommits: false,
      isSynchronous: false,
    });
    expect(await inspectStandby(url(), 'une autre clé')).toEqual({ state: 'other-key' });
  });

  test('a PostgreSQL that has lost its last rows is given the whole files again', async () => {
    const openMachine = createMachines(url());
    const { store, leadership } = await (await openMachine('un')).lead();
    for (let index = 0; index < 20; index += 1) {
      store.settings.write('sync-token', `s${index}`);
      await leadership.beforeRequest(sent);
    }
    const two = await openMachine('deux');
    two.follow();
    await until('the follower is ready', () => two.standby.readProblems().length === 0);
    const client = await connect();
    // As after a fail-over to a copy that was behind.
    await client.query('DELETE FROM assistant_log WHERE seq > $1', [leadership.seq - 5]);
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%journal%' AND pid <> pg_backend_pid()`,
    );
    store.settings.write('sync-token', 'after');
    await leadership.beforeRequest(sent);
    const three = await openMachine('trois');
    three.follow();
    await until('a new follower is ready', () => three.standby.readProblems().length === 0);
    await until(
      'both have it',
      () => readToken(two.storePath) === 'after' && readToken(three.storePath) === 'after',
    );
  });
});
