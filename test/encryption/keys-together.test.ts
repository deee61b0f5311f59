import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EncryptionSettings, RoomId, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { EncryptionError } from '../../src/encryption/encryption-error.ts';
import { createGuard } from '../../src/encryption/guard.ts';
import { openRecordStore } from '../../src/encryption/indexeddb/record-store.ts';
import { openMachine } from '../../src/encryption/open-machine.ts';
import { readMessageIndex } from '../../src/encryption/room-share.ts';
import { quiet } from './small-bot.ts';

const directory = mkdtempSync(join(tmpdir(), 'cles-ensemble-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const botId = '@assistant:interieur.test';
const roomId = '!message-prive:interieur.test';

async function open(folder: string) {
  mkdirSync(folder, { recursive: true });
  const errors: EncryptionError[] = [];
  const guard = createGuard({
    limit: 10_000,
    settle: () => store.settle(),
    onFatal: (error) => void errors.push(error),
  });
  const { machine, store } = await openMachine({
    userId: botId,
    deviceId: 'ASSISTANT',
    path: join(folder, 'cles.sqlite'),
    storeKey: 'une clé de test, longue et au hasard : 8f3b0c',
    log: quiet,
    onStorageError: (error) =>
      void guard.fail(
        error instanceof EncryptionError ? error : new EncryptionError('panic', { cause: error }),
      ),
  });
  const encrypt = async () => {
    const sealed = await guard.run(() =>
      machine.encryptRoomEvent(new RoomId(roomId), 'm.room.message', JSON.stringify({ body: 'bonjour' })),
    );
    const { session_id: session, ciphertext } = JSON.parse(sealed) as Record<string, unknown>;
    return { session, index: readMessageIndex(ciphertext) };
  };
  const close = async () => {
    machine.close();
    await store.close();
  };
  return { folder, machine, store, guard, errors, encrypt, close };
}

/** SQLite refuses the nth statement that begins so, as on a full disk. Returns whether it has been asked for. */
function refuse(beginning: string, nth = 1): () => boolean {
  const { exec } = DatabaseSync.prototype;
  let left = nth;
  vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
    if (sql.startsWith(beginning)) left -= 1;
    if (left !== 0 || !sql.startsWith(beginning)) return exec.call(this, sql);
    throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
  });
  onTestFinished(() => void vi.restoreAllMocks());
  return () => left <= 0;
}

/** A bot whose room has its key. */
async function openWithRoom(name: string) {
  const bot = await open(join(directory, name));
  const users = [new UserId(botId)];
  await bot.guard.run(() => bot.machine.shareRoomKey(new RoomId(roomId), users, new EncryptionSettings()));
  return bot;
}

/** What the next process would say first, were this one killed now. */
async function encryptAfterKill(folder: string) {
  const copy = mkdtempSync(`${folder}-tuee-`);
  for (const name of ['cles.sqlite', 'cles.sqlite-wal'])
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name));
  const next = await open(copy);
  const said = await next.encrypt();
  await next.close();
  return said;
}
test('what is encrypted while keys are taken in leaves once the file has its ratchet, and not before', async () => {
  const bot = await openWithRoom('ordre');
  const before = await bot.encrypt();
  const taking = Promise.withResolvers<void>();
  const together = bot.store.together(() => taking.promise);
  let given: unknown = null;
  const encrypting = bot.encrypt().then((said) => {
    given = said;
    return said;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  // The library has advanced its ratchet: a kill now has the next process use this index, which must not have left.
  expect(given).toBeNull();
  expect(await encryptAfterKill(bot.folder)).toEqual({ ...before, index: 1 });
  taking.resolve();
  expect(await encrypting).toEqual({ ...before, index: 1 });
  expect(await encryptAfterKill(bot.folder)).toEqual({ ...before, index: 2 });
  await together;
  await bot.close();
});

test('a ciphertext whose ratchet was undone with the keys is not given out, however late the library gives it', async () => {
  const bot = await openWithRoom('annulee');
  const before = await bot.encrypt();
  const taking = Promise.withResolvers<void>();
  const together = bot.store.together(() => taking.promise);
  const encrypting = bot.guard.run(async () => {
    const sealed = await bot.machine.encryptRoomEvent(
      new RoomId(roomId),
      'm.room.message',
      '{"body":"bonjour"}',
    );
    // As a call of the library that goes on reading after its last write: the end of the keys comes in between.
    await together.catch(() => undefined);
    return readMessageIndex((JSON.parse(sealed) as { ciphertext: unknown }).ciphertext);
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const refused = refuse('COMMIT');
  taking.resolve();
  await expect(together).rejects.toMatchObject({ code: 'disk' });
  expect(refused()).toBe(true);
  const outcome = await encrypting.then(
    (index) => `index ${index} has left`,
    () => 'nothing has left',
  );
  expect({ outcome, next: await encryptAfterKill(bot.folder) }).toEqual({
    outcome: 'nothing has left',
    next: { ...before, index: 1 },
  });
  expect(bot.errors.map(({ code }) => code)).toEqual(['disk']);
  await bot.close();
});

test('a store that is closed while keys are taken in gives out nothing of what was written meanwhile', async () => {
  const bot = await openWithRoom('fermee');
  const before = await bot.encrypt();
  void bot.store.together(() => new Promise(() => undefined));
  const encrypting = bot.encrypt().then(
    ({ index }) => `index ${index} has left`,
    () => 'nothing has left',
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  await bot.close();
  expect(await encrypting).toBe('nothing has left');
  const next = await open(bot.folder);
  expect(await next.encrypt()).toEqual({ ...before, index: 1 });
  await next.close();
});

test('once keys have come to nothing, the store takes nothing more: the library believes what the file has not', async () => {
  const bot = await openWithRoom('suite');
  await bot.store
    .together(async () => {
      await bot.machine.updateTrackedUsers([new UserId('@camille:interieur.test')]);
      refuse('COMMIT');
    })
    .catch(() => undefined);
  await expect(bot.store.settle()).rejects.toThrow();
  // A call that was in hand goes on by itself: no guard stands before its next transaction.
  const late = bot.machine.updateTrackedUsers([new UserId('@dominique:interieur.test')]);
  await expect(late.then(() => 'written')).rejects.toBeDefined();
  await bot.close();
});

test('keys that the library refuses halfway are undone as a whole, and the bot ends before it forgets them', async () => {
  const bot = await openWithRoom('refus');
  const taking = bot.store.together(async () => {
    await bot.machine.updateTrackedUsers([new UserId('@camille:interieur.test')]);
    throw new Error('the library refuses the rest');
  });
  await expect(taking).rejects.toThrow('the library refuses the rest');
  expect(bot.errors.map(({ code, exitCode }) => ({ code, exitCode }))).toEqual([
    { code: 'panic', exitCode: 6 },
  ]);
  await expect(bot.guard.run(() => 'anything')).rejects.toMatchObject({ code: 'panic' });
  await bot.close();
  const next = await open(bot.folder);
  expect([...(await next.machine.trackedUsers())].map(String)).toEqual([]);
  await next.close();
});

test('a disk that refuses to begin a transaction is told as a disk, at once, alone or while keys are taken in', async () => {
  for (const together of [false, true]) {
    const bot = await openWithRoom(`debut-${together}`);
    const refused = refuse('BEGIN');
    const start = performance.now();
    const write = () =>
      bot.guard.run(() => bot.machine.updateTrackedUsers([new UserId('@camille:interieur.test')]));
    const writing = together
      ? bot.store.together(() => bot.machine.updateTrackedUsers([new UserId('@camille:interieur.test')]))
      : write();
    await expect(writing.then(() => 'written')).rejects.toBeDefined();
    expect(refused()).toBe(true);
    // Not when the guard's patience is over.
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(bot.errors.map(({ code, exitCode, message }) => ({ code, exitCode, message }))).toEqual([
      { code: 'disk', exitCode: 5, message: expect.stringMatching(/disque plein.*Libérez de la place/) },
    ]);
    await bot.close();
    vi.restoreAllMocks();
  }
});

test('a disk that refuses while the library makes its tables is told as a disk, and not waited for', async () => {
  const folder = join(directory, 'ouverture');
  mkdirSync(folder);
  openRecordStore(join(folder, 'cles.sqlite'), (error) => expect.fail(String(error))).close();
  // The first is for our own tables; the library's come after it.
  const refused = refuse('BEGIN', 2);
  await expect(open(folder)).rejects.toMatchObject({ code: 'disk' });
  expect(refused()).toBe(true);
}, 15_000);
