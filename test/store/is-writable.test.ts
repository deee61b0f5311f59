import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { mountSmallDisk } from './small-disk.ts';

const newPath = (): string => join(mkdtempSync(join(tmpdir(), 'writable-')), 'assistant.db');
const disk = mountSmallDisk(8);
afterAll(() => disk.remove());

/** More than the disk has left, in one transaction. */
function writeTooMuch(store: Store): void {
  store.transaction(() => {
    for (let index = 0; index < 2_000; index += 1) {
      store.journal.add({
        eventId: `$${index}`,
        room: '!dm:ici',
        sender: '@ana:ici',
        sentAt: 1,
        receivedAt: 1,
        late: false,
        raw: 'je reste bloquée '.repeat(300),
      });
    }
  });
}

test('looking whether the store can be written leaves no trace in its files', () => {
  const path = newPath();
  const store = openStore(path);
  store.settings.write('sync-token', 's1');
  const files = [path, `${path}-wal`];
  const before = files.map((file) => readFileSync(file));
  for (let time = 0; time < 100; time += 1) expect(store.isWritable()).toBe(true);
  expect(files.map((file) => readFileSync(file))).toEqual(before);
  store.close();
});

test('a store that another program locks cannot be written, and can once it is free', {
  timeout: 10_000,
}, () => {
  const path = newPath();
  const store = openStore(path);
  using other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  expect(store.isWritable()).toBe(false);
  other.exec('ROLLBACK');
  expect(store.isWritable()).toBe(true);
  store.close();
});

test('a value that SQLite refuses says nothing of the store', () => {
  const store = openStore(newPath());
  expect(() => store.tickets.addNote(404, { at: 0, text: 'sans demande' })).toThrow('FOREIGN KEY');
  expect(store.isWritable()).toBe(true);
  store.close();
});

describe.skipIf(!disk.mounted)('a full disk', () => {
  test('is told from the first write that fails to the first that is committed, and not by what only reads', () => {
    const store = openStore(join(disk.path, 'assistant.sqlite'));
    store.settings.write('sync-token', 's1');
    disk.fill(40_000);
    expect(() => writeTooMuch(store)).toThrow(/full|disk/);
    expect(store.isWritable()).toBe(false);
    store.transaction(() => store.journal.countWaiting());
    expect(store.isWritable()).toBe(false);
    disk.free();
    store.settings.write('last-sync', '2');
    expect(store.isWritable()).toBe(true);
    store.close();
  });
});
