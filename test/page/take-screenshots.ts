import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadBrain } from '../../src/brain/load-brain.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { startPage } from '../../src/page/start-page.ts';
import { openStore } from '../../src/store/open-store.ts';
import { deskFigures } from './desk-figures.ts';
import { openBrowser } from './open-browser.ts';
import { seedFigures } from './seed-figures.ts';

// Makes docs/screenshots again: node --disable-warning=ExperimentalWarning test/page/take-screenshots.ts
const folder = join(projectRoot, 'docs/screenshots');
mkdirSync(folder, { recursive: true });
const now = Date.parse('2026-11-24T10:00:00Z');
const brain = await loadBrain();
const store = openStore(':memory:');
seedFigures(store, now);
const page = await startPage({
  brain: () => brain,
  root: projectRoot,
  store,
  port: 0,
  clock: () => now,
  tickets: () =>
    deskFigures([
      { number: 12, fiche: 'noemi-vpn', minutes: 47, claimed: false },
      { number: 13, fiche: null, minutes: 12, claimed: true },
    ]),
});
const browser = await openBrowser();
for (const [name, viewport] of [
  ['ordinateur', { width: 1280, height: 960 }],
  ['telephone', { width: 390, height: 844 }],
] as const) {
  const tab = await browser.newPage({ viewport, locale: 'fr-FR' });
  const shoot = async (what: string, fullPage: boolean) => {
    await tab.waitForTimeout(800);
    await tab.screenshot({ path: join(folder, `page-${what}-${name}.png`), fullPage });
  };
  await tab.goto(page.url);
  await tab.getByLabel('Votre message').fill('mon vpn marche pas sur mon noemi');
  await tab.keyboard.press('Enter');
  await tab.getByRole('button', { name: 'Pourquoi ?' }).waitFor();
  await tab.getByLabel('Votre message').fill('pas à pas');
  await tab.keyboard.press('Enter');
  await tab.getByRole('button', { name: 'Pourquoi ?' }).nth(1).waitFor();
  await tab.getByRole('button', { name: 'Pourquoi ?' }).first().click();
  await tab.getByRole('log').evaluate((log) => log.scrollTo(0, 0));
  await tab.evaluate('window.scrollTo(0, 0)');
  await shoot('conversation', name === 'telephone');
  await tab.getByRole('tab', { name: 'Fiches' }).click();
  await tab.getByLabel('Chercher dans les titres et les questions').fill('vpn ne se connecte');
  await tab.locator('#fiche-noemi-vpn summary').click();
  await shoot('fiches', false);
  await tab.getByRole('tab', { name: 'Chiffres' }).click();
  await tab.getByText('Questions par jour').first().waitFor();
  await tab.evaluate('window.scrollTo(0, 0)');
  await shoot('chiffres', true);
  await tab.close();
}
await browser.close();
await page.close();
