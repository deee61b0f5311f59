import { expect, test } from 'vitest';
import { plural } from '../../src/text/plural.ts';

test('French puts the plural from two on', () => {
  expect([0, 1, 2].map((number) => `${number} ${plural(number, 'erreur')}`)).toEqual([
    '0 erreur',
    '1 erreur',
    '2 erreurs',
  ]);
});

test('a word whose plural is not an s says which it is', () => {
  expect([1, 3].map((number) => plural(number, 'a', 'ont'))).toEqual(['a', 'ont']);
});
