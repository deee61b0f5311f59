import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadBrain } from '../../src/brain/load-brain.ts';
import type { SaveAnswer, Todo } from '../../src/page/page-view.ts';
import { type Page, startPage } from '../../src/page/start-page.ts';
import { openStore } from '../../src/store/open-store.ts';
import { type ContentCopy, copyContent } from '../knowledge/copy-content.ts';
import { browserPath, openBrowser } from './open-browser.ts';

const brain = await loadBrain();
let copy: ContentCopy & Disposable;
let page: Page;
const store = openStore(':memory:');
const now = Date.parse('2026-12-01T10:00:00Z');

beforeAll(async () => {
  copy = copyContent();
  page = await startPage({ brain: () => brain, root: copy.root, store, port: 0, clock: () => now });
});
afterAll(async () => {
  await page.close();
  copy[Symbol.dispose]();
});
beforeEach(() => {
  store.feedback.eraseOld(Number.MAX_SAFE_INTEGER);
  const ask = (number: number, text: string, nearest: string | null) =>
    store.feedback.recordUnanswered({
      turnId: `$q${number}`,
      at: now - number * 3_600_000,
      agent: '@ana:ici',
      text,
      nearest,
    });
  ask(1, 'la borne wifi de mon étage clignote en orange', 'noemi-wifi');
  ask(2, 'comment commander un toner pour l’imprimante laser', null);
  ask(3, 'la borne wifi de mon étage clignote orange', 'noemi-wifi');
  ask(4, 'mon 06 12 34 56 78 ne capte pas la borne du parking', null);
});

async function call<T>(path: string, body?: unknown): Promise<T> {
  const headers = { origin: page.url.slice(0, -1), 'content-type': 'application/json' };
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  return (await (await fetch(new URL(path, page.url), init)).json()) as T;
}

const list = () => call<Todo>('/api/todo?days=30');
const settle = (ids: readonly string[] | undefined, gesture: object) =>
  call<SaveAnswer>('/api/atelier/todo', { ids, gesture });

describe('what is to do', () => {
  test('alike together, most frequent first, masked', async () => {
    const todo = await list();
    expect(todo).toMatchObject({ questions: 4, groups: [{ nearest: 'noemi-wifi' }, {}, {}] });
    expect(todo.groups[0]?.texts).toEqual([
      'la borne wifi de mon étage clignote en orange',
      'la borne wifi de mon étage clignote orange',
    ]);
    expect(JSON.stringify(todo)).not.toContain('06 12');
  });

  test('it is of this fiche: one question more in its file, and the group is no longer to do', async () => {
    const [group] = (await list()).groups;
    const text = 'la borne wifi clignote en orange';
    expect(await settle(group?.ids, { type: 'adopt', fiche: 'noemi-wifi', text })).toMatchObject({
      type: 'saved',
    });
    expect(copy.read('intents/noemi-wifi.yaml')).toContain(`  - ${text}\n`);
    expect((await list()).questions).toBe(2);
    expect(store.audit.read(1)).toMatchObject([
      { action: 'question-adopted', object: 'noemi-wifi', undoable: true },
    ]);
  });

  test('out of scope: at the end of hors-sujet.yaml, the rest of it untouched', async () => {
    const before = copy.read('intents/hors-sujet.yaml');
    const toner = (await list()).groups.find(({ texts }) => texts[0]?.includes('toner'));
    expect(await settle(toner?.ids, { type: 'out-of-scope', text: toner?.texts[0] })).toMatchObject({
      type: 'saved',
    });
    expect(copy.read('intents/hors-sujet.yaml')).toBe(
      `${before}  - titre: "Questions reçues"\n    questions:\n      - "comment commander un toner pour l’imprimante laser"\n`,
    );
    expect((await list()).questions).toBe(3);
    const borne = (await list()).groups[0];
    await settle(borne?.ids, { type: 'out-of-scope', text: 'la borne du hall: "en panne"' });
    expect(copy.read('intents/hors-sujet.yaml')).toMatch(
      /laser"\n {6}- "la borne du hall: \\"en panne\\""\n$/,
    );
  });

  test('masked words are not learnt, nor a question that is elsewhere; nothing is lost then', async () => {
    const masked = (await list()).groups.find(({ texts }) => texts[0]?.includes('…'));
    expect(
      await settle(masked?.ids, { type: 'adopt', fiche: 'noemi-wifi', text: masked?.texts[0] }),
    ).toMatchObject({
      type: 'refused',
      reasons: [expect.stringContaining('écrivez la question avec vos mots')],
    });
    const [taken = ''] = brain.content.intents.find(({ id }) => id === 'tchap-securite')?.questions ?? [];
    expect(await settle(masked?.ids, { type: 'adopt', fiche: 'noemi-wifi', text: taken })).toMatchObject({
      type: 'refused',
      reasons: [expect.stringContaining('cette question est déjà dans')],
    });
    expect((await list()).questions).toBe(4);
  });

  test('forgotten, it is in the log by its short name alone', async () => {
    const [group] = (await list()).groups;
    await settle(group?.ids, { type: 'forget' });
    expect((await list()).questions).toBe(2);
    const [entry] = store.audit.read(1);
    expect(entry).toMatchObject({
      action: 'question-dismissed',
      object: group?.ids.join(', '),
      undoable: false,
    });
  });
});

describe.skipIf(browserPath === null)('in a real browser', { timeout: 120_000 }, () => {
  test('one gesture settles a group, and axe-core has nothing to say at either width', async () => {
    const browser: Browser = await openBrowser();
    try {
      for (const viewport of [
        { width: 1366, height: 768 },
        { width: 360, height: 640 },
      ]) {
        const context = await browser.newContext({ viewport, locale: 'fr-FR' });
        const tab = await context.newPage();
        await tab.goto(page.url);
        await tab.getByLabel('Votre message').waitFor();
        await tab.getByRole('tab', { name: 'À faire' }).click();
        await tab.getByText(/questions? sans bonne réponse, en/).waitFor();
        await tab.waitForTimeout(600);
        const { violations } = await new AxeBuilder({ page: tab }).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
        expect(await tab.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
          viewport.width,
        );
        await tab
          .getByRole('button', { name: /^Oublier/ })
          .last()
          .click();
        await tab.getByText('Question oubliée.').waitFor();
        await context.close();
      }
      expect((await list()).groups).toHaveLength(1);
    } finally {
      await browser.close();
    }
  });
});
