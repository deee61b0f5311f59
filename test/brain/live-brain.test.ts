import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { Brain } from '../../src/brain/brain.ts';
import { createLiveBrain, describeReload, type Reload } from '../../src/brain/live-brain.ts';
import { createSoloMind } from '../../src/conversation/targets/create-solo-mind.ts';
import { loadContent } from '../../src/knowledge/load-content.ts';
import { copyContent } from '../knowledge/copy-content.ts';

/** Training is tried elsewhere; here a matcher only remembers what it was trained on. */
const untrained: Brain['mind'] = createSoloMind({
  understand: () => {
    throw new Error('not asked');
  },
});

async function startWith(watch: { debounceMilliseconds?: number; pollSeconds?: number } | false) {
  const copy = copyContent();
  const reloads: Reload[] = [];
  const live = createLiveBrain({
    root: copy.root,
    initial: { content: await loadContent(copy.root), mind: untrained },
    train: () => ({ ...untrained }),
    onReload: (reload) => reloads.push(reload),
    watch,
  });
  onTestFinished(() => {
    live.close();
    copy[Symbol.dispose]();
  });
  return { copy, live, reloads };
}

/** Waits for the `count`th report, five seconds at most. */
async function waitFor(reloads: readonly Reload[], count: number): Promise<Reload | undefined> {
  for (let tries = 0; tries < 250 && reloads.length < count; tries += 1) await sleep(20);
  return reloads[count - 1];
}

const titleOf = (brain: Brain) => brain.content.fiches.get('noemi-veille')?.title;

test('a saved file is taken up while the bot runs, content and matcher together', async () => {
  const { copy, live, reloads } = await startWith({ debounceMilliseconds: 30 });
  const before = live.brain();
  copy.edit('knowledge/noemi-veille.yaml', /^titre:.*$/m, 'titre: La veille du NOEMI');
  expect(await waitFor(reloads, 1)).toMatchObject({ type: 'taken-up', fiches: 32 });
  expect(titleOf(live.brain())).toBe('La veille du NOEMI');
  expect(live.brain().mind).not.toBe(before.mind);
  expect(live.brain().content.version).not.toBe(before.content.version);
});

test('wrong files are explained, the old ones stay, and the correction is taken up', async () => {
  const { copy, live, reloads } = await startWith({ debounceMilliseconds: 30 });
  const before = live.brain();
  copy.edit('knowledge/noemi-veille.yaml', 'contacts:', 'contatcs:');
  const refused = await waitFor(reloads, 1);
  expect(live.brain()).toBe(before);
  expect(refused && describeReload(refused)).toMatch(
    /^Fichiers refusés, un problème : je garde la version [0-9a-f]{12}\.\n\nknowledge\/noemi-veille\.yaml:\d+:1: erreur : la clé « contatcs »/,
  );
  copy.edit('knowledge/noemi-veille.yaml', 'contatcs:', 'contacts:');
  copy.edit('knowledge/noemi-veille.yaml', /^titre:.*$/m, 'titre: La veille du NOEMI');
  expect(await waitFor(reloads, 2)).toMatchObject({ type: 'taken-up' });
  expect(titleOf(live.brain())).toBe('La veille du NOEMI');
});

test('a change that the file system does not report is seen all the same', async () => {
  const { copy, reloads } = await startWith({ debounceMilliseconds: 10, pollSeconds: 0.05 });
  await sleep(100);
  copy.edit('knowledge/noemi-veille.yaml', /^titre:.*$/m, 'titre: La veille du NOEMI');
  expect(await waitFor(reloads, 1)).toMatchObject({ type: 'taken-up' });
});

test('`!recharger` reads now, says when nothing has changed, and two at once do the work once', async () => {
  const { copy, live, reloads } = await startWith(false);
  expect(describeReload(await live.reload())).toMatch(/^Les fichiers sont ceux que j’utilise déjà/);
  copy.edit('knowledge/noemi-veille.yaml', /^titre:.*$/m, 'titre: La veille du NOEMI');
  const both = await Promise.all([live.reload(), live.reload()]);
  expect(both.map(({ type }) => type)).toEqual(['taken-up', 'taken-up']);
  expect(reloads).toHaveLength(1);
  expect(describeReload(both[0])).toMatch(
    /^Fichiers repris : 32 fiches, \d+ questions, version [0-9a-f]{12}\.$/,
  );
});

test('the same wrong files are told once', async () => {
  const { copy, live, reloads } = await startWith(false);
  copy.edit('knowledge/noemi-veille.yaml', 'contacts:', 'contatcs:');
  await live.reload();
  await live.reload();
  expect(reloads).toHaveLength(1);
});
