import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page as Tab } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadBrain } from '../../src/brain/load-brain.ts';
import { type Page, startPage } from '../../src/page/start-page.ts';
import { openStore } from '../../src/store/open-store.ts';
import { plainTypography } from '../text/plain-typography.ts';
import { deskFigures } from './desk-figures.ts';
import { browserPath, openBrowser } from './open-browser.ts';
import { seedFigures } from './seed-figures.ts';

if (browserPath === null) {
  console.warn(
    '⚠ LAISSÉ DE CÔTÉ : pas de Chromium ici, la page n’est pas essayée dans un vrai navigateur. Pour le faire : apt-get install chromium, puis npm test.',
  );
}

const desktop = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };

describe.skipIf(browserPath === null)('in a real browser', { timeout: 120_000 }, () => {
  let page: Page;
  let browser: Browser;
  let context: BrowserContext;
  let tab: Tab;
  /** Whatever the browser complains of: a script error, a refused style, a file that is missing. */
  const complaints: string[] = [];
  const foreign: string[] = [];

  beforeAll(async () => {
    const brain = await loadBrain();
    const store = openStore(':memory:');
    seedFigures(store, Date.now());
    page = await startPage({
      brain: () => brain,
      root: '.',
      store,
      port: 0,
      tickets: () =>
        deskFigures([
          { number: 12, fiche: 'noemi-vpn', minutes: 75, claimed: false },
          { number: 13, fiche: null, minutes: 12, claimed: true },
        ]),
    });
    browser = await openBrowser();
    await open(desktop);
  });
  afterAll(async () => {
    await browser?.close();
    await page?.close();
  });

  async function open(
    viewport: { width: number; height: number },
    colorScheme: 'light' | 'dark' = 'light',
  ): Promise<void> {
    await context?.close();
    context = await browser.newContext({ viewport, colorScheme, locale: 'fr-FR' });
    tab = await context.newPage();
    tab.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    tab.on('pageerror', (error) => complaints.push(error.message));
    tab.on('request', (request) => {
      if (!request.url().startsWith(page.url) && !request.url().startsWith('data:'))
        foreign.push(request.url());
    });
    await tab.goto(page.url);
    await tab.getByLabel('Votre message').waitFor();
  }

  async function violations(): Promise<string[]> {
    // Colours are judged once the tabs have stopped moving.
    await tab.waitForTimeout(600);
    const { violations } = await new AxeBuilder({ page: tab }).analyze();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }

  test('an editor asks, is answered as on Tchap, and sees why', async () => {
    await tab.getByLabel('Votre message').fill('mon vpn marche pas sur mon noemi');
    await tab.keyboard.press('Enter');
    const log = tab.getByRole('log');
    await log.getByRole('heading', { name: 'NOEMI : le VPN ne se connecte pas' }).waitFor();
    expect(await log.locator('ol li').count()).toBeGreaterThanOrEqual(4);
    expect(await log.locator('code').first().textContent()).toBe('ResetVPN');
    const why = tab.getByRole('region', { name: 'Pourquoi cette réponse' });
    await why.getByText('au-dessus du seuil de réponse').waitFor();
    expect(await why.getByRole('row').nth(1).textContent()).toContain('NOEMI : le VPN ne se connecte pas');
    expect(await why.textContent()).toContain('knowledge/noemi-vpn.yaml');
    expect(await why.textContent()).toContain('Aide VPN');
    expect(await violations()).toEqual([]);
  });

  test('an editor sees the situation, the act and what the message may be about', async () => {
    await open(desktop);
    const replies = tab.locator('.page-message:not(.page-message--own)');
    const why = tab.getByRole('region', { name: 'Pourquoi cette réponse' });
    for (const [index, text] of ['j’ai un noemi', 'mon vpn marche pas', 'merci beaucoup'].entries()) {
      await tab.getByLabel('Votre message').fill(text);
      await tab.keyboard.press('Enter');
      await replies.nth(index).waitFor();
      await expect.poll(() => why.textContent()).toContain('votre poste : NOEMI');
      if (text.includes('vpn')) {
        const targets = why.getByRole('table', { name: 'Ce que vise le message, dans l’échange' });
        expect(await targets.getByRole('row').nth(1).textContent()).toMatch(
          /^f(?:iche|ait) : NOEMI : le VPN ne se connecte pas.*\d %$/,
        );
        expect(await why.locator('.page-evidence li').count()).toBeGreaterThan(0);
      }
    }
    await expect.poll(() => why.textContent()).toContain('Acte lumerci');
    expect(await violations()).toEqual([]);
  });

  test('a pas à pas is followed with the keyboard alone', async () => {
    await open(desktop);
    await tab.getByLabel('Votre message').focus();
    await tab.keyboard.type('mon noemi se met en veille quand je retire la carte');
    await tab.keyboard.press('Enter');
    const replies = tab.locator('.page-message:not(.page-message--own)');
    await replies.first().waitFor();
    await tab.keyboard.type('pas à pas');
    await tab.keyboard.press('Enter');
    await replies.nth(1).waitFor();
    expect(await replies.nth(1).textContent()).toContain('Remettez votre carte agent');
    // Backwards from the message field to the last reaction of the step.
    for (let tabs = 0; tabs < 8; tabs += 1) {
      await tab.keyboard.press('Shift+Tab');
      if (await tab.locator('.page-reaction:focus').count()) break;
    }
    expect(await tab.locator('.page-reaction:focus').count()).toBe(1);
    const shown = await replies.count();
    await tab.keyboard.press('Enter');
    await expect.poll(() => tab.getByRole('log').textContent()).toContain('Saisissez votre code PIN');
    expect(await replies.count()).toBeGreaterThanOrEqual(shown);
    expect(await violations()).toEqual([]);
  });

  test('the tabs are reached with the arrows, and a fiche shows its questions and what agents read', async () => {
    await open(desktop);
    await tab.getByRole('tab', { name: 'Conversation' }).focus();
    await tab.keyboard.press('ArrowRight');
    await tab.keyboard.press('ArrowRight');
    // The whole check compares all questions, in a process of its own: seconds, on a machine that is busy more.
    await tab.getByText('Les fichiers sont en ordre').waitFor({ timeout: 110_000 });
    await tab.getByLabel('Chercher dans les titres et les questions').fill('resetvpn introuvable');
    const fiche = tab.locator('#fiche-noemi-vpn');
    await fiche.locator('summary').focus();
    await tab.keyboard.press('Enter');
    expect(await tab.locator('.page-fiche:visible').count()).toBe(1);
    await expect.poll(() => fiche.textContent()).toContain('resetvpn introuvable dans la recherche');
    expect(plainTypography((await fiche.textContent()) ?? '')).toContain('Cliquez sur « ResetVPN »');
    expect(await violations()).toEqual([]);
  });

  test('the figures are charts, each with its values to read', async () => {
    await open(desktop);
    await tab.getByRole('tab', { name: 'Chiffres' }).click();
    const perDay = tab.locator('figure', { hasText: 'Questions par jour' });
    await perDay.waitFor();
    expect(await perDay.locator('svg rect').count()).toBe(30);
    await perDay.getByText('Voir les valeurs').click();
    expect(await perDay.getByRole('row').count()).toBe(31);
    const top = tab.getByRole('table', { name: 'Fiches les plus données' });
    expect(await top.getByRole('row').nth(1).textContent()).toMatch(/NOEMI : le VPN ne se connecte pas.*\d+/);
    expect(await tab.getByRole('table', { name: 'Demandes en attente' }).textContent()).toContain('1 h 15');
    const unanswered = tab.getByRole('table', { name: 'Questions sans bonne réponse' });
    expect(await unanswered.textContent()).toContain('rappelez-moi au … pour ma clé usb refusée');
    expect(await unanswered.textContent()).not.toMatch(/Jeanne|Martin/);
    await tab.getByLabel('Période').selectOption('7 derniers jours');
    await expect.poll(() => perDay.locator('svg rect').count()).toBe(7);
    expect(await violations()).toEqual([]);
  });

  test('everything fits a phone, and has no violation there either', async () => {
    await open(phone);
    await tab.getByRole('button', { name: 'mon vpn marche pas' }).click();
    await tab.getByRole('button', { name: 'Pourquoi ?' }).waitFor();
    const overflows = () =>
      tab.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      ) as Promise<number>;
    expect(await overflows()).toBeLessThanOrEqual(0);
    expect(await violations()).toEqual([]);
    for (const [name, text] of [
      ['Fiches', 'Les fichiers sont en ordre'],
      ['Chiffres', 'Questions par jour'],
    ] as const) {
      await tab.getByRole('tab', { name }).click();
      await tab.getByText(text).first().waitFor();
      expect(await overflows()).toBeLessThanOrEqual(0);
      expect(await violations()).toEqual([]);
    }
  });

  test('it follows the dark theme, as readable', async () => {
    await open(desktop, 'dark');
    await tab.getByRole('button', { name: 'mon vpn marche pas' }).click();
    await tab.getByRole('button', { name: 'Pourquoi ?' }).waitFor();
    expect(await violations()).toEqual([]);
    await tab.getByRole('tab', { name: 'Chiffres' }).click();
    await tab.getByText('Questions par jour').first().waitFor();
    expect(await violations()).toEqual([]);
  });

  test('what is written in a message stays text', async () => {
    await open(desktop);
    await tab.getByLabel('Votre message').fill('<img src=x onerror="document.title=1"> <b>vpn</b>');
    await tab.keyboard.press('Enter');
    await tab.getByRole('button', { name: 'Pourquoi ?' }).first().waitFor();
    expect(await tab.locator('#panneau-conversation img').count()).toBe(0);
    expect(await tab.title()).toBe('Assistant télétravail');
  });

  test('nothing was asked of another host, and the browser had nothing to complain of', () => {
    expect(foreign).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
