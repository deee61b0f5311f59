import { describe, expect, test } from 'vitest';
import { foldedWords, foldText } from '../../src/text/fold-text.ts';

describe('a folded text', () => {
  test('is lower case, without accents, ligatures, apostrophes nor signs', () => {
    expect(foldText('  Où est-ce, l’Œuf « ÉLÉMENTAIRE » ? ')).toBe('ou est ce l oeuf elementaire');
    expect(foldText('déjà ex æquo')).toBe('deja ex aequo');
  });

  test('has one space where signs stood, a question mark among words included', () => {
    expect(foldText('c’est bon ? oui !')).toBe('c est bon oui');
    expect(foldText('non ?! toujours pas')).toBe('non toujours pas');
  });

  test('keeps the digit of a keycap, and nothing of any other emoji', () => {
    expect(foldText('1️⃣ 👍')).toBe('1');
  });

  test('is the same however the accents are encoded', () => {
    expect(foldText('réseau')).toBe(foldText('re\u0301seau'));
  });
});

test('the words of a text without any are none', () => {
  expect(foldedWords(' ?! 👍 ')).toEqual([]);
  expect(foldedWords('Mon VPN, ça marche ?')).toEqual(['mon', 'vpn', 'ca', 'marche']);
});
