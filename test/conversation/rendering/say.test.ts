import { expect, test } from 'vitest';
import { createSay } from '../../../src/conversation/rendering/say.ts';

const say = createSay({
  texts: new Map([
    ['ticket.liste', '{nombre} {nombre:demande ouverte|demandes ouvertes} :'],
    ['conseiller.deja-transmise', 'Demande n° {numero} : {rang}{rang:ʳᵉ|ᵉ} position.'],
  ]),
  contacts: new Map(),
  themes: new Map(),
});

test('a word agrees with its number as in French: zero is singular', () => {
  expect([0, 1, 2].map((nombre) => say('ticket.liste', { nombre }))).toEqual([
    '0 demande ouverte :',
    '1 demande ouverte :',
    '2 demandes ouvertes :',
  ]);
});

test('an ordinal is a number and its ending', () => {
  expect([1, 2, 11].map((rang) => say('conseiller.deja-transmise', { numero: 3, rang }))).toEqual([
    'Demande n° 3 : 1ʳᵉ position.',
    'Demande n° 3 : 2ᵉ position.',
    'Demande n° 3 : 11ᵉ position.',
  ]);
});
