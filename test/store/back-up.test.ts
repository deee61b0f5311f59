import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backUp, cutBackUps, listBackUps } from '../../src/store/back-up.ts';
import { openStore } from '../../src/store/open-store.ts';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'sauvegarde-'));

test('what is committed while the copy is made never tears it: all of a transaction is there, or nothing', async () => {
  const folder = newFolder();
  const store = openStore(join(folder, 'assistant.db'));
  const write = (index: number): void =>
    store.transaction(() => {
      for (const half of ['a', 'b']) {
        const times = { sentAt: index, receivedAt: index, late: false };
        const raw = 'x'.repeat(3_000);
        store.journal.add({ eventId: `$${index}${half}`, room: '!r:ici', sender: '@a:ici', raw, ...times });
      }
    });
  for (let index = 0; index < 500; index += 1) write(index);
  let over = false;
  const parts = { copyStore: store.backUp, copyKeys: null, recoveryKeyFile: join(folder, 'aucune') };
  const copying = backUp(join(folder, 'copies'), parts, Date.now()).finally(() => {
    over = true;
  });
  let index = 500;
  for (; !over && index < 5_000; index += 1) {
    write(index);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(index).toBeGreaterThan(500);
  const copy = openStore(join(await copying, 'assistant.db'));
  const events = copy.journal.readWaiting(0, 100_000).map(({ eventId }) => eventId);
  expect(events.length).toBeGreaterThanOrEqual(1_000);
  expect(events.length % 2).toBe(0);
  copy.close();
  store.close();
});

test('a copy that cannot be finished leaves nothing', async () => {
  const into = newFolder();
  const copyStore = () => Promise.reject(new Error('disque plein'));
  await expect(backUp(into, { copyStore, copyKeys: null, recoveryKeyFile: '' }, 0)).rejects.toThrow(
    'disque plein',
  );
  expect(readdirSync(into)).toEqual([]);
});

test('the oldest copies are cut, with what a killed process left, and nothing else', () => {
  const folder = newFolder();
  const names = ['2026-11-28T07-00-00-000', '2026-11-28T08-00-00-000', '2026-11-28T09-00-00-000'];
  for (const name of [...names, '.en-cours-2026-11-28T06-00-00-000', 'autre']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'notes.txt'), '');
  cutBackUps(folder, 2);
  expect(listBackUps(folder)).toEqual(names.slice(1));
  expect(existsSync(join(folder, 'autre')) && existsSync(join(folder, 'notes.txt'))).toBe(true);
  expect(readdirSync(folder)).toHaveLength(4);
});
