import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EncryptionError } from '../../src/encryption/encryption-error.ts';
import type { IDBDatabase } from '../../src/encryption/indexeddb/idb-database.ts';
import { IDBFactory } from '../../src/encryption/indexeddb/idb-factory.ts';
import type { IDBRequest } from '../../src/encryption/indexeddb/idb-request.ts';
import { openRecordStore, type RecordStore } from '../../src/encryption/indexeddb/record-store.ts';
import { mountSmallDisk } from '../store/small-disk.ts';

const disk = mountSmallDisk(32);
afterAll(() => disk.remove());

describe.skipIf(!disk.mounted)('a full disk under the crypto library', () => {
  const { path, fill, free } = disk;
  const all = { from: new Uint8Array(0), to: Uint8Array.of(0xff) };
  const told: EncryptionError[] = [];
  let count = 0;
  let records: RecordStore;
  let db: IDBDatabase;

  beforeEach(async () => {
    count += 1;
    told.length = 0;
    records = openRecordStore(join(path, `cles-${count}.sqlite`), (error) => void told.push(error));
    const request = new IDBFactory(records, (error) => {
      throw error;
    }).open('base', 1);
    db = await new Promise<IDBDatabase>((resolve, reject) => {
      request.onupgradeneeded = () => (request.result as IDBDatabase).createObjectStore('clefs');
      request.onsuccess = () => resolve(request.result as IDBDatabase);
      request.onerror = () => reject(request.error);
    });
  });
  afterEach(() => {
    free();
    records.close();
  });

  /** More than SQLite's cache of 2 MB in one transaction. `onRefused` is the caller's handler of a failed request. */
  function putMany(onRefused: (request: IDBRequest) => void): Promise<'complete' | 'abort'> {
    const transaction = db.transaction('clefs', 'readwrite');
    const store = transaction.objectStore('clefs');
    for (let index = 0; index < 1_200; index += 1) {
      const request = store.put({ session: 'x'.repeat(4_000) }, `clef ${index}`);
      request.onerror = (event) => {
        event.preventDefault();
        onRefused(request);
      };
    }
    return new Promise((resolve) => {
      transaction.oncomplete = () => resolve('complete');
      transaction.onabort = () => resolve('abort');
    });
  }

  const countRecords = (): number => {
    const [shape] = records.readStores('base');
    return shape ? records.count(shape.id, all) : -1;
  };

  test('keeps nothing of the transaction, though its handlers forgive the failed request', async () => {
    fill(1_000_000);
    const requests: IDBRequest[] = [];
    const outcome = await putMany((request) => requests.push(request));
    expect({ outcome, kept: countRecords() }).toEqual({ outcome: 'abort', kept: 0 });
    expect(requests[0]?.error).toMatchObject({ name: 'UnknownError', message: 'database or disk is full' });
    expect(new Set(told.map(({ code }) => code))).toEqual(new Set(['disk']));
  });

  test('with room again, the same transaction is stored whole', async () => {
    fill(1_000_000);
    expect(await putMany(() => undefined)).toBe('abort');
    free();
    expect(await putMany(() => undefined)).toBe('complete');
    expect(countRecords()).toBe(1_200);
  });
});
