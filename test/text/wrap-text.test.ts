import { describe, expect, test } from 'vitest';
import { wrapText } from '../../src/text/wrap-text.ts';

describe('a text wrapped for a terminal', () => {
  test('breaks between words, and never at a space that holds them', () => {
    expect(wrapText('Est-ce vraiment résolu\u202f? Appelez le 01\u00a040\u00a007\u00a020\u00a000', 22)).toBe(
      'Est-ce vraiment\nrésolu\u202f? Appelez le\n01\u00a040\u00a007\u00a020\u00a000',
    );
  });

  test('puts an item under itself, and leaves what fits as it is', () => {
    expect(wrapText('un\n\n10. Ouvrez la fenêtre\n   - des réseaux proches', 16)).toBe(
      'un\n\n10. Ouvrez la\n    fenêtre\n   - des réseaux\n     proches',
    );
  });

  test('an address longer than a line is left whole', () => {
    const address = `https://ici.fr/${'a'.repeat(40)}`;
    expect(wrapText(`Lisez ${address} puis`, 20)).toBe(`Lisez\n${address}\npuis`);
  });
});
