import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { IDBDatabase } from '../../src/encryption/indexeddb/idb-database.ts';
import { IDBFactory } from '../../src/encryption/indexeddb/idb-factory.ts';
import { IDBIndex } from '../../src/encryption/indexeddb/idb-index.ts';
import { decodeKey, encodeKey } from '../../src/encryption/indexeddb/idb-key.ts';
import { IDBObjectStore } from '../../src/encryption/indexeddb/idb-object-store.ts';
import { openRecordStore } from '../../src/encryption/indexeddb/record-store.ts';

const directory = mkdtempSync(join(tmpdir(), 'indexeddb-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const fail = (error: unknown): never => {
  throw error;
};

async function openWithStore(path: string) {
  const records = openRecordStore(path, fail);
  const request = new IDBFactory(records, fail).open('base', 1);
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    request.onupgradeneeded = () => (request.result as IDBDatabase).createObjectStore('clefs');
    request.onsuccess = () => resolve(request.result as IDBDatabase);
    request.onerror = () => reject(request.error);
  });
  return { records, db };
}

test('throws on every call and option that the crypto library was not seen to make', async () => {
  const { records, db } = await openWithStore(join(directory, 'inconnu.sqlite'));
  const store = db.transaction('clefs', 'readwrite').objectStore('clefs');
  const loose = (object: object) => object as Record<string, (...values: unknown[]) => unknown>;
  expect(() => loose(db)['deleteDatabase']?.('base')).toThrow('IDBDatabase.deleteDatabase');
  expect(() => loose(store)['getKey']?.('a')).toThrow('IDBObjectStore.getKey');
  expect(() => store.openCursor(undefined, 'prev')).toThrow('openCursor(…, prev)');
  expect(() => Object.assign(store.get('a'), { onfinish: () => {} })).toThrow();
  expect(() => store.put({}, new Date())).toThrow('date');
  expect(() => store.put(() => {}, 'a')).toThrow('could not be cloned');
  expect(() => db.transaction('clefs', 'readwrite', { durability: 'relaxed' })).toThrow('options');
  await new Promise((resolve) => setTimeout(resolve, 20));
  records.close();
});

test('keeps the files to their owner: 0600, the journal too', async () => {
  const path = join(directory, 'droits.sqlite');
  const { records, db } = await openWithStore(path);
  const put = db.transaction('clefs', 'readwrite').objectStore('clefs').put({ secret: 1 }, 'a');
  await new Promise((resolve) => {
    put.onsuccess = resolve;
  });
  await new Promise((resolve) => setTimeout(resolve, 10));
  for (const file of [path, `${path}-wal`]) expect(statSync(file).mode & 0o777, file).toBe(0o600);
  records.close();
});

test('refuses a second process on the same store, and says so in French', async () => {
  const path = join(directory, 'double.sqlite');
  const { records } = await openWithStore(path);
  const module = new URL('../../src/encryption/indexeddb/record-store.ts', import.meta.url).href;
  const script = `import(${JSON.stringify(module)}).then((m) => m.openRecordStore(${JSON.stringify(path)}, () => {})).catch((error) => { console.log(error.code, error.message); process.exit(error.exitCode); })`;
  const second = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', script], {
    encoding: 'utf8',
  });
  expect(second.stdout).toContain('store-in-use Un autre processus utilise déjà le magasin de clés');
  expect(second.status).toBe(5);
  records.close();
});

test('leaves nothing of a transaction that a kill cut short', () => {
  const path = join(directory, 'coupure.sqlite');
  const module = new URL('../../src/encryption/indexeddb/record-store.ts', import.meta.url).href;
  const script = `import(${JSON.stringify(module)}).then((m) => {
    const records = m.openRecordStore(${JSON.stringify(path)}, () => {});
    const put = (n) => records.write(1, Uint8Array.of(0x10, n), new Uint8Array(100_000));
    records.begin(); put(1); records.commit();
    records.begin(); for (let n = 2; n < 60; n++) put(n);
    process.kill(process.pid, 'SIGKILL');
  })`;
  const killed = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', script]);
  expect(killed.signal).toBe('SIGKILL');
  const records = openRecordStore(path, fail);
  expect(records.count(1, { from: new Uint8Array(0), to: Uint8Array.of(0xff) })).toBe(1);
  records.close();
});

test('refuses a file that is no crypto store instead of writing into it', () => {
  const path = join(directory, 'autre.sqlite');
  writeFileSync(path, 'Ceci est un fichier texte, pas une base. '.repeat(200));
  expect(() => openRecordStore(path, fail)).toThrow('est abîmé ou n’est pas un magasin de clés');
});

test('orders keys as IndexedDB does, and reads back what it wrote', () => {
  const ordered = [
    -Infinity,
    -1.5,
    0,
    1e-9,
    2,
    10,
    '',
    '\u0000',
    'A',
    'a',
    'ab',
    'é',
    '\uffff',
    [],
    [1],
    ['a'],
    ['a', 1],
  ];
  const encoded = ordered.map(encodeKey);
  expect([...encoded].sort(Buffer.compare)).toEqual(encoded);
  expect(encoded.map(decodeKey)).toEqual(ordered);
});

test('has every method that the pinned bindings may call on a store or an index', () => {
  const bindings = readFileSync(
    new URL(
      '../../node_modules/@matrix-org/matrix-sdk-crypto-wasm/pkg/matrix_sdk_crypto_wasm_bg.js',
      import.meta.url,
    ),
    'utf8',
  );
  const called = new Set([...bindings.matchAll(/arg0\.([a-zA-Z]+)\(/g)].map(([, name]) => name ?? ''));
  const reads = ['get', 'getAll', 'getAllKeys', 'count', 'openCursor'];
  const known = new Map<object, string[]>([
    [IDBObjectStore.prototype, [...reads, 'put', 'add', 'delete', 'clear', 'index', 'createIndex']],
    [IDBIndex.prototype, reads],
  ]);
  for (const [prototype, names] of known) {
    for (const name of names) expect(Object.hasOwn(prototype, name), name).toBe(true);
  }
  // What IndexedDB has besides: its appearing among the calls is what this test is there to notice.
  const unknown = [
    'getKey',
    'openKeyCursor',
    'deleteIndex',
    'advance',
    'continuePrimaryKey',
    'deleteDatabase',
    'databases',
    'cmp',
  ];
  expect(unknown.filter((name) => called.has(name))).toEqual([]);
});
