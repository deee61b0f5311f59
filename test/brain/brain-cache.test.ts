import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fingerprintBrain, openBrainCache } from '../../src/brain/brain-cache.ts';
import { loadBrain } from '../../src/brain/load-brain.ts';
import { createMind, trainBrain } from '../../src/brain/train-brain.ts';
import { loadContent } from '../../src/knowledge/load-content.ts';
import { copyContent } from '../knowledge/copy-content.ts';

const folder = mkdtempSync(join(tmpdir(), 'cerveau-'));
const cache = openBrainCache(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a brain taken up again answers as one just trained', async () => {
  using copy = copyContent();
  const content = await loadContent(copy.root);
  const trained = createMind(trainBrain(content)).intents;
  const first = await loadBrain(copy.root, cache);
  const fingerprint = await fingerprintBrain(copy.root);
  await expect.poll(() => cache.read(String(fingerprint)), { timeout: 10_000 }).not.toBeNull();
  const again = await loadBrain(copy.root, cache);
  expect(again.content).toEqual(content);
  for (const text of ['vpn ko', 'comment installer le certificat nomade', 'où est la cantine', 'visio']) {
    const expected = trained.understand(text);
    expect(first.mind.intents.understand(text)).toEqual(expected);
    expect(again.mind.intents.understand(text)).toEqual(expected);
  }
}, 180_000);

test('a changed file is another brain, and the former one goes', async () => {
  using copy = copyContent();
  const before = await fingerprintBrain(copy.root);
  copy.edit(
    'intents/span-connexion.yaml',
    'questions:',
    'questions:\n  - "le span boude depuis la mise à jour"',
  );
  expect(await fingerprintBrain(copy.root)).not.toBe(before);
  copy.remove('knowledge/messages.yaml');
  expect(await fingerprintBrain(copy.root)).not.toBe(before);
});

test('a sub-folder does not switch the cache off, and what is in it counts', async () => {
  using copy = copyContent();
  const folder = join(copy.root, 'intents', 'archives');
  mkdirSync(folder);
  const before = await fingerprintBrain(copy.root);
  expect(before).not.toBeNull();
  writeFileSync(join(folder, 'note.yaml'), 'questions: []\n');
  expect(await fingerprintBrain(copy.root)).not.toBe(before);
});

test('what is kept is for this account alone; a damaged file is as good as none', async () => {
  using copy = copyContent();
  const content = await loadContent(copy.root);
  const few = { ...content, intents: content.intents.slice(0, 2), outOfScope: [] };
  const brain = { content, models: trainBrain(few) };
  await cache.write('former', brain);
  await cache.write('present', brain);
  expect(readdirSync(folder)).toEqual(['present']);
  expect(statSync(join(folder, 'present')).mode & 0o077).toBe(0);
  writeFileSync(join(folder, 'present'), 'half of it');
  expect(await cache.read('present')).toBeNull();
});

test('the fingerprint covers every room that reading and learning import', () => {
  const cache = readFileSync(new URL('../../src/brain/brain-cache.ts', import.meta.url), 'utf8');
  const rooms = parse(readFileSync(new URL('../architecture/rooms.yaml', import.meta.url), 'utf8')).rooms;
  for (const room of [
    'knowledge',
    'understanding',
    ...rooms.knowledge.imports,
    ...rooms.understanding.imports,
  ])
    expect(cache).toContain(`'src/${room}'`);
});
