import { join } from 'node:path';
import { loadBrain } from '../../src/brain/load-brain.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { startPage } from '../../src/page/start-page.ts';
import { openStore } from '../../src/store/open-store.ts';
import { openBrowser } from './open-browser.ts';

// Makes the screenshots of the editor again: bin/assistant test/page/take-editor-screenshots.ts
const brain = await loadBrain();
const page = await startPage({
  brain: () => brain,
  root: projectRoot,
  store: openStore(':memory:'),
  port: 0,
});
const browser = await openBrowser();
for (const [name, viewport] of [
  ['ordinateur', { width: 1366, height: 768 }],
  ['telephone', { width: 360, height: 640 }],
] as const) {
  const tab = await browser.newPage({ viewport, locale: 'fr-FR' });
  await tab.goto(page.url);
  await tab.getByLabel('Votre message').waitFor();
  await tab.getByRole('tab', { name: 'Fiches' }).click();
  await tab.locator('#fiche-noemi-wifi summary').click();
  await tab
    .locator('#fiche-noemi-wifi')
    .getByRole('button', { name: /^Modifier/ })
    .click();
  const editor = tab.locator('#atelier');
  await editor
    .getByLabel('Titre')
    .first()
    .fill('NOEMI : se connecter à un Wi-Fi personnel, celui de votre box ou de votre téléphone');
  await editor.getByText('ce texte est trop long').waitFor();
  await tab.waitForTimeout(500);
  await tab.screenshot({ path: join(projectRoot, 'docs/screenshots', `page-atelier-${name}.png`) });
  await tab.close();
}
await browser.close();
await page.close();
process.exit(0);
