import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { maskPersonalData } from '../../src/conversation/reading/mask-personal-data.ts';
import { groupAlike } from '../../src/knowledge/editing/group-alike.ts';
import { readContent } from '../../src/knowledge/load-content.ts';
import { unansweredId } from '../../src/store/feedback-table.ts';
import { openStore } from '../../src/store/open-store.ts';
import { openTicket } from '../../src/tickets/rules/open-ticket.ts';
import { copyContent } from '../knowledge/copy-content.ts';
import { runCommand } from '../knowledge/run-command.ts';

function prepare(texts: readonly (readonly [text: string, nearest: string | null])[]) {
  const copy = copyContent();
  const folder = mkdtempSync(join(tmpdir(), 'questions-'));
  onTestFinished(() => {
    copy[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  const base = join(folder, 'local.db');
  const store = openStore(base);
  texts.forEach(([text, nearest], index) => {
    store.feedback.recordUnanswered({
      turnId: `$t${index}`,
      at: Date.now(),
      agent: '@ana:ici',
      text,
      nearest,
    });
  });
  store.close();
  const env = { DATA_DIR: folder, CONTENT_DIR: copy.root, HOMESERVER_URL: '', ACCESS_TOKEN: '' };
  return {
    copy,
    base,
    run: (...args: string[]) => runCommand('questions', args, env),
    ids: texts.map((_, index) => unansweredId(`$t${index}`)),
  };
}

/** A ticket that its operator has closed with a note, and its agent with a 👎. */
function closeTicket(base: string): void {
  const store = openStore(base);
  const { tickets } = store;
  const opening = { number: 1, agent: '@ana:ici', fiche: 'noemi-vpn', step: 1, now: Date.now() } as const;
  const { ticket } = openTicket({ ...opening, place: 1, reopens: null });
  const stage = { status: 'closed', at: Date.now(), reason: 'operator', satisfaction: 'unresolved' } as const;
  tickets.write({
    ticket: { ...ticket, stage },
    address: '!dm:ici',
    salon: '!salon:ici',
    root: 'racine-ticket0',
  });
  tickets.addNote(1, { at: Date.now(), text: 'certificat expiré, rappeler au 06 12 34 56 78' });
  store.close();
}

describe('npm run questions', { timeout: 60_000 }, () => {
  test('groups what is alike, names the nearest fiche, and hides who asked', () => {
    const { run } = prepare([
      ['mon casque ne marche pas dans la visio', 'jitsi-utilisation'],
      ['le casque marche pas en visio', 'jitsi-utilisation'],
      ['rappelez-moi au 06 12 34 56 78 pour la clé usb, Jeanne', null],
    ]);
    const { status, stdout } = run();
    expect(status).toBe(0);
    expect(stdout).toContain('3 questions sans bonne réponse sur 30 jours, en 2 groupes.');
    expect(stdout).toContain(
      '2 fois. Fiche la plus proche : jitsi-utilisation (Jitsi : créer ou rejoindre une réunion, matériel)',
    );
    expect(stdout).toContain('rappelez-moi au … pour la clé usb');
    expect(stdout).not.toContain('06 12');
  });

  test('shows what was handed over to a human: the fiche, its step, what came of it and the notes', () => {
    const { base, run } = prepare([]);
    closeTicket(base);
    const { stdout } = run();
    expect(stdout).toContain('closes : 1 (résolues : 0, non résolues : 1, sans avis : 0)');
    expect(stdout).toMatch(
      /n° 1, non résolue, noemi-vpn \(.*VPN.*\), étape 1\n {4}étape : Regardez l'icône du VPN/,
    );
    expect(stdout).toContain('note : certificat expiré, rappeler au …');
    expect(stdout).not.toContain('@ana:ici');
  });

  test('an adopted question joins its fiche, the files are checked, and it is not shown again', async () => {
    const { copy, run, ids } = prepare([['casque : le micro reste muet en réunion', 'jitsi-utilisation']]);
    const file = 'intents/jitsi-utilisation.yaml';
    const house = copy.read(file).replace(/^voix:[\s\S]*/m, '');
    const voices = 'voix:\n  anne:\n    - je cause dans le vide\n';
    copy.write(file, `${house}${voices}`);
    const { status, stdout } = run('--adopt', `${ids[0]}=jitsi-utilisation`);
    expect(stdout).toContain('est ajoutée à intents/jitsi-utilisation.yaml');
    expect(status).toBe(0);
    expect(copy.read(file)).toBe(`${house}  - "casque : le micro reste muet en réunion"\n${voices}`);
    const { content } = await readContent(copy.root);
    const intent = content?.intents.find(({ id }) => id === 'jitsi-utilisation');
    expect(intent?.questions).toContain('casque : le micro reste muet en réunion');
    expect(run().stdout).toContain('Aucune question sans bonne réponse');
  });

  test('a question that would make an error is taken back, and why is said', () => {
    const { copy, run, ids } = prepare([['Mon VPN ne marche pas !', 'noemi-vpn']]);
    const before = copy.read('intents/noemi-wifi.yaml');
    const { status, stderr } = run('--adopt', `${ids[0]}=noemi-wifi`);
    expect(status).toBe(1);
    expect(stderr).toMatch(/n’est pas ajoutée.*\n\n.*cette question est déjà dans intents/);
    expect(copy.read('intents/noemi-wifi.yaml')).toBe(before);
  });

  test('a mistyped fiche, an unknown question and masked words are explained', () => {
    const { run, ids } = prepare([['appelez le 06 12 34 56 78 svp', null]]);
    expect(run('--adopt', `${ids[0]}=noemi-vnp`).stderr).toContain('des mots sont masqués');
    expect(run('--adopt', `${ids[0]}=noemi-vnp`, '--texte', 'qui peut me rappeler').stderr).toContain(
      'Vouliez-vous écrire « noemi-vpn » ?',
    );
    expect(run('--adopt', 'zzzzzz=noemi-vpn').stderr).toContain('aucune question de ce nom');
    expect(run('--jours', 'deux').status).toBe(2);
  });

  test('a question of no interest is set aside', () => {
    const { run, ids } = prepare([['quel temps fait-il', null]]);
    expect(run('--ecarter', ids[0] ?? '').stdout).toContain('écartée');
    expect(run().stdout).toContain('Aucune question');
  });
});

test.each([
  ['bonjour, je suis Jeanne Martin et mon vpn est bloqué', 'bonjour, je suis … et mon vpn est bloqué'],
  ['écrivez à jeanne.martin@interieur.gouv.fr', 'écrivez à …'],
  ['@jeanne.martin-interieur.gouv.fr:agent.interieur.tchap.gouv.fr ne répond pas', '… ne répond pas'],
  ['mon mot de passe est Soleil2026! et ça ne passe pas', null],
  ['nomade 2 ne marche pas. Cordialement, Paul Durand', 'nomade 2 ne marche pas. Cordialement, …'],
  [
    'je suis NOEMI depuis lundi, j’appelle le 01 40 07 20 00 ?',
    'je suis NOEMI depuis lundi, j’appelle le 01 40 07 20 00 ?',
  ],
])('no name, number nor secret is left in: %s', (text, masked) => {
  const shown = maskPersonalData(text);
  if (masked === null) expect(shown).not.toContain('Soleil2026');
  else expect(shown).toBe(masked);
});

test('what is alike is grouped, what is not is not', () => {
  const groups = groupAlike(
    ['imprimante en panne', 'mon imprimante est en panne', 'comment poser un congé', 'panne imprimante'],
    (text) => text,
  );
  expect(groups.map((group) => group.length)).toEqual([3, 1]);
});
