import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readContent } from '../../../src/knowledge/load-content.ts';
import { describeUpgrade } from '../../../src/knowledge/upgrading/describe-upgrade.ts';
import { readReview, upgradeContent } from '../../../src/knowledge/upgrading/upgrade-content.ts';
import { type ContentCopy, copyContent } from '../copy-content.ts';
import { runCommand } from '../run-command.ts';

let shipped: ContentCopy & Disposable;
let root: string;

beforeEach(() => {
  shipped = copyContent();
  root = mkdtempSync(join(tmpdir(), 'fiches-a-nous-'));
});
afterEach(() => {
  shipped[Symbol.dispose]();
  rmSync(root, { recursive: true, force: true });
});

const upgrade = (options = {}) => upgradeContent(root, { shippedRoot: shipped.root, ...options });
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const edit = (file: string, from: string, to: string): void => {
  const before = read(file);
  expect(before).toContain(from);
  writeFileSync(join(root, file), before.replace(from, to));
};

describe('the folder of the editors', () => {
  test('empty, it is filled with what is shipped; then there is nothing to do', async () => {
    expect(await upgrade()).toMatchObject({ type: 'filled' });
    expect((await readContent(root)).content?.fiches.size).toBe(32);
    expect(await upgrade()).toEqual({ type: 'up-to-date' });
  });

  test('an upgrade brings what is new and leaves what they changed, in the same file too', async () => {
    await upgrade();
    edit('knowledge/noemi-wifi.yaml', 'Ouvrez la fenêtre des réseaux.', 'Ouvrez la liste des réseaux.');
    edit('intents/noemi-wifi.yaml', 'questions:\n', 'questions:\n  - la borne du premier étage\n');
    shipped.edit('knowledge/noemi-wifi.yaml', 'revu-le: 2026-11-23', 'revu-le: 2026-12-15');
    shipped.edit('knowledge/noemi-4g.yaml', /^source: .*$/m, 'source: Aide 4G, deuxième édition');
    const done = await upgrade({ now: Date.parse('2026-12-20T08:00:00Z') });
    expect(describeUpgrade(done)).toBe(
      'Fiches du projet reprises dans votre dossier :\n  knowledge/noemi-4g.yaml : mis à jour\n  knowledge/noemi-wifi.yaml : mis à jour\nVos fichiers d’avant sont dans .avant/2026-12-20T08-00-00.',
    );
    const fiche = read('knowledge/noemi-wifi.yaml');
    expect(fiche).toContain('Ouvrez la liste des réseaux.');
    expect(fiche).toContain('revu-le: 2026-12-15');
    expect(read('intents/noemi-wifi.yaml')).toContain('la borne du premier étage');
    expect(read('.avant/2026-12-20T08-00-00/knowledge/noemi-wifi.yaml')).toContain('revu-le: 2026-11-23');
    expect(await upgrade()).toEqual({ type: 'up-to-date' });
  });

  test('what both changed stays theirs, and is kept to be read', async () => {
    await upgrade();
    edit('knowledge/noemi-wifi.yaml', 'resume: Connectez le NOEMI', 'resume: Reliez le NOEMI');
    shipped.edit('knowledge/noemi-wifi.yaml', 'resume: Connectez le NOEMI', 'resume: Branchez le NOEMI');
    expect(await upgrade()).toMatchObject({ type: 'merged', changes: [] });
    expect(read('knowledge/noemi-wifi.yaml')).toContain('resume: Reliez le NOEMI');
    const [review] = await readReview(root);
    expect(review).toMatchObject({
      file: 'knowledge/noemi-wifi.yaml',
      disagreements: [
        { shipped: [expect.stringContaining('Branchez')], theirs: [expect.stringContaining('Reliez')] },
      ],
    });
    expect(await upgrade()).toEqual({ type: 'up-to-date' });
    expect(await readReview(root)).toHaveLength(1);
  });

  test('killed before the end, it is done again, and says nothing twice', async () => {
    await upgrade();
    const base = mkdtempSync(join(tmpdir(), 'base-'));
    cpSync(join(root, '.livre'), base, { recursive: true });
    edit('knowledge/noemi-wifi.yaml', 'resume: Connectez le NOEMI', 'resume: Reliez le NOEMI');
    shipped.edit('knowledge/noemi-wifi.yaml', 'resume: Connectez le NOEMI', 'resume: Branchez le NOEMI');
    shipped.edit('knowledge/noemi-wifi.yaml', 'revu-le: 2026-11-23', 'revu-le: 2026-12-15');
    await upgrade();
    const after = read('knowledge/noemi-wifi.yaml');
    // As if it had ended before the base was changed.
    rmSync(join(root, '.livre'), { recursive: true });
    cpSync(base, join(root, '.livre'), { recursive: true });
    await upgrade();
    expect(read('knowledge/noemi-wifi.yaml')).toBe(after);
    expect(await readReview(root)).toHaveLength(1);
    rmSync(base, { recursive: true });
  });

  test('what would make errors with theirs is refused whole', async () => {
    await upgrade();
    // Their own contact is all that they have left: the shipped fiches name one that is no longer there.
    shipped.edit(
      'knowledge/messages.yaml',
      'contacts:\n',
      'contacts:\n  garde: >\n    La garde 01 02 03 04 05\n',
    );
    shipped.edit('knowledge/noemi-veille.yaml', /^contacts: .*$/m, 'contacts: [garde]');
    edit('knowledge/messages.yaml', 'contacts:\n', 'contacts:\n  astreinte: "Astreinte : 01 02 03 04 06"\n');
    const done = await upgrade();
    expect(done).toMatchObject({ type: 'refused', problems: [{ code: 'unknown-contact' }] });
    expect(describeUpgrade(done)).toContain('Vos fichiers restent comme ils sont');
    expect(read('knowledge/noemi-veille.yaml')).not.toContain('contacts: [garde]');
    expect(read('knowledge/messages.yaml')).toContain('astreinte:');
  });

  test('a folder of before, and one of another ministry, are left alone until asked', async () => {
    cpSync(join(shipped.root, 'intents'), join(root, 'intents'), { recursive: true });
    cpSync(join(shipped.root, 'knowledge'), join(root, 'knowledge'), { recursive: true });
    edit('knowledge/noemi-wifi.yaml', 'resume: Connectez le NOEMI', 'resume: Reliez le NOEMI');
    expect(await upgrade()).toEqual({ type: 'not-followed' });
    expect(readdirSync(root).sort()).toEqual(['intents', 'knowledge']);
    expect(await upgrade({ follow: true })).toEqual({ type: 'up-to-date' });
    shipped.edit('knowledge/noemi-4g.yaml', /^source: .*$/m, 'source: Aide 4G, deuxième édition');
    expect(await upgrade()).toMatchObject({ type: 'merged', changes: [{ file: 'knowledge/noemi-4g.yaml' }] });
    expect(read('knowledge/noemi-wifi.yaml')).toContain('resume: Reliez le NOEMI');
  });

  test('npm run upgrade says it in French, and only tries with --essai', () => {
    const tried = runCommand('upgrade', ['--root', root, '--essai']);
    expect(tried.stdout).toMatch(/^Dossier des fiches rempli avec celles du projet : \d+ fichiers\.$/m);
    expect(existsSync(join(root, 'knowledge'))).toBe(false);
    expect(runCommand('upgrade', ['--root', join(root, 'nulle-part')]).status).toBe(2);
  });
});
