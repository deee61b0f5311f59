import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openStore, type Store } from '../../src/store/open-store.ts';

const newPath = (): string => join(mkdtempSync(join(tmpdir(), 'commits-')), 'assistant.db');

/** A real store in a file, and how often its WAL has grown by a commit since: SQLite's own count, not ours. */
function open() {
  const path = newPath();
  let told = 0;
  const store = openStore(path, {
    onCommit() {
      told += 1;
    },
  });
  const reader = new DatabaseSync(path, { readOnly: true });
  onTestFinished(() => {
    reader.close();
    store.close();
  });
  const version = (): unknown => reader.prepare('PRAGMA data_version').get()?.['data_version'];
  let [before, seen] = [told, version()];
  return {
    store,
    /** How many commits were told since the last call, and whether another connection sees a change. */
    since() {
      const news = { told: told - before, changed: version() !== seen };
      [before, seen] = [told, version()];
      return news;
    },
  };
}

test('each write outside a transaction is told once', () => {
  const { store, since } = open();
  store.settings.write('sync-token', 's1');
  expect(since()).toEqual({ told: 1, changed: true });
  store.settings.write('sync-token', 's2');
  store.settings.erase('sync-token');
  expect(since()).toEqual({ told: 2, changed: true });
});

test('a transaction is told once, whatever it holds and nests', () => {
  const { store, since } = open();
  store.transaction(() => {
    store.settings.write('sync-token', 's1');
    store.transaction(() => store.settings.write('user-id', '@bot:ici'));
    expect(() =>
      store.transaction(() => {
        store.settings.write('device-id', 'APPAREIL');
        throw new Error('coupure');
      }),
    ).toThrow('coupure');
    expect(since()).toEqual({ told: 0, changed: false });
  });
  expect(since()).toEqual({ told: 1, changed: true });
});

test('what is rolled back is not told', () => {
  const { store, since } = open();
  expect(() =>
    store.transaction(() => {
      store.settings.write('sync-token', 's1');
      throw new Error('coupure');
    }),
  ).toThrow('coupure');
  expect(() => store.tickets.addNote(404, { at: 0, text: 'sans demande' })).toThrow('FOREIGN KEY');
  expect(since()).toEqual({ told: 0, changed: false });
  // What was rolled back is forgotten: the next transaction, which only reads, has nothing to tell of it.
  store.transaction(() => store.settings.read('sync-token'));
  expect(since()).toEqual({ told: 0, changed: false });
});

test('what only reads, or changes nothing, is not told', () => {
  const { store, since } = open();
  store.settings.read('sync-token');
  store.journal.readWaiting(0, 10);
  store.settings.erase('sync-token');
  store.transaction(() => store.journal.countWaiting());
  expect(store.isWritable()).toBe(true);
  expect(since()).toEqual({ told: 0, changed: false });
});

test('who is told may write, and is told of that as well', () => {
  const told: string[] = [];
  let opened: Store | null = null;
  const store = openStore(newPath(), {
    onCommit() {
      // During the migrations the store is not there yet.
      if (!opened) return;
      told.push(`${opened.settings.read('sync-token')} ${opened.settings.read('user-id')}`);
      if (told.length === 1) opened.transaction(() => store.settings.write('user-id', '@bot:ici'));
    },
  });
  opened = store;
  store.transaction(() => store.settings.write('sync-token', 's1'));
  expect(told).toEqual(['s1 null', 's1 @bot:ici']);
  expect(store.settings.read('user-id')).toBe('@bot:ici');
  store.close();
});

test('a database that is made, or brought to a new version, is told a migration at a time; one that is current, not', () => {
  const path = newPath();
  const versions: unknown[] = [];
  const options = {
    onCommit() {
      using reader = new DatabaseSync(path, { readOnly: true });
      versions.push(reader.prepare('PRAGMA user_version').get()?.['user_version']);
    },
  };
  openStore(path, options).close();
  expect(versions).toEqual(versions.map((_, index) => index + 1));
  expect(versions.length).toBeGreaterThan(1);
  const made = versions.length;
  openStore(path, options).close();
  expect(versions).toHaveLength(made);
});
