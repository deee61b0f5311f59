import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadBrain } from '../../src/brain/load-brain.ts';
import type { FicheCheck, FicheSource, SaveAnswer } from '../../src/page/page-view.ts';
import { type Page, startPage } from '../../src/page/start-page.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { type ContentCopy, copyContent } from '../knowledge/copy-content.ts';

const brain = await loadBrain();
const tokens = { anne: 'jeton-de-anne-assez-long', luc: 'jeton-de-luc-assez-long' };
let copy: ContentCopy & Disposable;
let store: Store;
let page: Page;

beforeEach(async () => {
  copy = copyContent();
  store = openStore(':memory:');
  page = await open();
});
afterEach(async () => {
  await page.close();
  copy[Symbol.dispose]();
});

const open = (): Promise<Page> =>
  startPage({
    brain: () => brain,
    root: copy.root,
    store,
    port: 0,
    clock: () => Date.parse('2026-12-01T10:00:00Z'),
    accounts: [
      { name: 'Anne Martin', role: 'editor', token: tokens.anne },
      { name: 'Luc', role: 'editor', token: tokens.luc },
    ],
  });

async function call<T>(path: string, body?: unknown, token = tokens.anne): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await fetch(new URL(path, page.url), init);
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

const read = (id: string) => call<FicheSource>(`/api/fiche/${id}`);

/** A fiche with some of its keys changed. */
async function changed(id: string, keys: Record<string, unknown>, commit = false) {
  const { fiche, questions, versions } = await read(id);
  return { id, fiche: { ...fiche, ...keys }, questions, versions, commit };
}

async function check(id: string, keys: Record<string, unknown>, added: string[] = []): Promise<FicheCheck> {
  const { fiche, questions } = await changed(id, keys);
  return call('/api/check', { id, fiche, questions: [...questions, ...added] });
}

describe('the checks, as one types', () => {
  test('each mistake at its field, with the words of npm run check', async () => {
    const { fields, others, html } = await check('noemi-wifi', {
      titre: 'N'.repeat(71),
      etapes: [
        { texte: '**Fermez le VPN.' },
        { texte: 'Ouvrez.', branches: [{ si: 'Rien', alors: 'Rien', vers: '9' }] },
      ],
    });
    expect(fields).toContainEqual({
      file: 'knowledge',
      path: ['titre'],
      severity: 'error',
      message: 'ce texte est trop long (70 caractères au plus)',
      remedy: 'Raccourcissez, ou coupez en deux.',
    });
    expect(others).toEqual([]);
    expect(html).toBeNull();
    const second = await check('noemi-wifi', {
      contacts: ['centre-apel'],
      etapes: [
        { texte: '**Fermez le VPN.' },
        { texte: 'Ouvrez.', branches: [{ si: 'Rien', alors: 'Rien', vers: '9' }] },
      ],
    });
    expect(second.fields.map(({ path, message }) => [path.join('/'), message])).toEqual(
      expect.arrayContaining([
        ['contacts/0', expect.stringContaining('centre-apel')],
        ['etapes/1/branches/0/vers', 'il n’y a pas d’étape 9'],
        ['etapes/0/texte', 'un ** est ouvert et jamais fermé'],
      ]),
    );
  });

  test('an emptied key that is needed, and a question that is elsewhere', async () => {
    const empty = await check('noemi-wifi', { resume: '' });
    expect(empty.fields).toMatchObject([{ path: ['resume'], severity: 'error' }]);
    const [taken = ''] = brain.content.intents.find(({ id }) => id === 'tchap-securite')?.questions ?? [];
    const twice = await check('noemi-wifi', {}, [taken]);
    expect(JSON.stringify(twice)).toContain('cette question est déjà dans');
  });

  test('what agents will read is there as soon as nothing is wrong', async () => {
    const { html, fields } = await check('noemi-wifi', { resume: 'Tout se fait **VPN fermé**.' });
    expect(fields.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(html).toContain('<strong>VPN fermé</strong>');
  });
});

describe('saving', () => {
  test('one line changes in the file, under the name of who did it', async () => {
    const before = copy.read('knowledge/noemi-wifi.yaml');
    const answer = await call<SaveAnswer>(
      '/api/atelier/save',
      await changed('noemi-wifi', { resume: 'VPN fermé, puis la box.' }),
    );
    expect(answer).toMatchObject({ type: 'saved' });
    const after = copy.read('knowledge/noemi-wifi.yaml');
    expect(after.split('\n').filter((line) => !before.includes(line))).toEqual([
      'resume: VPN fermé, puis la box.',
    ]);
    expect(store.audit.read(1)).toMatchObject([
      { who: 'Anne Martin', action: 'fiche-saved', object: 'noemi-wifi' },
    ]);
  });

  test('two editors: the second is refused, shown both, and loses nothing', async () => {
    const [anne, luc] = [
      await changed('noemi-wifi', { resume: 'Celui de Anne.' }),
      await changed('noemi-wifi', { resume: 'Celui de Luc.' }),
    ];
    expect(await call('/api/atelier/save', anne)).toMatchObject({ type: 'saved' });
    const refused = await call<SaveAnswer>('/api/atelier/save', luc, tokens.luc);
    expect(refused).toMatchObject({
      type: 'conflict',
      yours: { knowledge: expect.stringContaining('resume: Celui de Luc.') },
      theirs: { knowledge: expect.stringContaining('resume: Celui de Anne.') },
    });
    expect(copy.read('knowledge/noemi-wifi.yaml')).toContain('Celui de Anne.');
    if (refused.type !== 'conflict') return;
    expect(await call('/api/atelier/save', { ...luc, versions: refused.versions }, tokens.luc)).toMatchObject(
      { type: 'saved' },
    );
    expect(copy.read('knowledge/noemi-wifi.yaml')).toContain('Celui de Luc.');
  });

  test('both at the same moment: one of them is told', async () => {
    const orders = [
      await changed('noemi-wifi', { resume: 'Un.' }),
      await changed('noemi-wifi', { resume: 'Deux.' }),
    ];
    const answers = await Promise.all(orders.map((order) => call<SaveAnswer>('/api/atelier/save', order)));
    expect(answers.map(({ type }) => type).sort()).toEqual(['conflict', 'saved']);
  });

  test('what would stop the bot is not written', async () => {
    const before = copy.read('knowledge/noemi-wifi.yaml');
    const answer = await call<SaveAnswer>(
      '/api/atelier/save',
      await changed('noemi-wifi', { theme: 'rien' }),
    );
    expect(answer).toMatchObject({
      type: 'refused',
      reasons: [expect.stringContaining('knowledge/noemi-wifi.yaml')],
    });
    expect(copy.read('knowledge/noemi-wifi.yaml')).toBe(before);
    expect(store.audit.read(1)).toEqual([]);
  });

  test('an error that was there elsewhere stops nobody', async () => {
    copy.edit('knowledge/noemi-4g.yaml', /^theme: .*$/m, 'theme: rien');
    const order = await changed('noemi-wifi', { resume: 'VPN fermé.' });
    expect(await call('/api/atelier/save', order)).toMatchObject({ type: 'saved' });
  });

  test('undone, the files are as they were; not over what somebody did since', async () => {
    const before = copy.read('knowledge/noemi-wifi.yaml');
    await call('/api/atelier/save', await changed('noemi-wifi', { resume: 'Un.' }));
    const [first] = store.audit.read(1);
    await call('/api/atelier/save', await changed('noemi-wifi', { resume: 'Deux.' }));
    const [second] = store.audit.read(1);
    expect(await call('/api/atelier/undo', { entry: first?.id })).toMatchObject({
      type: 'refused',
      reasons: [expect.stringContaining('a changé depuis')],
    });
    expect(await call('/api/atelier/undo', { entry: second?.id })).toMatchObject({ type: 'saved' });
    expect(await call('/api/atelier/undo', { entry: first?.id })).toMatchObject({ type: 'saved' });
    expect(copy.read('knowledge/noemi-wifi.yaml')).toBe(before);
  });

  test('in a git repository, a commit of these files alone, under the editor’s name', async () => {
    const git = (...words: string[]) =>
      execFileSync('git', ['-C', copy.root, ...words], { encoding: 'utf8' });
    git('init', '--quiet');
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@a', 'commit', '--quiet', '--no-verify', '-m', 'départ');
    copy.edit('knowledge/noemi-4g.yaml', /^source: .*$/m, 'source: En cours');
    await page.close();
    page = await open();
    const order = await changed('noemi-wifi', { resume: 'VPN fermé.' }, true);
    expect(await call('/api/atelier/save', order)).toMatchObject({ type: 'saved', notCommitted: null });
    expect(git('log', '-1', '--format=%an|%s', '--name-only').trim()).toBe(
      'Anne Martin|fiche noemi-wifi : modifiée depuis l’atelier\n\nknowledge/noemi-wifi.yaml',
    );
  });
});

describe('the fiche as a whole', () => {
  test('a new one is two files, refused until it has what it needs', async () => {
    const fiche = {
      titre: 'Tchap : les notifications',
      question: 'Comment recevoir les notifications de Tchap ?',
      theme: 'tchap',
      produit: 'tchap',
      resume: 'Elles se règlent dans les paramètres.',
      source: 'TCHAP',
      'revu-le': '2026-12-01',
      'a-revoir-avant': '2027-12-01',
      etapes: [{ texte: 'Ouvrez les paramètres de Tchap.' }],
      contacts: ['centre-appel'],
    };
    const order = {
      id: 'tchap-notifications',
      fiche,
      versions: { knowledge: null, intents: null },
      commit: false,
    };
    const few = await call<SaveAnswer>('/api/atelier/save', { ...order, questions: ['tchap ne sonne plus'] });
    expect(few).toMatchObject({ type: 'refused' });
    expect(existsSync(`${copy.root}/knowledge/tchap-notifications.yaml`)).toBe(false);
    const questions = Array.from({ length: 12 }, (_, index) => `tchap muet pour la raison numéro ${index}`);
    expect(await call('/api/atelier/save', { ...order, questions })).toMatchObject({ type: 'saved' });
    expect(copy.read('knowledge/tchap-notifications.yaml')).toContain('titre: "Tchap : les notifications"');
    expect(store.audit.read(1)).toMatchObject([{ action: 'fiche-added' }]);
  });

  test('renamed, its links follow; a name that is taken is refused', async () => {
    expect(await call('/api/atelier/rename', { id: 'noemi-wifi', to: 'noemi-vpn' })).toMatchObject({
      type: 'refused',
    });
    expect(await call('/api/atelier/rename', { id: 'noemi-wifi', to: 'noemi-box' })).toMatchObject({
      type: 'saved',
    });
    expect(copy.read('knowledge/noemi-vpn.yaml')).toContain('noemi-box');
    expect(copy.read('intents/noemi-box.yaml')).toContain('questions:');
  });

  test('one that others name cannot go: what names it is said', async () => {
    const refused = await call<SaveAnswer>('/api/atelier/move', { id: 'noemi-wifi', where: 'rest' });
    expect(refused).toMatchObject({ type: 'refused' });
    expect(JSON.stringify(refused)).toContain('noemi-wifi');
    expect(existsSync(`${copy.root}/knowledge/noemi-wifi.yaml`)).toBe(true);
  });

  test('out of service and back, and away and undone', async () => {
    const questions = Array.from({ length: 12 }, (_, index) => `la fiche d’essai numéro ${index}`);
    const { fiche } = await read('noemi-wifi');
    const own = { ...fiche, titre: 'Un essai', faits: [] };
    await call('/api/atelier/save', {
      id: 'essai',
      fiche: own,
      questions,
      versions: { knowledge: null, intents: null },
      commit: false,
    });
    const text = copy.read('knowledge/essai.yaml');
    expect(await call('/api/atelier/move', { id: 'essai', where: 'rest' })).toMatchObject({ type: 'saved' });
    expect(await call('/api/names')).toMatchObject({ resting: ['essai'] });
    expect(await call('/api/atelier/move', { id: 'essai', where: 'service' })).toMatchObject({
      type: 'saved',
    });
    expect(copy.read('knowledge/essai.yaml')).toBe(text);
    expect(await call('/api/atelier/move', { id: 'essai', where: 'away' })).toMatchObject({ type: 'saved' });
    expect(existsSync(`${copy.root}/knowledge/essai.yaml`)).toBe(false);
    const [away] = store.audit.read(1);
    expect(await call('/api/atelier/undo', { entry: away?.id })).toMatchObject({ type: 'saved' });
    expect(copy.read('knowledge/essai.yaml')).toBe(text);
  });
});
