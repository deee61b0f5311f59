import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { createEncryption } from '../../src/encryption/create-encryption.ts';
import { openMachine } from '../../src/encryption/open-machine.ts';
import { quiet } from './small-bot.ts';

const directory = mkdtempSync(join(tmpdir(), 'key-store-commits-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const account = { userId: '@assistant:interieur.test', deviceId: 'ASSISTANT' };
const storeKey = 'une clé de test, longue et au hasard : 8f3b0c';

test('each commit of the crypto library is told, from the making of the account on', async () => {
  const path = join(directory, 'machine.sqlite');
  let told = 0;
  const { machine, store } = await openMachine({
    ...account,
    path,
    storeKey,
    log: quiet,
    onStorageError: (error) => expect.fail(String(error)),
    onCommit() {
      told += 1;
    },
  });
  onTestFinished(async () => {
    machine.close();
    await store.close();
  });
  expect(told).toBeGreaterThan(0);
  /** How many commits were told since the last call, and whether SQLite's log has grown by one. */
  const logSize = () => statSync(`${path}-wal`).size;
  let [before, size] = [told, logSize()];
  const since = () => {
    const news = { told: told > before, written: logSize() > size };
    [before, size] = [told, logSize()];
    return news;
  };
  await machine.updateTrackedUsers([new UserId('@camille:interieur.test')]);
  expect(since()).toEqual({ told: true, written: true });
  await store.writeNote('reprise', '1');
  expect(since()).toEqual({ told: true, written: true });
  expect(machine.deviceId.toString()).toBe('ASSISTANT');
  expect(await machine.trackedUsers()).toBeDefined();
  expect(since()).toEqual({ told: false, written: false });
});

test('the encryption as the bot opens it tells of them too', async () => {
  let told = 0;
  const opening = createEncryption({
    ...account,
    storePath: join(directory, 'encryption.sqlite'),
    storeKey,
    policy: 'all',
    log: quiet,
    // What is made before the first request is enough to be told of.
    call: () => Promise.reject(new Error('no homeserver here')),
    rooms: { readRoom: () => Promise.reject(new Error('no room here')) },
    onFatal: (error) => expect.fail(String(error)),
    onCommit() {
      told += 1;
    },
  });
  await expect(opening).rejects.toThrow('no homeserver here');
  expect(told).toBeGreaterThan(0);
});
