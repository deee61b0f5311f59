import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

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

test('any set: one JSON object, foreign questions counted apart', () => {
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
  for (const name of ['refused', 'foreignRefused', 'accuracyAmongAnswered', 'trainingMs', 'medianMs'])
    expect(scores).toHaveProperty(name);
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
