import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutAtSentence } from '../../src/text/cut-at-sentence.ts';

test.each([
  ['Mon VPN ne marche pas. La diode est rouge.', 60, 'Mon VPN ne marche pas. La diode est rouge.'],
  ['Mon VPN ne marche pas. La diode est rouge depuis ce matin.', 40, 'Mon VPN ne marche pas. […]'],
  [
    'Essayez ceci : « redémarrez ! » Puis appelez le support informatique.',
    45,
    'Essayez ceci : « redémarrez ! » […]',
  ],
  ['1. Ouvrez le menu\n2. Cliquez sur Démarrer et attendez', 30, '1. Ouvrez le menu […]'],
  // The number of a step is no sentence.
  ['1. Ouvrez le menu Démarrer et attendez une minute', 30, '1. Ouvrez le menu Démarrer …'],
  ['a'.repeat(50), 10, `${'a'.repeat(9)}…`],
])('« %s » within %i signs ends with a sentence', (text, length, expected) => {
  expect(cutAtSentence(text, length)).toBe(expected);
});

test('is never longer than asked, and begins as the text does', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.integer({ min: 10, max: 100 }),
      (text, length) => {
        const cut = cutAtSentence(text, length);
        expect(cut.length).toBeLessThanOrEqual(length);
        expect(text.startsWith(cut.replace(/(?: …|…| \[…\])$/u, ''))).toBe(true);
      },
    ),
  );
});
