import { describe, expect, test } from 'vitest';
import { lintContent } from '../../../src/knowledge/checks/lint-content.ts';
import { readContent } from '../../../src/knowledge/load-content.ts';
import type { Problem } from '../../../src/knowledge/problem.ts';
import { type ContentCopy, copyContent } from '../copy-content.ts';

async function warningsAfter(change: (copy: ContentCopy) => void, today = '2026-12-01'): Promise<Problem[]> {
  using copy = copyContent();
  change(copy);
  const { files, problems } = await readContent(copy.root);
  expect(problems).toEqual([]);
  const warnings = lintContent(files, today);
  expect(warnings.filter(({ severity }) => severity !== 'warning')).toEqual([]);
  return warnings;
}

describe('an editor is warned', () => {
  test('of nothing in the shipped files', async () => {
    expect(await warningsAfter(() => {})).toEqual([]);
  });

  test('of nearly the same question in two fiches', async () => {
    const [warning, ...others] = await warningsAfter((copy) =>
      copy.edit('intents/noemi-wifi.yaml', 'questions:\n', 'questions:\n  - le vpn ne se connectes plus\n'),
    );
    expect(others).toEqual([]);
    expect(warning).toMatchObject({
      code: 'near-duplicate-question',
      file: 'intents/noemi-wifi.yaml',
      line: 2,
      column: 5,
      message: expect.stringContaining('« le vpn ne se connecte plus » dans intents/noemi-vpn.yaml'),
    });
  });

  test('of fewer than 25 questions', async () => {
    const [warning] = await warningsAfter((copy) => {
      const lines = copy.read('intents/noemi-veille.yaml').split('\n').slice(0, 13);
      copy.write('intents/noemi-veille.yaml', `${lines.join('\n')}\n`);
    });
    expect(warning).toMatchObject({
      code: 'few-questions',
      file: 'intents/noemi-veille.yaml',
      message: expect.stringContaining('12 questions'),
    });
  });

  test('of a fiche whose date of review has passed', async () => {
    const warnings = await warningsAfter(() => {}, '2027-11-24');
    expect(warnings).toHaveLength(32);
    expect(new Set(warnings.map(({ code }) => code))).toEqual(new Set(['review-overdue']));
    expect(warnings[0]?.message).toContain('2027-11-23');
  });

  test('of a phone number written in two ways, except where the guide is quoted', async () => {
    const [warning, ...others] = await warningsAfter((copy) =>
      copy.edit('knowledge/centre-appel.yaml', 'appelez le 01 40 07 20 00.', 'appelez le 01.40.07.20.00.'),
    );
    expect(others).toEqual([]);
    expect(warning).toMatchObject({
      code: 'two-spellings',
      message: expect.stringContaining('01.40.07.20.00 ici, 01 40 07 20 00 ailleurs'),
    });
  });

  test('of an address written in two ways, or that looks like another', async () => {
    const warnings = await warningsAfter((copy) => {
      copy.edit('knowledge/jitsi-utilisation.yaml', 'http://webconf.numerique', 'https://webconf.numerique');
      copy.edit(
        'knowledge/comu-connexion.yaml',
        '`ac-dupontje@comu.minint.fr`',
        '`ac-dupontje@comun.minint.fr`',
      );
    });
    expect(warnings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['two-spellings', 'lookalike-domain']),
    );
    expect(warnings.find(({ code }) => code === 'lookalike-domain')?.message).toContain(
      'comun.minint.fr ressemble beaucoup à comu.minint.fr',
    );
  });

  test('of marks that are opened and never closed, and of HTML', async () => {
    const warnings = await warningsAfter((copy) => {
      copy.edit('knowledge/noemi-vpn.yaml', 'saisissez `ResetVPN`', 'saisissez `ResetVPN');
      copy.edit('knowledge/noemi-veille.yaml', 'Saisissez votre code PIN.', 'Saisissez votre **code PIN.');
      copy.edit('knowledge/noemi-4g.yaml', '« Paramètres »', '« Paramètres');
      copy.edit('knowledge/bitlocker.yaml', 'Insérez la clé USB', 'Insérez la <b>clé USB</b>');
    });
    expect(Object.fromEntries(warnings.map(({ code, file }) => [code, file]))).toEqual({
      'unclosed-typed-text': 'knowledge/noemi-vpn.yaml',
      'unclosed-bold': 'knowledge/noemi-veille.yaml',
      'unpaired-quotes': 'knowledge/noemi-4g.yaml',
      'shown-markup': 'knowledge/bitlocker.yaml',
    });
  });
});
