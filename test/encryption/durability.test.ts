import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { EncryptionError } from '../../src/encryption/encryption-error.ts';
import { createGuard } from '../../src/encryption/guard.ts';
import { openRecordStore } from '../../src/encryption/indexeddb/record-store.ts';

const directory = mkdtempSync(join(tmpdir(), 'durability-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const all = { from: new Uint8Array(0), to: Uint8Array.of(0xff) };

test('what the crypto library gives is passed on only once what it stored is on the disk', async () => {
  const steps: string[] = [];
  const disk = Promise.withResolvers<void>();
  const guard = createGuard({
    limit: 10_000,
    settle: () => disk.promise,
    onFatal: (error) => {
      throw error;
    },
  });
  const given = guard.run(async () => steps.push('stored')).then(() => steps.push('given'));
  await guard.runUnsettled(async () => steps.push('mark')).then(() => steps.push('marked'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(steps).toEqual(['stored', 'mark', 'marked']);
  disk.resolve();
  await given;
  expect(steps.at(-1)).toBe('given');
});

test('commits made during a wait for the disk are waited for in their turn', async () => {
  const records = openRecordStore(join(directory, 'suite.sqlite'), (error) => {
    throw error;
  });
  const waits: Promise<void>[] = [];
  for (let n = 0; n < 200; n += 1) {
    records.begin();
    records.write(1, Uint8Array.of(0x10, n), new Uint8Array(1000));
    records.commit();
    waits.push(records.settle());
    if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(waits);
  expect(records.count(1, all)).toBe(200);
  records.close();
});

test('a disk that does not take it stops the bot in French, and gives nothing to send', async () => {
  const path = join(directory, 'refus.sqlite');
  const told: EncryptionError[] = [];
  const records = openRecordStore(path, (error) => told.push(error));
  records.begin();
  records.write(1, Uint8Array.of(0x10), new Uint8Array(10));
  records.commit();
  // As when the data folder is taken away: there is no journal to wait for.
  rmSync(`${path}-wal`);
  const guard = createGuard({ limit: 10_000, settle: records.settle, onFatal: () => {} });
  await expect(guard.run(() => 'ciphertext')).rejects.toMatchObject({ code: 'disk', exitCode: 5 });
  expect(told[0]?.message).toContain('Libérez de la place ou corrigez les droits, puis relancez');
});
