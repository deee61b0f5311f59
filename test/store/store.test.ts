import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { EventId, RoomId, UserId } from '../../src/messages/ids.ts';
import { eraseOldData } from '../../src/store/erase-old-data.ts';
import { createErasures } from '../../src/store/finish-erasures.ts';
import { isStoreFailure } from '../../src/store/is-store-failure.ts';
import type { JournalEntry } from '../../src/store/journal.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { openStore } from '../../src/store/open-store.ts';

const day = 86_400_000;
const newPath = (): string => join(mkdtempSync(join(tmpdir(), 'store-')), 'donnees', 'assistant.db');

function entry(eventId: EventId, change: Partial<JournalEntry> = {}): JournalEntry {
  return {
    eventId,
    room: '!dm:ici',
    sender: '@ana:ici',
    sentAt: 1_000,
    receivedAt: 1_000,
    late: false,
    raw: '{"body":"mon vpn marche pas"}',
    ...change,
  };
}

describe('the database file', () => {
  test('can be read by nobody else', () => {
    const path = newPath();
    const store = openStore(path);
    store.settings.write('sync-token', 's1');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
    store.close();
  });

  test('is found again as it was left', () => {
    const path = newPath();
    const first = openStore(path);
    first.settings.write('sync-token', 's1');
    first.journal.add(entry('$1'));
    first.close();
    const second = openStore(path);
    expect(second.settings.read('sync-token')).toBe('s1');
    expect(second.journal.readWaiting(0, 10)).toHaveLength(1);
    second.close();
  });

  test('of a newer version is refused, in French', () => {
    const path = newPath();
    openStore(path).close();
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 999');
    db.close();
    expect(() => openStore(path)).toThrow(/Base de données/);
  });

  test('holds no trace of a text that was erased', () => {
    const path = newPath();
    const store = openStore(path);
    store.journal.add(entry('$1', { raw: '{"body":"aubergine"}' }));
    store.journal.finish('$1', 'done');
    store.close();
    expect(readFileSync(path).includes('aubergine')).toBe(false);
  });

  test('holds no trace of it either while it is open, in its log, once erasures are finished', () => {
    const path = newPath();
    const store = openStore(path);
    const erasures = createErasures(store);
    const isThere = () => [path, `${path}-wal`].some((file) => readFileSync(file).includes('aubergine'));
    store.journal.add(entry('$1', { raw: '{"body":"aubergine"}' }));
    store.journal.finish('$1', 'failed');
    store.transaction(() => eraseOldData(store, 40 * day, 30));
    erasures.noteErased();
    expect(isThere()).toBe(true);
    // Another process reads meanwhile: what it may still read stays until it has done.
    const reader = new DatabaseSync(path, { readOnly: true });
    const rows = reader.prepare('SELECT * FROM journal').iterate();
    rows.next();
    erasures.finish();
    rows.return?.();
    reader.close();
    erasures.finish();
    expect(isThere()).toBe(false);
    store.close();
  });
});

describe('the journal', () => {
  test('takes an event once', () => {
    const { journal } = openStore(':memory:');
    expect(journal.add(entry('$1'))).toBe(true);
    journal.finish('$1', 'done');
    expect(journal.add(entry('$1'))).toBe(false);
    expect(journal.readWaiting(0, 10)).toEqual([]);
  });

  test('forgets everything that a failed transaction wrote', () => {
    const store = openStore(':memory:');
    expect(() =>
      store.transaction(() => {
        store.journal.add(entry('$1'));
        store.settings.write('sync-token', 's2');
        throw new Error('coupure');
      }),
    ).toThrow('coupure');
    expect(store.journal.readWaiting(0, 10)).toEqual([]);
    expect(store.settings.read('sync-token')).toBeNull();
  });

  test('forgets what a nested transaction wrote, though the outer one forgives its failure and goes on', () => {
    const store = openStore(':memory:');
    store.transaction(() => {
      store.journal.add(entry('$1'));
      expect(() =>
        store.transaction(() => {
          store.journal.add(entry('$2'));
          store.transaction(() => store.settings.write('sync-token', 's2'));
          throw new Error('coupure');
        }),
      ).toThrow('coupure');
      store.transaction(() => store.journal.add(entry('$3')));
    });
    expect(store.journal.readWaiting(0, 10).map(({ eventId }) => eventId)).toEqual(['$1', '$3']);
    expect(store.settings.read('sync-token')).toBeNull();
  });

  test('that refuses a value has not failed: that is a fault of the value, and the transaction goes on', () => {
    const store = openStore(':memory:');
    let refusal: unknown;
    store.transaction(() => {
      store.journal.add(entry('$1'));
      try {
        store.journal.add(entry('$2', { sentAt: 0.5 }));
      } catch (error) {
        refusal = error;
      }
    });
    expect(refusal).toMatchObject({ code: 'ERR_SQLITE_ERROR' });
    expect(isStoreFailure(refusal)).toBe(false);
    expect(store.journal.readWaiting(0, 10).map(({ eventId }) => eventId)).toEqual(['$1']);
    let failure: unknown;
    try {
      openDatabase(':memory:').run('DELETE FROM nowhere');
    } catch (error) {
      failure = error;
    }
    expect(isStoreFailure(failure)).toBe(true);
    expect(isStoreFailure(new Error('database or disk is full'))).toBe(false);
  });

  test('gives back what waited for a key, when it comes', () => {
    const { journal } = openStore(':memory:');
    journal.add(entry('$1'));
    journal.markUndecryptable('$1', 'session', 'no key yet');
    expect(journal.readWaiting(0, 10)).toEqual([]);
    expect(journal.readUndecryptable('!dm:ici', 'session')).toHaveLength(1);
    expect(journal.readUnreadableSessions(500)).toHaveLength(0);
    expect(journal.readUnreadableSessions(2_000)).toHaveLength(1);
  });

  test('tries again, after a restart, what came lately and could not be read', () => {
    const { journal } = openStore(':memory:');
    journal.add(entry('$old', { receivedAt: 1_000 }));
    journal.add(entry('$new', { receivedAt: 5_000 }));
    for (const id of ['$old', '$new'] as const) journal.markUndecryptable(id, 'session', 'no key yet');
    expect(journal.retryUndecryptable(2_000)).toBe(1);
    expect(journal.readWaiting(0, 10)).toMatchObject([{ eventId: '$new' }]);
  });
});

test('old texts are erased, and what is still to be answered is not', () => {
  const store = openStore(':memory:');
  store.journal.add(entry('$failed'));
  store.journal.finish('$failed', 'failed', 'défaut');
  store.journal.add(entry('$waiting'));
  store.conversations.write({
    key: 'c',
    room: '!c:ici',
    agent: '@ana:ici',
    state: { version: 1, transcript: 'mon vpn' },
    now: 1_000,
  });
  store.feedback.recordUnanswered({
    turnId: '$1',
    at: 1_000,
    agent: '@ana:ici',
    text: 'mon vpn',
    nearest: null,
  });
  eraseOldData(store, 20 * day, 30);
  expect(store.conversations.read('c')).not.toBeNull();
  eraseOldData(store, 40 * day, 30);
  expect(store.conversations.read('c')).toBeNull();
  expect(store.feedback.readUnanswered(0)).toEqual([]);
  expect(store.journal.summaryOf('@ana:ici')).toMatchObject({ events: 2, withText: 1 });
  expect(store.journal.readWaiting(0, 10)).toMatchObject([{ eventId: '$waiting' }]);
});

test('the direct message of a person is the one that holds them alone', () => {
  const { rooms } = openStore(':memory:');
  const enter = (room: RoomId, ...users: UserId[]): void => {
    rooms.update(room, { membership: 'join' });
    for (const user of users) rooms.setMember(room, { user, membership: 'join', displayName: null });
  };
  enter('!salon:ici', '@bot:ici', '@ana:ici', '@paul:ici');
  enter('!named:ici', '@bot:ici', '@ana:ici');
  rooms.update('!named:ici', { name: 'Service informatique' });
  expect(rooms.findDirect('@ana:ici')).toBeNull();
  enter('!dm:ici', '@bot:ici', '@ana:ici');
  expect(rooms.findDirect('@ana:ici')).toBe('!dm:ici');
  rooms.update('!dm:ici', { note: 'forbidden' });
  expect(rooms.findDirect('@ana:ici')).toBeNull();
});

test('a row that holds another id than its column is for is a fault of ours, and is said, not guessed', () => {
  const path = newPath();
  const store = openStore(path);
  store.journal.add(entry('$question'));
  using other = new DatabaseSync(path);
  other.exec(`UPDATE journal SET room = '@ana:ici'`);
  expect(() => store.journal.readWaiting(0, 10)).toThrow('column room holds another string');
  store.close();
});
