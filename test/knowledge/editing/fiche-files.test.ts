import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEditedFiche, writeEditedFiche } from '../../../src/knowledge/editing/fiche-files.ts';
import { projectRoot } from '../../../src/knowledge/project-root.ts';

const textsOf = (id: string) => ({
  knowledge: readFileSync(join(projectRoot, `knowledge/${id}.yaml`), 'utf8'),
  intents: readFileSync(join(projectRoot, `intents/${id}.yaml`), 'utf8'),
});
const ids = readdirSync(join(projectRoot, 'knowledge'))
  .map((name) => name.replace('.yaml', ''))
  .filter((id) => id !== 'messages');

function edited(id: string): { fiche: Record<string, unknown>; questions: string[] } {
  const read = readEditedFiche(textsOf(id));
  if (!read) throw new Error(id);
  return structuredClone({ fiche: { ...read.fiche }, questions: [...read.questions] });
}

/** Lines taken away, and lines added, in order. */
function difference(before: string, after: string): string[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  return [
    ...a.filter((line) => !b.includes(line)).map((line) => `-${line}`),
    ...b.filter((line) => !a.includes(line)).map((line) => `+${line}`),
  ];
}

describe('a fiche saved from the page', () => {
  test.each(ids)('%s, unchanged, is the same file letter for letter', (id) => {
    expect(writeEditedFiche(textsOf(id), edited(id))).toEqual(textsOf(id));
  });

  test('one text changed is one line changed', () => {
    const old = textsOf('noemi-wifi');
    const { fiche, questions } = edited('noemi-wifi');
    (fiche['etapes'] as { texte: string }[])[2] = { texte: 'Ouvrez la liste des réseaux.' };
    const { knowledge, intents } = writeEditedFiche(old, { fiche, questions });
    expect(difference(old.knowledge, knowledge)).toEqual([
      '-  - texte: "Ouvrez la fenêtre des réseaux."',
      '+  - texte: "Ouvrez la liste des réseaux."',
    ]);
    expect(intents).toBe(old.intents);
  });

  test('steps that change places take their comments along', () => {
    const knowledge = `titre: "Un essai"
# Dans l'ordre du guide.
etapes:
  # Le guide dit « fermer ».
  - texte: "Fermez le VPN."
  - texte: "Ouvrez les réglages." # page 12

  - texte: "Cliquez sur Wi-Fi."
contacts: [centre-appel]
`;
    const fiche = {
      titre: 'Un essai',
      etapes: [
        { texte: 'Ouvrez les réglages.' },
        { texte: 'Fermez le VPN.' },
        { texte: 'Cliquez sur Wi-Fi.' },
      ],
      contacts: ['centre-appel'],
    };
    expect(
      writeEditedFiche({ knowledge, intents: 'questions: [a]\n' }, { fiche, questions: ['a'] }).knowledge,
    ).toBe(`titre: "Un essai"
# Dans l'ordre du guide.
etapes:
  - texte: "Ouvrez les réglages." # page 12
  # Le guide dit « fermer ».
  - texte: "Fermez le VPN."

  - texte: "Cliquez sur Wi-Fi."
contacts: [centre-appel]
`);
  });

  test('a step added, a link added and a fact without its complement are what a person would have written', () => {
    const old = textsOf('noemi-wifi');
    const { fiche, questions } = edited('noemi-wifi');
    (fiche['etapes'] as object[]).push({
      texte: 'Rouvrez le VPN.',
      branches: [{ si: 'Rien ne bouge', alors: 'Redémarrez.', vers: 'persiste' }],
    });
    (fiche['liens'] as string[]).push('noemi-veille');
    const { knowledge } = writeEditedFiche(old, { fiche, questions });
    expect(difference(old.knowledge, knowledge)).toEqual([
      '-liens: [noemi-vpn, noemi-partage-connexion, noemi-4g]',
      '+  - texte: "Rouvrez le VPN."',
      '+      - si: "Rien ne bouge"',
      '+        alors: "Redémarrez."',
      '+        vers: persiste',
      '+liens: [noemi-vpn, noemi-partage-connexion, noemi-4g, noemi-veille]',
    ]);
    expect(knowledge).toContain('Rouvrez le VPN."\n    branches:\n      - si:');
  });

  test('a key that was not there finds its place, and an emptied one goes', () => {
    const old = textsOf('noemi-wifi');
    const { fiche, questions } = edited('noemi-wifi');
    const { 'note-editeur': _, ...rest } = fiche;
    const { knowledge } = writeEditedFiche(old, {
      fiche: { ...rest, informations: ['Votre box suffit.'], liens: [] },
      questions,
    });
    expect(knowledge).toMatch(
      /a-revoir-avant: 2027-11-23\ninformations:\n {2}- "Votre box suffit\."\netapes:/,
    );
    expect(knowledge).not.toMatch(/^liens|note-editeur/m);
  });

  test('a question more is a line more; the writers who are named keep theirs', () => {
    const old = textsOf('noemi-wifi');
    const { fiche, questions } = edited('noemi-wifi');
    const { intents } = writeEditedFiche(old, { fiche, questions: [...questions, 'ma box: rien à faire'] });
    expect(difference(old.intents, intents)).toEqual(['+  - "ma box: rien à faire"']);
  });

  test('a new fiche is written as those that are there', () => {
    const written = writeEditedFiche(
      { knowledge: '', intents: '' },
      {
        fiche: {
          titre: 'Tchap : les notifications',
          theme: 'tchap',
          'revu-le': '2026-12-01',
          etapes: [{ texte: 'Ouvrez les paramètres.' }],
          contacts: ['centre-appel'],
        },
        questions: ['tchap ne sonne plus', 'pas de notif'],
      },
    );
    expect(written).toEqual({
      knowledge:
        'titre: "Tchap : les notifications"\ntheme: tchap\nrevu-le: 2026-12-01\netapes:\n  - texte: "Ouvrez les paramètres."\ncontacts: [centre-appel]\n',
      intents: 'questions:\n  - tchap ne sonne plus\n  - pas de notif\n',
    });
  });
});
