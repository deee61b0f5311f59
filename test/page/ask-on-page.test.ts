import type { Browser, Page as Tab } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadBrain } from '../../src/brain/load-brain.ts';
import { type Page, startPage } from '../../src/page/start-page.ts';
import { openStore } from '../../src/store/open-store.ts';
import { askOnPage } from './ask-on-page.ts';
import { browserPath, openBrowser } from './open-browser.ts';

if (browserPath === null) {
  console.warn(
    '⚠ LAISSÉ DE CÔTÉ : pas de Chromium ici, la lecture des réponses sur la page n’est pas essayée.',
  );
}

/** What the tests of the page read must be the answer to what they asked. */
describe.skipIf(browserPath === null)('the answer that is read', { timeout: 60_000 }, () => {
  let page: Page;
  let browser: Browser;
  let tab: Tab;

  beforeAll(async () => {
    const brain = await loadBrain();
    page = await startPage({ brain: () => brain, root: '.', store: openStore(':memory:'), port: 0 });
    browser = await openBrowser();
    tab = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'fr-FR' });
    await tab.goto(page.url);
  });

  afterAll(async () => {
    await browser?.close();
    await page?.close();
  });

  test('is the new one, even when the page misses the click on « Nouvelle conversation »', async () => {
    expect(await askOnPage(tab, 'mon vpn marche pas sur mon noemi')).toContain('le VPN ne se connecte pas');
    // A click that begins while the tabs still slide ends beside the button.
    await tab.evaluate(`window.addEventListener('click', function lose(event) {
      if (event.target.textContent !== 'Nouvelle conversation') return;
      event.stopPropagation();
      window.removeEventListener('click', lose, { capture: true });
    }, { capture: true })`);
    const answer = await askOnPage(tab, 'mon noemi se met en veille quand je retire la carte');
    expect(answer).toContain('Remettez votre carte agent');
    expect(await tab.locator('.page-message--own').count()).toBe(1);
  });
});
