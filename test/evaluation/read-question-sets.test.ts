import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  listQuestionSets,
  questionsFolder,
  readOpenQuestions,
  readQuestionSet,
} from '../../src/evaluation/read-question-sets.ts';
import { loadContent } from '../../src/knowledge/load-content.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';

const intents = ['noemi-vpn', 'salutation'];

function writeSets(sets: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'jeux-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'scelles'));
  for (const [name, text] of Object.entries(sets)) writeFileSync(join(folder, `${name}.yaml`), text);
  return folder;
}

const question = (text: string, rest: string): string =>
  `questions:\n  - texte: "${text}"\n    style: court\n    ${rest}\n`;

async function readOnly(folder: string) {
  const [set] = await listQuestionSets(folder);
  if (!set) throw new Error('no set');
  return readQuestionSet(set, intents);
}

test('the six shipped sets hold every question of the one file that they were split from', async () => {
  const content = await loadContent(projectRoot);
  const sets = await listQuestionSets(questionsFolder);
  const split = sets.filter(({ name }) => /^jeu-[1-6]$/.test(name));
  const read = await Promise.all(
    split.map((set) =>
      readQuestionSet(
        set,
        content.intents.map(({ id }) => id),
      ),
    ),
  );
  expect(read.flat().length).toBe(2914);
  expect(read.flat().filter(({ label }) => label === null).length).toBe(986);
});

test('a question is labelled with a fiche, with small talk, or as out of scope, near a fiche or not', async () => {
  const folder = writeSets({
    un: `questions:
  - { texte: vpn ko, fiche: noemi-vpn, style: court }
  - { texte: coucou, fiche: salutation, style: court }
  - { texte: le vpn de ma box, fiche: null, style: court, proche: true }
  - { texte: la cantine, fiche: null, style: court }
`,
  });
  const read = await readOnly(folder);
  expect(read.map(({ label, near }) => [label, near])).toEqual([
    ['noemi-vpn', false],
    ['salutation', false],
    [null, true],
    [null, false],
  ]);
});

test.each([
  ['an unknown label', 'fiche: noemi-vnp', /jeu\.yaml:4:12: erreur : .*noemi-vnp/],
  ['an unknown other answer', 'fiche: noemi-vpn\n    aussi: [rien]', /« rien »/],
  ['a near question in scope', 'fiche: noemi-vpn\n    proche: true', /jeu\.yaml:5:13: erreur/],
  ['a mistyped key', 'fiche: null\n    porche: true', /« porche »[\s\S]*« proche »/],
])('%s is explained with its place', async (_fault, rest, complaint) => {
  await expect(readOnly(writeSets({ jeu: question('vpn ko', rest) }))).rejects.toThrow(complaint);
});

test.each([
  ['an unknown label', question('phrase secrète', 'fiche: secrète')],
  ['a colon that cuts the sentence', 'questions:\n  - texte: phrase secrète : vpn\n'],
  [
    'a list in the place of a text',
    'questions:\n  - texte: [phrase secrète]\n    fiche: null\n    style: court\n',
  ],
])('a sealed set with %s: the place and the code are told, never its words', async (_fault, text) => {
  const error = await readOnly(writeSets({ 'scelles/a': text })).catch((error: unknown) => String(error));
  expect(error).toMatch(/scelles\/a\.yaml:\d+:\d+: erreur : [a-z-]+$/m);
  expect(error).not.toContain('secrète');
});

test('sealed sets come last, and are not among the open questions', async () => {
  const folder = writeSets({
    b: question('vpn ko', 'fiche: noemi-vpn'),
    a: question('la cantine', 'fiche: null'),
    'scelles/0': question('phrase secrète', 'fiche: null'),
  });
  const sets = await listQuestionSets(folder);
  expect(sets.map(({ name, sealed }) => [name, sealed])).toEqual([
    ['a', false],
    ['b', false],
    ['0', true],
  ]);
  const open = await readOpenQuestions(intents, folder);
  expect(open.map(({ text }) => text)).toEqual(['la cantine', 'vpn ko']);
});
