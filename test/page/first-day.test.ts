import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page as Tab } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { type ContentCopy, copyContent } from '../knowledge/copy-content.ts';
import { runCommand } from '../knowledge/run-command.ts';
import { askOnPage } from './ask-on-page.ts';
import { browserPath, openBrowser } from './open-browser.ts';

if (browserPath === null) {
  console.warn('⚠ LAISSÉ DE CÔTÉ : pas de Chromium ici, la première journée d’un rédacteur n’est pas jouée.');
}

const guide = readFileSync(join(projectRoot, 'docs/guide-redacteur.md'), 'utf8');

/** The files that the guide has its reader write: what a newcomer copies, letter for letter. */
function fileFromGuide(name: string): string {
  const [, block] = new RegExp(`\`${name}\`[^\`]*\`\`\`yaml\\n([\\s\\S]*?)\`\`\``).exec(guide) ?? [];
  if (block === undefined) throw new Error(`the guide shows no ${name}`);
  return block.replace(/^ {3}/gm, '').trimEnd().concat('\n');
}

/** A port that was free a moment ago. */
async function findPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/**
 * Somebody who has never seen the project, with only the README and the guides: each test is the next hour of the day.
 */
describe.skipIf(browserPath === null)('the first day of an editor', { timeout: 180_000 }, () => {
  let copy: ContentCopy & Disposable;
  let data: string;
  let env: Record<string, string>;
  let bot: ChildProcess;
  let said = '';
  let browser: Browser;
  let tab: Tab;

  beforeAll(async () => {
    copy = copyContent();
    data = mkdtempSync(join(tmpdir(), 'journee-'));
    env = {
      CONTENT_DIR: copy.root,
      DATA_DIR: data,
      PAGE_PORT: String(await findPort()),
      HOMESERVER_URL: '',
      ACCESS_TOKEN: '',
    };
    const args = ['--disable-warning=ExperimentalWarning', 'src/main.ts'];
    bot = spawn(process.execPath, args, {
      cwd: projectRoot,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    bot.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    browser = await openBrowser();
    tab = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'fr-FR' });
  });

  afterAll(async () => {
    await browser?.close();
    const ended = new Promise((resolve) => bot?.once('exit', resolve));
    bot?.kill('SIGTERM');
    if (bot?.exitCode === null) await ended;
    copy?.[Symbol.dispose]();
    rmSync(data, { recursive: true, force: true });
  });

  function heard(pattern: RegExp): Promise<void> {
    return expect.poll(() => said, { timeout: 90_000, interval: 200 }).toMatch(pattern);
  }

  const ask = (question: string): Promise<string> => askOnPage(tab, question);

  test('they start the assistant and open the page whose address it says', async () => {
    await heard(/Page d’aperçu : http/);
    const url = /Page d’aperçu : (http\S+)/.exec(said)?.[1] ?? '';
    await tab.goto(url);
    expect(await ask('mon noemi se met en veille quand je retire la carte')).toContain(
      'Remettez votre carte agent',
    );
  });

  test('they add the fiche of the guide with a mistake, and the check explains it', () => {
    const fiche = fileFromGuide('knowledge/tchap-notifications.yaml');
    copy.write('intents/tchap-notifications.yaml', fileFromGuide('intents/tchap-notifications.yaml'));
    copy.write('knowledge/tchap-notifications.yaml', fiche.replace('theme:', 'themes:'));
    const { status, stdout } = runCommand('check', ['--root', copy.root]);
    expect(status).toBe(1);
    expect(stdout).toContain(
      'erreur : la clé « themes » n’existe pas ici\n    themes: tchap\n    ^\n    → Vouliez-vous écrire « theme » ?',
    );
  });

  test('the running assistant keeps its old files and says the same; the page too', async () => {
    await heard(/Fichiers refusés[\s\S]*la clé « themes » n’existe pas ici/);
    await tab.getByRole('tab', { name: 'Fiches' }).click();
    await tab
      .getByText(/\d erreurs? dans les fichiers : l’assistant garde la version précédente/)
      .waitFor({ timeout: 110_000 });
    expect(await tab.locator('.page-problems').textContent()).toContain('Vouliez-vous écrire « theme » ?');
  });

  test('they correct it, and the running assistant takes it up', async () => {
    copy.write('knowledge/tchap-notifications.yaml', fileFromGuide('knowledge/tchap-notifications.yaml'));
    expect(runCommand('check', ['--root', copy.root]).status).toBe(0);
    await heard(/Fichiers repris : 33 fiches/);
    expect(await ask('je ne reçois pas les notifications tchap')).toContain(
      'Tchap : recevoir les notifications',
    );
  });

  test('an agent asks something it does not understand; they find it, and adopt it', async () => {
    const question = 'comment couper la sonnerie le soir';
    expect(await ask(question)).not.toContain('Tchap : recevoir les notifications');
    const listed = runCommand('questions', [], env);
    const id = new RegExp(`^ {2}([0-9a-f]{6}) {2}${question}$`, 'm').exec(listed.stdout)?.[1];
    expect(id, listed.stdout).toBeDefined();
    const adopted = runCommand('questions', ['--adopt', `${id}=tchap-notifications`], env);
    expect(adopted.stderr).toBe('');
    expect(adopted.stdout).toContain('est ajoutée à intents/tchap-notifications.yaml (11 questions)');
    await expect.poll(() => said.match(/Fichiers repris : 33 fiches/g)?.length, { timeout: 90_000 }).toBe(2);
    expect(await ask(question)).toContain('Tchap : recevoir les notifications');
  });

  test('they read the figures of the day', async () => {
    await tab.getByRole('tab', { name: 'Chiffres' }).click();
    const today = tab.locator('.page-figure-tile', { hasText: 'questions aujourd’hui' });
    await today.waitFor();
    expect(Number(await today.locator('.page-figure').textContent())).toBeGreaterThanOrEqual(4);
    const top = tab.getByRole('table', { name: 'Fiches les plus données' });
    expect(await top.textContent()).toContain('Tchap : recevoir les notifications');
    expect(await top.textContent()).toContain('NOEMI : PC en veille quand je retire la carte');
  });
});
