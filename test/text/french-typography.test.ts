import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldText } from '../../src/text/fold-text.ts';
import { frenchTypography } from '../../src/text/french-typography.ts';

/** Shows which space is which: _ is U+00A0, · is U+202F. */
const set = (text: string): string =>
  frenchTypography(text).replaceAll('\u00a0', '_').replaceAll('\u202f', '·');

describe('French typography', () => {
  test.each([
    ['Est-ce résolu ? Oui ; non !', 'Est-ce résolu·? Oui·; non·!'],
    ['Est-ce résolu? Oui; non!', 'Est-ce résolu·? Oui·; non·!'],
    ['**Besoin d’aide ?** Appelez', '**Besoin d’aide·?** Appelez'],
    ['Quoi ?! Vraiment ?', 'Quoi·?! Vraiment·?'],
    ['Attention : lisez', 'Attention_: lisez'],
    ['**Attention** : lisez, puis notez: tout', '**Attention**_: lisez, puis notez_: tout'],
    ["L'icône n'est pas bleue", 'L’icône n’est pas bleue'],
    ["l'**icône**, l'`icône`, l'« icône »", 'l’**icône**, l’`icône`, l’«·icône·»'],
    ['Cliquez sur « Ouvrir », puis sur «Fermer».', 'Cliquez sur «·Ouvrir·», puis sur «·Fermer·».'],
    ['rubrique “Aide VPN”, puis "Aide 4G".', 'rubrique «·Aide VPN·», puis «·Aide 4G·».'],
    ['« dites “non” »', '«·dites “non”·»'],
    ['Patientez... puis', 'Patientez… puis'],
    [
      'en 15 min, 24 h, 8 h 30, 1 000 agents, 20 Go, 50 %, 2 heures',
      'en 15_min, 24_h, 8_h_30, 1·000 agents, 20_Go, 50_%, 2_heures',
    ],
    [
      'la demande n° **12**, n°3, étape 4, le 3 mars, le 1er mai',
      'la demande n°_**12**, n°_3, étape_4, le 3_mars, le 1er_mai',
    ],
    ['**15** minutes', '**15**_minutes'],
  ])('%s', (text, expected) => {
    expect(set(text)).toBe(expected);
  });

  test.each(['01 40 07 20 00', '01-40-07-2000', '01.40.07.20.00', '0140072000', '01 40 07 20 00'])(
    'a phone number has one form: %s',
    (number) => {
      expect(set(`Appelez le **${number}**, ou le 72000.`)).toBe(
        'Appelez le **01_40_07_20_00**, ou le 72000.',
      );
    },
  );

  test('a number abroad keeps its code, and what only looks like a number of ten digits is left alone', () => {
    expect(set('+33 1 40 07 20 00')).toBe('+33_1_40_07_20_00');
    for (const text of [
      '2026-11-28',
      'version 1.2.3',
      'réf. 10140072000',
      '0140072000-2',
      '192.168.01.10',
      '12 01 40 07 20 00',
    ])
      expect(set(text).replace('_', ' ')).toBe(text);
  });

  test.each([
    ['code', 'Tapez `echo "l\'a" ; ls ... : ?` ici'],
    ['an address', 'https://ici.fr/?a=1;b=2!c:d'],
    ['an address of mail', "prenom.o'nom@interieur.gouv.fr"],
    ['a Matrix address', '@ana:ici.fr'],
    ['a command', 'Écrivez !prendre 12 ou !transferer 12 @nom'],
    ['a path', 'C:\\Documents et \\\\serveur\\partage'],
    ['a drive', 'le lecteur C: est plein'],
    ['a file', 'Installation_certificats_nomade2_modif.pdf'],
    ['signs that are typed', '(= - _ ? ! .)'],
    ['a time', '12:30'],
    ['a placeholder of ours', 'un \ue000 perdu'],
  ])('leaves alone %s', (_what, text) => {
    expect(frenchTypography(text)).toBe(text);
  });

  test('the stop after an address belongs to the sentence', () => {
    expect(set('Ouvrez https://ici.fr : puis lisez `!aide` ? Ou https://la.fr.')).toBe(
      'Ouvrez https://ici.fr_: puis lisez `!aide`·? Ou https://la.fr.',
    );
  });

  const signs = fc.string({
    unit: fc.constantFrom(
      ...' \u00a0\u202f\n"\'’«»“”.:;!?*`()@/\\-°%+0123456789\ue000'.split(''),
      ...['a', 'É', 'min', '...', '01 40 07 20 00', 'https://a.fr', 'mars', 'n°', '**', '👍'],
    ),
    maxLength: 40,
  });

  test('set twice, a text is as if set once', () => {
    fc.assert(
      fc.property(signs, (text) => {
        const once = frenchTypography(text);
        expect(frenchTypography(once)).toBe(once);
      }),
      { numRuns: 3_000 },
    );
  });

  test('no letter and no digit is added, lost or moved', () => {
    const bare = (text: string): string => foldText(text).replaceAll(' ', '');
    fc.assert(
      fc.property(fc.oneof(signs, fc.string({ unit: 'grapheme' })), (text) => {
        expect(bare(frenchTypography(text))).toBe(bare(text));
      }),
      { numRuns: 3_000 },
    );
  });

  test('a text made to be slow is not', () => {
    const start = performance.now();
    for (const unit of ['a', '"', '« ', '1 000 ', '01', "l'", '`', '@', 'a.', '\\', '*', ' '])
      frenchTypography(unit.repeat(20_000));
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
