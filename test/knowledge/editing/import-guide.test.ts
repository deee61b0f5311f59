import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { draftFiches } from '../../../src/knowledge/editing/draft-fiches.ts';
import { cleanText, parseGuide } from '../../../src/knowledge/editing/parse-guide.ts';
import { projectRoot } from '../../../src/knowledge/project-root.ts';
import { checkShape } from '../../../src/knowledge/reading/check-shape.ts';
import { ficheShape, intentShape } from '../../../src/knowledge/reading/file-shapes.ts';
import { parseYamlFile } from '../../../src/knowledge/reading/yaml-file.ts';
import { runCommand } from '../run-command.ts';

const options = { guide: 'guide.md', today: '2026-12-01' };

interface DraftFile {
  titre: string;
  resume: string;
  etapes?: { texte: string; points?: string[] }[];
  ensuite?: string[];
  variantes?: { choix: { titre: string; etapes: { texte: string }[] }[] };
}

function draftsOf(markdown: string): DraftFile[] {
  return draftFiches(parseGuide(markdown), options).map(({ fiche }) => parse(fiche) as DraftFile);
}

const small = `
# Le casque

![](casque.png)

Si vous n'entendez rien, faites ceci :

1. Branchez le **casque**.

![](prise.png)

Si le voyant reste éteint, changez de prise.

2. Ouvrez « Son » :
  - choisissez le casque ;
  - montez le volume.

3) Appelez votre *support*.

Le son revient aussitôt.

12

## Cas particuliers

Pour un Mac

1. Ouvrez Réglages.

Pour un PC

1. Ouvrez Paramètres.
2. Cliquez sur Système.
`;

describe('a Markdown guide becomes drafts', () => {
  const [headset, cases] = draftsOf(small);

  test('a numbered list cut by pictures and remarks is one procedure, with all its steps', () => {
    expect(headset?.etapes).toEqual([
      { texte: 'Branchez le casque.', points: ['Si le voyant reste éteint, changez de prise.'] },
      { texte: 'Ouvrez « Son » :', points: ['choisissez le casque ;', 'montez le volume.'] },
      { texte: 'Appelez votre support.' },
    ]);
    expect(headset?.resume).toBe("Si vous n'entendez rien, faites ceci :");
  });

  test('what follows the last step is kept, page numbers and pictures are not', () => {
    expect(headset?.ensuite).toEqual(['Le son revient aussitôt.']);
    expect(JSON.stringify([headset, cases])).not.toMatch(/png|"12"/);
  });

  test('several short cases become variants', () => {
    expect(cases?.variantes?.choix.map(({ titre, etapes }) => [titre, etapes.length])).toEqual([
      ['Pour un Mac', 1],
      ['Pour un PC', 2],
    ]);
  });

  test('a draft names its lines, and only its theme is left for the check to refuse', () => {
    const [draft] = draftFiches(parseGuide(small), options);
    expect(draft?.fiche).toMatch(/^# Brouillon tiré de guide\.md, lignes 2 à \d+\./);
    const file = parseYamlFile('knowledge/le-casque.yaml', draft?.fiche ?? '');
    expect('data' in file && checkShape(ficheShape, file, [])).toHaveProperty('value');
    const questions = parseYamlFile('intents/le-casque.yaml', draft?.questions ?? '');
    expect('data' in questions && checkShape(intentShape, questions, [])).toHaveProperty('value');
  });

  test('`npm run import` overwrites nothing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'brouillons-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const guide = join(folder, 'guide.md');
    writeFileSync(guide, small);
    const first = runCommand('import', [guide, '--vers', folder]);
    expect(first.status).toBe(0);
    expect(first.stdout).toContain('le-casque : 3 étapes');
    writeFileSync(join(folder, 'knowledge/le-casque.yaml'), 'retravaillé');
    const second = runCommand('import', [guide, '--vers', folder]);
    expect(second.stdout).toContain('existait déjà, laissé tel quel');
    expect(readFileSync(join(folder, 'knowledge/le-casque.yaml'), 'utf8')).toBe('retravaillé');
    expect(readdirSync(join(folder, 'intents')).length).toBe(2);
    expect(runCommand('import', ['rien.md']).status).toBe(2);
  }, 60_000);
});

const guidePath = `${projectRoot}../shared/source/guide-teletravail.md`;
if (!existsSync(guidePath)) {
  console.warn(
    'LAISSÉ DE CÔTÉ : ../shared/source/guide-teletravail.md est absent, npm run import n’est pas essayé dessus.',
  );
}

describe.skipIf(!existsSync(guidePath))('on the ministry’s guide', () => {
  const guide = existsSync(guidePath) ? readFileSync(guidePath, 'utf8') : '';
  const drafts = existsSync(guidePath) ? draftsOf(guide) : [];
  const procedures = drafts.flatMap(({ etapes, variantes }) => [
    ...(etapes ? [etapes] : []),
    ...(variantes?.choix.map((choice) => choice.etapes) ?? []),
  ]);

  test('every numbered line of the guide is a step, in its place', () => {
    // The oracle reads lines, and knows nothing of sections: "1. …", "1- …", "**Étape 1 :** …".
    const numbered = guide.split('\n').flatMap((line) => {
      const [, number, byWord, text] =
        /^(?:(\d{1,2})(?:\.|-)\s+|\*\*Étape (\d) :\*\*\s*)(.*)$/.exec(line) ?? [];
      return text === undefined ? [] : [{ number: Number(number ?? byWord), text: cleanText(text) }];
    });
    expect(numbered.length).toBeGreaterThan(45);
    const lost = numbered.filter(
      ({ number, text }) =>
        !procedures.some((steps) => steps[number - 1]?.texte.startsWith(text.slice(0, 200).trim())),
    );
    expect(lost).toEqual([]);
  });

  test.each([
    ["Avant l'intervention du technicien", 3],
    ['Le jour de RDV avec le technicien', 4],
    ['Aide VPN', 5],
    ['Aide Carte Agent', 5],
    ['Aide connexion Wi-Fi', 5],
    ['Aide 4G', 4],
    ['NOMADE 2', 2],
    ['Mise en place du service', 8],
    ['LES SUPPORTS AMOVIBLES', 2],
    ['LES SUPPORTS AMOVIBLES (2)', 6],
    ["BONNES PRATIQUES POUR UN USAGE D'INTERNET EN TÉLÉTRAVAIL", 4],
  ])('%s: %i steps', (title, count) => {
    expect(drafts.find(({ titre }) => titre === title)?.etapes?.length).toBe(count);
  });

  test('the two telephones are two cases of the same fiche', () => {
    const sharing = drafts.find(({ titre }) => titre === 'Partage de connexion');
    expect(sharing?.variantes?.choix.map(({ etapes }) => etapes.length)).toEqual([3, 3]);
  });

  test('pictures and their descriptions are dropped', () => {
    expect(JSON.stringify(drafts)).not.toMatch(/screenshot|!\[/);
  });
});
