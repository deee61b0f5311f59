import { describe, expect, test } from 'vitest';
import { lintContent } from '../../../src/knowledge/checks/lint-content.ts';
import { readContent } from '../../../src/knowledge/load-content.ts';
import { formatProblem } from '../../../src/knowledge/problem.ts';
import { type ContentCopy, copyContent } from '../copy-content.ts';

async function warningsAfter(change: (copy: ContentCopy) => void, today = '2026-12-01'): Promise<string[]> {
  using copy = copyContent();
  change(copy);
  const { files, problems } = await readContent(copy.root);
  expect(problems).toEqual([]);
  return lintContent(files, today).map(formatProblem);
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
    expect(warning).toContain(
      'presque la même question que « le vpn ne se connecte plus » dans intents/noemi-vpn.yaml',
    );
    expect(warning).toContain('intents/noemi-wifi.yaml:2:5: avertissement');
  });

  test('of fewer than 25 questions', async () => {
    const [warning] = await warningsAfter((copy) => {
      const lines = copy.read('intents/noemi-veille.yaml').split('\n').slice(0, 13);
      copy.write('intents/noemi-veille.yaml', `${lines.join('\n')}\n`);
    });
    expect(warning).toMatch(/noemi-veille\.yaml:\d+:\d+: avertissement : 12 questions pour cette fiche/);
  });

  test('of a fiche whose date of review has passed', async () => {
    const warnings = await warningsAfter(() => {}, '2027-11-24');
    expect(warnings).toHaveLength(32);
    expect(warnings[0]).toContain('cette fiche devait être relue avant le 2027-11-23');
  });

  test('of a phone number written in two ways, except where the guide is quoted', async () => {
    const [warning, ...others] = await warningsAfter((copy) =>
      copy.edit('knowledge/centre-appel.yaml', 'appelez le 01 40 07 20 00.', 'appelez le 01.40.07.20.00.'),
    );
    expect(others).toEqual([]);
    expect(warning).toContain('01.40.07.20.00 ici, 01 40 07 20 00 ailleurs');
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
    expect(warnings.join('\n')).toContain('cette adresse est écrite de deux façons');
    expect(warnings.join('\n')).toContain('le domaine comun.minint.fr ressemble beaucoup à comu.minint.fr');
  });

  test('of marks that are opened and never closed, and of HTML', async () => {
    const warnings = await warningsAfter((copy) => {
      copy.edit('knowledge/noemi-vpn.yaml', 'saisissez `ResetVPN`', 'saisissez `ResetVPN');
      copy.edit('knowledge/noemi-veille.yaml', 'Saisissez votre code PIN.', 'Saisissez votre **code PIN.');
      copy.edit('knowledge/noemi-4g.yaml', '« Paramètres »', '« Paramètres');
      copy.edit('knowledge/bitlocker.yaml', 'Insérez la clé USB', 'Insérez la <b>clé USB</b>');
    });
    const text = warnings.join('\n');
    expect(warnings).toHaveLength(4);
    expect(text).toContain('un ` est ouvert et jamais fermé');
    expect(text).toContain('un ** est ouvert et jamais fermé');
    expect(text).toContain('un « ou un » est seul');
    expect(text).toContain('du HTML sera montré tel quel');
  });
});
