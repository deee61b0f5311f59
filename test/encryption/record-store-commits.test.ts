import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import type { IDBDatabase } from '../../src/encryption/indexeddb/idb-database.ts';
import type { IDBFactory } from '../../src/encryption/indexeddb/idb-factory.ts';
import type { IDBTransaction } from '../../src/encryption/indexeddb/idb-transaction.ts';
import { installIndexedDb } from '../../src/encryption/indexeddb/install-indexeddb.ts';
import { openRecordStore } from '../../src/encryption/indexeddb/record-store.ts';

const directory = mkdtempSync(join(tmpdir(), 'record-commits-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const fail = (error: unknown): never => {
  throw error;
};
const key = Uint8Array.of(0x10);
const all = { from: new Uint8Array(0), to: Uint8Array.of(0xff) };

function open(name: string) {
  const seen: number[] = [];
  const records = openRecordStore(join(directory, name), fail, {
    // At each call what was committed can be read.
    onCommit: () => void seen.push(records.count(1, all)),
  });
  onTestFinished(() => records.close());
  return { records, seen };
}

test('each commit that changed something is told once, after it', () => {
  const { records, seen } = open('commit.sqlite');
  expect(seen).toEqual([]);
  records.begin();
  records.write(1, key, new Uint8Array(10));
  records.write(1, Uint8Array.of(0x11), new Uint8Array(10));
  expect(seen).toEqual([]);
  records.commit();
  expect(seen).toEqual([2]);
  records.begin();
  records.remove(1, all);
  records.commit();
  expect(seen).toEqual([2, 0]);
});

test('a note is told once each time that it is written', () => {
  const { records, seen } = open('note.sqlite');
  records.writeNote('reprise', '1');
  records.writeNote('reprise', '2');
  expect(seen).toEqual([0, 0]);
  expect(records.readNote('reprise')).toBe('2');
  expect(seen).toHaveLength(2);
});

test('neither a rollback nor a read is told, nor the transaction that follows and changes nothing', () => {
  const { records, seen } = open('annulation.sqlite');
  records.begin();
  records.write(1, key, new Uint8Array(10));
  records.rollback();
  records.begin();
  records.read(1, all, 10);
  records.commit();
  records.remove(1, all);
  expect(records.readNote('reprise')).toBeUndefined();
  expect(seen).toEqual([]);
});

test('what is written together is told once, at its end, and whoever asks meanwhile waits for that', async () => {
  const { records, seen } = open('ensemble.sqlite');
  records.startGroup();
  records.begin();
  records.write(1, key, new Uint8Array(10));
  records.commit();
  let settled = false;
  const waiting = records.settle().then(() => {
    settled = true;
  });
  records.begin();
  records.write(1, Uint8Array.of(0x11), new Uint8Array(10));
  records.rollback();
  records.writeNote('reprise', '1');
  await new Promise((resolve) => setImmediate(resolve));
  expect([seen, settled]).toEqual([[], false]);
  records.endGroup();
  await waiting;
  expect(seen).toEqual([1]);
  expect(records.readNote('reprise')).toBe('1');
});

test('of what was written together nothing stays when SQLite refuses a part of it, and nobody goes on with the rest', async () => {
  const failures: unknown[] = [];
  const records = openRecordStore(join(directory, 'refus.sqlite'), (error) => void failures.push(error));
  onTestFinished(() => records.close());
  records.startGroup();
  records.begin();
  records.write(1, key, new Uint8Array(10));
  records.commit();
  const waiting = records.settle();
  records.begin();
  records.reportFailure(Object.assign(new Error('disk I/O error'), { errcode: 10 }));
  records.rollback();
  expect(records.endGroup).toThrow(/disque/);
  await expect(waiting).rejects.toThrow();
  expect(records.count(1, all)).toBe(0);
  expect(failures[0]).toMatchObject({ code: 'disk' });
});

test('a copy waits for what is written together', async () => {
  const installed = installIndexedDb(join(directory, 'copie.sqlite'), fail);
  onTestFinished(() => installed.close());
  const ending = Promise.withResolvers<void>();
  const together = installed.together(async () => {
    void installed.writeNote('reprise', '1');
    await ending.promise;
  });
  const copy = join(directory, 'copie-faite.sqlite');
  let copied = false;
  const copying = installed.copy(copy).then(() => {
    copied = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(copied).toBe(false);
  ending.resolve();
  await together;
  await copying;
  const copies = openRecordStore(copy, fail);
  expect(copies.readNote('reprise')).toBe('1');
  copies.close();
});

test('a clock set back while the store closes does not keep it open', async () => {
  const installed = installIndexedDb(join(directory, 'horloge.sqlite'), fail);
  const { indexedDB } = globalThis as unknown as { indexedDB: IDBFactory };
  const opening = indexedDB.open('base', 1);
  // Never closed: the store does not wait for it longer than a second.
  await new Promise((resolve) => {
    opening.onsuccess = resolve;
  });
  const wall = Date.now;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => {
    clock.mockImplementation(() => wall() - 7_200_000);
    return wall();
  });
  onTestFinished(() => clock.mockRestore());
  const late = new Promise((resolve) => setTimeout(resolve, 4_000, 'late'));
  expect(await Promise.race([installed.close(), late])).not.toBe('late');
});

test('a transaction of IndexedDB is told once when it writes, and not when it reads or is aborted', async () => {
  let told = 0;
  const installed = installIndexedDb(join(directory, 'indexeddb.sqlite'), fail, {
    onCommit() {
      told += 1;
    },
  });
  onTestFinished(() => installed.close());
  const { indexedDB } = globalThis as unknown as { indexedDB: IDBFactory };
  const opening = indexedDB.open('base', 1);
  const db = await new Promise<IDBDatabase>((resolve) => {
    opening.onupgradeneeded = () => (opening.result as IDBDatabase).createObjectStore('clefs');
    opening.onsuccess = () => resolve(opening.result as IDBDatabase);
  });
  expect(told).toBe(1);
  const run = (mode: 'readonly' | 'readwrite', work: (transaction: IDBTransaction) => void) =>
    new Promise<string>((resolve) => {
      const transaction = db.transaction('clefs', mode);
      transaction.oncomplete = () => resolve('complete');
      transaction.onabort = () => resolve('abort');
      work(transaction);
    });
  const put = (transaction: IDBTransaction, name: string) =>
    transaction.objectStore('clefs').put({ name }, name);
  const two = await run('readwrite', (transaction) => {
    put(transaction, 'a');
    put(transaction, 'b');
  });
  expect([two, told]).toEqual(['complete', 2]);
  const read = await run('readonly', (transaction) => void transaction.objectStore('clefs').get('a'));
  expect([read, told]).toEqual(['complete', 2]);
  const aborted = await run('readwrite', (transaction) => {
    put(transaction, 'c').onsuccess = () => transaction.abort();
  });
  expect([aborted, told]).toEqual(['abort', 2]);
  await installed.writeNote('reprise', '1');
  expect(told).toBe(3);
  db.close();
});
