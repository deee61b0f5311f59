import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'evaluate-'));
afterAll(() => rmSync(folder, { recursive: true }));

function evaluate(...args: string[]) {
  const options = ['--disable-warning=ExperimentalWarning', 'src/cli/evaluate.ts', ...args];
  return spawnSync(process.execPath, options, { cwd: root, encoding: 'utf8' });
}

function writeLines(name: string, lines: readonly object[]): string {
  const file = join(folder, name);
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
  return file;
}

test('any set: one JSON object, questions out of scope counted apart, under the keys that scripts read', () => {
  const train = writeLines('train.jsonl', [
    ...['allumer la lumière', 'allume la lampe', 'mets de la lumière', 'éclaire le salon'].map((text) => ({
      text,
      label: 'on',
    })),
    ...['éteindre la lumière', 'éteins la lampe', 'coupe la lumière', 'plus de lumière'].map((text) => ({
      text,
      label: 'off',
    })),
  ]);
  const test = writeLines('test.jsonl', [
    { text: 'allume la lumière', label: 'on' },
    { text: 'éteins tout', label: 'off' },
    { text: 'quel temps fait-il à Brest', label: null },
  ]);
  const { status, stdout } = evaluate('--train', train, '--test', test);
  expect(status).toBe(0);
  const scores = JSON.parse(stdout) as Record<string, number>;
  expect(scores).toMatchObject({ intents: 2, questions: 2, accuracy: 1, foreign: 1 });
  expect(Object.keys(scores).sort()).toEqual(
    [
      ...['intents', 'questions', 'accuracy', 'refused', 'clarified', 'answered', 'rightAtOnce'],
      ...['rightOrOffered', 'wrongProcedure', 'accuracyAmongAnswered', 'foreign', 'foreignRefused'],
      ...['foreignAnswered', 'medianMs', 'p99Ms', 'trainingMs'],
    ].sort(),
  );
});

test('a wrong line is named', () => {
  const file = writeLines('wrong.jsonl', [{ text: 'bien', label: 'a' }, { texte: 'mal' }]);
  const { status, stderr } = evaluate('--train', file, '--test', file);
  expect(status).toBe(1);
  expect(stderr).toContain('ligne 2');
});

test('half a command is refused', () => {
  expect(evaluate('--train', 'x.jsonl').status).toBe(2);
  expect(evaluate('--help').stdout).toContain('--train');
});

describe('the sets kept apart', () => {
  const sets = join(folder, 'jeux');
  mkdirSync(join(sets, 'scelles'), { recursive: true });
  writeFileSync(
    join(sets, 'ouvert.yaml'),
    `questions:
  - { texte: mon vpn marche pas sur mon noemi, fiche: noemi-vpn, style: court }
  - { texte: comment chiffrer ma clé usb avec bitlocker ?, fiche: bitlocker, style: poli }
  - { texte: bitlocker sur ma clé usb, fiche: noemi-wifi, style: poli }
  - { texte: bonjour, fiche: salutation, style: court }
  - { texte: mon imprimante ne marche pas, fiche: null, style: court, proche: true }
  - { texte: le chat mange la souris, fiche: null, style: court }
`,
  );
  // Each of its lines is a fault, to be found again if anything of it were shown.
  writeFileSync(
    join(sets, 'scelles', 'secret.yaml'),
    `questions:
  - { texte: bonjour comment chiffrer ma clé usb avec bitlocker, fiche: noemi-wifi, style: court }
  - { texte: mon vpn marche pas sur mon noemi depuis ce matin, fiche: null, style: court }
`,
  );
  const row = (stdout: string, name: string): string[] =>
    (stdout.split('\n').find((line) => line.startsWith(name)) ?? '').replaceAll('\u00a0', ' ').split(/ {2,}/);

  test('one row a set, French figures, small talk and near questions in columns of their own', () => {
    const { status, stdout } = evaluate('--jeux', sets, '--set', 'ouvert', '--fautes');
    expect(status).toBe(0);
    expect(stdout).not.toContain('VALIDATION CROISÉE');
    expect(row(stdout, 'ouvert')).toEqual([
      ...['ouvert', '3', '2', '66,7 %', '66,7 %', '66,7 %', '33,3 %'],
      ...['0,0 %', '0,0 %', '0,0 %', '–', '100,0 %'],
    ]);
    expect(stdout).toContain('noemi-wifi → bitlocker\n        bitlocker sur ma clé usb');
    expect(stdout).toMatch(/noemi-wifi \| répondu \| bitlocker sur ma clé usb\n {4}bitlocker \d,\d\d/);
    expect(stdout).not.toMatch(/\d\.\d/);
  });

  test('a sealed set is left out by default', () => {
    const { status, stdout } = evaluate('--jeux', sets, '--fautes');
    expect(status).toBe(0);
    expect(stdout).toContain('VALIDATION CROISÉE');
    expect(Number(row(stdout, 'par auteur')[1])).toBeGreaterThan(3000);
    expect(Number(row(stdout, 'au hasard')[1])).toBeGreaterThan(8000);
    expect(row(stdout, 'v1')[1]).toMatch(/^3\d\d$/);
    expect(stdout).not.toMatch(/\d\.\d+ ?%/);
    expect(row(stdout, 'ouvert')[1]).toBe('3');
    expect(stdout).not.toContain('secret');
  });

  test('a sealed set asked for is counted, and none of its lines is shown', () => {
    const { status, stdout, stderr } = evaluate('--jeux', sets, '--set', 'secret', '--fautes');
    expect(status).toBe(0);
    expect(row(stdout, 'secret (scellé)').slice(1, 3)).toEqual(['1', '1']);
    expect(row(stdout, 'secret (scellé)')[6]).toBe('100,0 %');
    expect(stdout + stderr).not.toMatch(/chiffrer|ce matin|→ \w/);
    expect(stdout).toContain('jeu scellé');
  });

  test('a set that does not exist is refused, with those that do', () => {
    const { status, stderr } = evaluate('--jeux', sets, '--set', 'ouvrt');
    expect(status).toBe(2);
    expect(stderr).toMatch(/« ouvrt » n’existe pas\. Existent : ouvert, secret\./);
  });
});
