import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { type ContentCopy, copyContent } from '../knowledge/copy-content.ts';
import { runCommand } from '../knowledge/run-command.ts';

let copy: ContentCopy & Disposable;
beforeEach(() => {
  copy = copyContent();
});
afterEach(() => copy[Symbol.dispose]());

describe('npm run check -- --impact', () => {
  test('a fiche that loses nearly all its questions is seen to break others, before anybody saves it', () => {
    const file = 'intents/noemi-veille.yaml';
    const { questions } = parse(copy.read(file)) as { questions: string[] };
    copy.write(
      file,
      `questions:\n${questions
        .slice(0, 10)
        .map((text) => `  - ${JSON.stringify(text)}\n`)
        .join('')}`,
    );
    const { status, stdout, stderr } = runCommand('check', [
      '--root',
      copy.root,
      '--impact',
      '--avant',
      projectRoot,
      '--erreurs',
    ]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const [, worse = '', better = ''] = /(\d+) en moins bien, (\d+) en mieux/.exec(stdout) ?? [];
    expect(Number(worse)).toBeGreaterThan(Number(better));
    expect(stdout).toMatch(/En moins bien :\n {2}\[\w+\] « .+ »\n {6}attendu : .+ ; avant : .+ ; après : .+/);
  }, 400_000);

  test('without a commit to compare with, it says what to give', () => {
    const { status, stderr } = runCommand('check', ['--root', copy.root, '--impact', '--erreurs']);
    expect(status).toBe(2);
    expect(stderr).toContain('donnez le dossier d’avant, --avant DOSSIER');
    expect(runCommand('check', ['--avant', copy.root]).status).toBe(2);
  }, 120_000);
});
