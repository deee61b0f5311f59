import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page as Tab } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLiveBrain, type LiveBrain } from '../../src/brain/live-brain.ts';
import { loadBrain } from '../../src/brain/load-brain.ts';
import { type Page, startPage } from '../../src/page/start-page.ts';
import { openStore } from '../../src/store/open-store.ts';
import { type ContentCopy, copyContent } from '../knowledge/copy-content.ts';
import { plainTypography } from '../text/plain-typography.ts';
import { browserPath, openBrowser } from './open-browser.ts';

if (browserPath === null) {
  console.warn('⚠ LAISSÉ DE CÔTÉ : pas de Chromium ici, l’atelier n’est pas essayé dans un vrai navigateur.');
}

describe.skipIf(browserPath === null)('a fiche edited in the page', { timeout: 120_000 }, () => {
  let copy: ContentCopy & Disposable;
  let live: LiveBrain;
  let page: Page;
  let browser: Browser;
  let tab: Tab;
  const complaints: string[] = [];

  beforeAll(async () => {
    copy = copyContent();
    const initial = await loadBrain(copy.root);
    // Only texts change here, not what is learnt: training again would take the machine for nothing.
    live = createLiveBrain({ root: copy.root, initial, train: () => initial.mind });
    page = await startPage({ brain: live.brain, root: copy.root, store: openStore(':memory:'), port: 0 });
    browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'fr-FR' });
    tab = await context.newPage();
    tab.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    tab.on('pageerror', (error) => complaints.push(error.message));
  });
  afterAll(async () => {
    await browser?.close();
    await page?.close();
    live?.close();
    copy?.[Symbol.dispose]();
  });

  async function edit(on: Tab = tab): Promise<void> {
    await on.goto(page.url);
    await on.getByLabel('Votre message').waitFor();
    await on.getByRole('tab', { name: 'Fiches' }).click();
    await on.locator('#fiche-noemi-wifi summary').click();
    await on
      .locator('#fiche-noemi-wifi')
      .getByRole('button', { name: /^Modifier/ })
      .click();
    await on.locator('#atelier').getByText('Rien à redire.').waitFor();
  }

  const editor = () => tab.locator('#atelier');

  test('a mistake is explained under its field, and the reply is shown as it is typed', async () => {
    await edit();
    await editor().getByLabel('Titre').first().fill('N'.repeat(71));
    await editor()
      .getByText('ce texte est trop long (70 caractères au plus). Raccourcissez, ou coupez en deux.')
      .waitFor();
    await editor().getByText('1 erreur à corriger avant d’enregistrer.').waitFor();
    await editor().getByLabel('Titre').first().fill('NOEMI : se relier à sa box');
    await editor().getByRole('region', { name: 'Aperçu' }).getByText('NOEMI : se relier à sa box').waitFor();
    await editor().getByText('Rien à redire.').waitFor();
  });

  test('steps move by keyboard, and the preview follows', async () => {
    const third = editor().locator('summary', { hasText: 'Étape 3 : Ouvrez la fenêtre des réseaux.' });
    await third.focus();
    await tab.keyboard.press('Enter');
    await editor().getByRole('button', { name: 'Monter Étape 3' }).focus();
    await tab.keyboard.press('Enter');
    await editor().locator('summary', { hasText: 'Étape 2 : Ouvrez la fenêtre des réseaux.' }).waitFor();
    const second = editor().getByRole('region', { name: 'Aperçu' }).locator('ol > li').nth(1);
    await expect
      .poll(async () => plainTypography((await second.textContent()) ?? ''))
      .toContain('Ouvrez la fenêtre des réseaux.');
  });

  test('axe-core has nothing to say of it, at both widths, and what one needs is in view', async () => {
    for (const viewport of [
      { width: 1366, height: 768 },
      { width: 360, height: 640 },
    ]) {
      await tab.setViewportSize(viewport);
      const { violations } = await new AxeBuilder({ page: tab }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
        [],
      );
      const box = await editor().getByRole('button', { name: 'Enregistrer' }).boundingBox();
      expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThanOrEqual(viewport.height);
      expect(await tab.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
    }
    await tab.setViewportSize({ width: 1366, height: 768 });
  });

  test('saved, it is what a person would have written, and the bot takes it up', async () => {
    const before = copy.read('knowledge/noemi-wifi.yaml').split('\n');
    await editor().getByRole('button', { name: 'Enregistrer' }).click();
    await editor().getByText('Enregistré, et repris par l’assistant').waitFor();
    const after = copy.read('knowledge/noemi-wifi.yaml').split('\n');
    expect(after.filter((line) => !before.includes(line))).toEqual(['titre: "NOEMI : se relier à sa box"']);
    expect(after[10]).toBe('  - texte: "Ouvrez la fenêtre des réseaux."');
    expect(after).toHaveLength(before.length);
    expect(live.brain().content.fiches.get('noemi-wifi')?.title).toBe('NOEMI : se relier à sa box');
  });

  test('the second of two editors sees both, and chooses', async () => {
    const other = await browser.newPage({ locale: 'fr-FR' });
    await edit(other);
    await editor().getByLabel('Résumé').fill('Celui du premier.');
    await editor().getByRole('button', { name: 'Enregistrer' }).click();
    await editor().getByText('Enregistré, et repris par l’assistant').waitFor();
    const second = other.locator('#atelier');
    await second.getByLabel('Résumé').fill('Celui du second.');
    await second.getByRole('button', { name: 'Enregistrer' }).click();
    await second.getByText('Quelqu’un a enregistré cette fiche pendant que vous la modifiiez.').waitFor();
    expect(await second.getByRole('region', { name: 'La vôtre' }).textContent()).toContain(
      'Celui du second.',
    );
    expect(await second.getByRole('region', { name: 'Celle qui est enregistrée' }).textContent()).toContain(
      'Celui du premier.',
    );
    expect(copy.read('knowledge/noemi-wifi.yaml')).toContain('resume: Celui du premier.');
    await second.getByRole('button', { name: 'Enregistrer la mienne à la place' }).click();
    await second.getByText('Enregistré, et repris par l’assistant').waitFor();
    expect(copy.read('knowledge/noemi-wifi.yaml')).toContain('resume: Celui du second.');
    await other.close();
  });

  test('the log undoes it, under the eyes of axe-core', async () => {
    await editor().getByRole('button', { name: 'Retour aux fiches' }).click();
    await tab.getByRole('tab', { name: 'Journal' }).click();
    await tab.getByRole('button', { name: 'Annuler : Fiche enregistrée, noemi-wifi' }).first().press('Enter');
    const outcome = tab.getByRole('tabpanel', { name: 'Journal' }).getByRole('status');
    await expect.poll(() => outcome.textContent(), { timeout: 30_000 }).toContain('C’est annulé');
    expect(copy.read('knowledge/noemi-wifi.yaml')).toContain('resume: Celui du premier.');
    await tab.waitForTimeout(600);
    const { violations } = await new AxeBuilder({ page: tab }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
