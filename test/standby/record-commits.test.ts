import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { openRecordStore } from '../../src/encryption/indexeddb/record-store.ts';
import { type Change, createRecorders, type FileName } from '../../src/standby/record-commits.ts';
import { openReplicaFiles, ReplicaDiverged } from '../../src/standby/replica-files.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { createRandom } from '../crash/random.ts';
import { mountSmallDisk } from '../store/small-disk.ts';

const disk = mountSmallDisk(32);
afterAll(() => disk.remove());

/** A leader's files, whose changes are kept in memory, and a follower's, which begin as copies of them. */
async function openPair(folder = mkdtempSync(join(tmpdir(), 'releves-'))) {
  const changes: Change[] = [];
  const recorders = createRecorders({
    reign: 'r1',
    head: 0,
    left: new Map(),
    onChange: (change) => void changes.push(change),
  });
  const place = (who: string, file: FileName): string => join(folder, `${who}-${file}.sqlite`);
  const store = openStore(place('leader', 'store'), {
    record: (db, isAltered) => recorders.attach('store', db, isAltered),
  });
  const failures: unknown[] = [];
  const keys = openRecordStore(place('leader', 'keys'), (error) => void failures.push(error), {
    record: (db, isAltered) => recorders.attach('keys', db, isAltered),
  });
  await recorders.copyFiles((file) => place('follower', file));
  const files = openReplicaFiles({ store: place('follower', 'store'), keys: place('follower', 'keys') });
  onTestFinished(() => {
    store.close();
    keys.close();
    files.close();
    if (folder !== disk.path) rmSync(folder, { recursive: true, force: true });
  });
  expect(changes.map(({ changeset }) => changeset)).toEqual([null, null]);
  changes.length = 0;
  const follow = (): void =>
    files.apply(
      changes.splice(0).map(({ seq, file, changeset }) => ({
        seq,
        file,
        reign: 'r1',
        changeset: changeset ?? new Uint8Array(0),
      })),
    );
  const dump = (who: string): Record<string, unknown[]> => {
    const content: Record<string, unknown[]> = {};
    for (const file of ['store', 'keys'] as const) {
      if (file === 'keys' && who === 'leader') continue;
      const db = new DatabaseSync(place(who, file), { readOnly: true });
      const tables = db.prepare(
        `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
      );
      for (const { name } of tables.all() as { name: string }[])
        content[`${file}.${name}`] = db.prepare(`SELECT * FROM ${name} ORDER BY 1, 2`).all();
      db.close();
    }
    return content;
  };
  /** The leader holds its keys for itself: what they are is read through it. */
  const readKeys = (): unknown => keys.read(1, { from: new Uint8Array(0), to: Uint8Array.of(0xff) }, 1_000);
  return { store, keys, files, changes, failures, recorders, follow, dump, readKeys, place };
}

const room = '!salon:ici.fr';

/** One change of the store, by chance; nested, undone, or outside a transaction. */
function changeStore(store: Store, random: () => number, at: number): unknown {
  const pick = Math.floor(random() * 8);
  const id = Math.floor(random() * 20);
  switch (pick) {
    case 0:
      return store.settings.write('sync-token', `s${at}`);
    case 1:
      return store.notices.claim(`@${id}:ici.fr`, 'flood', at);
    case 2:
      return store.notices.eraseOf(`@${id}:ici.fr`);
    case 3:
      return store.transaction(() => {
        store.journal.add({
          eventId: `$${at}`,
          room,
          sender: '@marie:ici.fr',
          sentAt: at,
          receivedAt: at,
          late: false,
          raw: '{"content":"mon vpn"}',
        });
        store.journal.moveToEnd(room, 0, 1_000_000);
      });
    case 4:
      return store.journal.eraseOld(at - 40);
    case 5:
      return store.feedback.countOutcome('2026-11-28', 'answer', `fiche-${id}`);
    case 6:
      try {
        store.transaction(() => {
          store.settings.write('last-sync', String(at));
          throw new Error('undone');
        });
      } catch {
        // What was undone must leave no trace on the follower either.
      }
      return;
    default:
      return store.transaction(() => {
        store.feedback.recordFeedback({ turnId: `t${id}`, at, fiche: 'vpn', solved: random() < 0.5 });
        try {
          store.transaction(() => {
            store.settings.erase('sync-token');
            throw new Error('undone alone');
          });
        } catch {
          store.settings.write('expiry-told', String(at));
        }
      });
  }
}

test('a follower that applies the changes has what the leader has, whatever is written, undone or erased', async () => {
  const pair = await openPair();
  const random = createRandom(19);
  for (let at = 1; at <= 600; at += 1) {
    changeStore(pair.store, random, at);
    if (random() < 0.3) {
      pair.keys.begin();
      pair.keys.write(1, Uint8Array.of(Math.floor(random() * 40)), new Uint8Array(20).fill(at));
      if (random() < 0.2) pair.keys.remove(1, { from: Uint8Array.of(3), to: Uint8Array.of(9) });
      if (random() < 0.2) pair.keys.rollback();
      else pair.keys.commit();
    }
    if (random() < 0.05) pair.keys.writeNote('starts', String(at));
    if (random() < 0.1) pair.follow();
  }
  pair.follow();
  const [leader, follower] = [pair.dump('leader'), pair.dump('follower')];
  for (const [table, rows] of Object.entries(leader)) expect(follower[table], table).toEqual(rows);
  expect(leader['store.journal']?.length).toBeGreaterThan(5);
  const kept = follower['keys.records'] as { key: Uint8Array; value: Uint8Array }[];
  const inOrder = kept.toSorted((a, b) => Buffer.compare(a.key, b.key));
  expect(inOrder.map(({ key, value }) => ({ key, value }))).toEqual(pair.readKeys());
  expect(kept.length).toBeGreaterThan(5);
});

test('the keys of one /sync, a group of transactions, are one change; a group that is given up is none', async () => {
  const { keys, changes } = await openPair();
  const write = (at: number): void => {
    keys.begin();
    keys.write(1, Uint8Array.of(at), Uint8Array.of(at));
    keys.commit();
  };
  keys.startGroup();
  write(1);
  write(2);
  expect(changes).toEqual([]);
  keys.endGroup();
  expect(changes).toHaveLength(1);
  keys.startGroup();
  write(3);
  keys.abandonGroup();
  expect(changes).toHaveLength(1);
});

test('a commit whose changes SQLite cannot give has the whole file shared, and the next ones go on from there', async () => {
  const db = new DatabaseSync(':memory:');
  onTestFinished(() => db.close());
  db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT) STRICT');
  const changes: Change[] = [];
  const { attach } = createRecorders({
    reign: 'r1',
    head: 0,
    left: new Map(),
    onChange: (change) => void changes.push(change),
  });
  let fails = true;
  const spoilt = new Proxy(db, {
    get(target, name) {
      if (name === 'createSession')
        return () => {
          const session = target.createSession();
          return {
            changeset: () => (fails ? expect.fail('no memory') : session.changeset()),
            close: () => session.close(),
          };
        };
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const recorder = attach('store', spoilt, false);
  for (const x of ['a', 'b']) {
    db.exec('BEGIN');
    recorder.begin();
    db.prepare('INSERT INTO t (x) VALUES (?)').run(x);
    recorder.beforeCommit();
    db.exec('COMMIT');
    recorder.afterCommit();
    fails = false;
  }
  expect(changes.map(({ seq, changeset }) => [seq, changeset === null])).toEqual([
    [1, true],
    [2, true],
    [3, false],
  ]);
});

test('a commit that changed nothing is no change', async () => {
  const { store, keys, changes } = await openPair();
  store.transaction(() => store.settings.read('sync-token'));
  store.settings.erase('sync-token');
  keys.begin();
  keys.commit();
  expect(changes).toEqual([]);
});

test('a change applied after a gap changes nothing and is noticed; one that is there already is passed over', async () => {
  const { store, files, changes, follow, dump } = await openPair();
  store.settings.write('sync-token', 's1');
  const [first] = changes;
  follow();
  store.settings.write('sync-token', 's2');
  store.settings.write('device-id', 'APPAREIL');
  const before = dump('follower');
  const [missed, next] = changes.splice(0);
  const apply = (change: Change | undefined): void =>
    files.apply(change?.changeset ? [{ ...change, changeset: change.changeset, reign: 'r1' }] : []);
  expect(() => apply(next)).toThrow(ReplicaDiverged);
  apply(first);
  expect(dump('follower')).toEqual(before);
  apply(missed);
  apply(next);
  expect(dump('follower')).toMatchObject(dump('leader'));
});

test('a file that is shared and not recorded cannot be written: what was would be missing elsewhere', async () => {
  const { place } = await openPair();
  const outsider = openStore(place('leader', 'store'));
  expect(() => outsider.settings.write('sync-token', 'x')).toThrow(/readonly/);
  outsider.close();
  const alone = openStore(place('follower', 'store'), { leaveReplication: true });
  alone.settings.write('sync-token', 'x');
  alone.close();
  const db = new DatabaseSync(place('follower', 'store'));
  expect(db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'replica'`).get()).toBeUndefined();
  db.close();
});

describe.skipIf(!disk.mounted)('a full disk', () => {
  test('what SQLite undoes by itself is neither in the file nor in the log', async () => {
    const { store, changes, follow, dump } = await openPair(disk.path);
    store.settings.write('sync-token', 's1');
    follow();
    disk.fill(200_000);
    const tooMuch = (): void => {
      for (let index = 0; index < 1_200; index += 1)
        store.notices.claim(`${index} ${'x'.repeat(4_000)}`, 'flood', 1);
    };
    expect(() => store.transaction(tooMuch)).toThrow(/full/);
    // Caught in the middle, the failure must not let what follows be committed statement by statement.
    expect(() =>
      store.transaction(() => {
        try {
          tooMuch();
        } catch {
          store.settings.write('sync-token', 'half');
        }
      }),
    ).toThrow(/full/);
    expect(changes).toEqual([]);
    disk.free();
    store.settings.write('sync-token', 's2');
    store.notices.claim('one', 'flood', 1);
    expect(changes).toHaveLength(2);
    follow();
    const [leader, follower] = [dump('leader'), dump('follower')];
    for (const [table, rows] of Object.entries(leader)) expect(follower[table], table).toEqual(rows);
  });
});
