import { describe, expect, test } from 'vitest';
import type { Lexicon } from '../../../src/knowledge/content.ts';
import { normalise } from '../../../src/understanding/reading/normalise.ts';
import { readLexicon } from '../../../src/understanding/reading/read-lexicon.ts';
import { createReader, type ReadText } from '../../../src/understanding/reading/read-words.ts';
import { soundWord } from '../../../src/understanding/reading/sound-word.ts';
import { stemWord } from '../../../src/understanding/reading/stem-word.ts';
import { stripCourtesies } from '../../../src/understanding/reading/strip-courtesies.ts';
import { learnVocabulary } from '../../../src/understanding/reading/vocabulary.ts';

const lexicon: Lexicon = {
  products: [
    { id: 'noemi', name: 'NOEMI', spellings: ['noémie', 'nomi', 'pc noemi'], designations: [] },
    { id: 'span', name: 'SPAN', spellings: ['spam'], designations: [] },
    { id: 'bitlocker', name: 'BitLocker', spellings: ['bit locker'], designations: [] },
  ],
  outOfScopeProducts: [{ id: 'teams', name: 'Teams', spellings: ['ms teams'], designations: [] }],
  abbreviations: new Map([
    ['mdp', 'mot de passe'],
    ['c', "c'est"],
  ]),
  synonyms: [['ordinateur', 'pc', 'laptop']],
};
const found = readLexicon(lexicon);
const texts = ['connexion impossible au réseau', "l'ordinateur refuse le mot de passe", 'accès'];
const readWords = createReader(found, learnVocabulary(texts.map(found.split), found));
const read = (text: string): ReadText => readWords(found.split(text));
const words = (text: string): string[] => read(normalise(text)).words.map((word) => word.text);

describe('words are read as they were meant', () => {
  test('abbreviations are written out', () => {
    expect(words('mdp refuse')).toEqual(['mot', 'de', 'passe', 'refuse']);
  });
  test('a product of several words is one word, whatever its spelling', () => {
    expect(words('mon PC Noemi')).toEqual(['mon', 'noemi']);
    expect(words('Bit-Locker')).toEqual(['bitlocker']);
    expect(read(normalise('spam')).products).toEqual(['span']);
  });
  test('a misspelt product is recognised', () => {
    expect(read('bitlokker').products).toEqual(['bitlocker']);
  });
  test('a slip is corrected towards a known word', () => {
    expect(read('connexoin').corrections).toEqual([{ from: 'connexoin', to: 'connexion' }]);
    expect(words('konexion')).toEqual(['connexion']);
  });
  test('a forgotten apostrophe is put back', () => {
    expect(words('lordinateur')).toEqual(['l', 'ordinateur']);
  });
  test('accents left out give the same stem', () => {
    expect(read('reseau').words[0]?.stem).toBe(read('réseau').words[0]?.stem);
  });
  test('synonyms share a canonical word', () => {
    expect(read('laptop').words[0]?.canonical).toBe('=ordinateur');
  });
  test('a tool of somebody else is told apart', () => {
    expect(read('ms teams').outOfScopeProducts).toEqual(['teams']);
  });
  test('negation stays', () => {
    expect(words('ça marche pas')).toContain('pas');
  });
});

describe('normalising', () => {
  test.each([
    ['J’AI', "j'ai"],
    ['marche pasSSSS 😀', 'marche pas'],
    ['vpn\u200b ko', 'vpn ko'],
    ['> cité\nma question', 'ma question'],
    ['ma question\n-- \nJeanne', 'ma question'],
    ['ma question\nLe 12 mars 2026 à 10:02, Jeanne a écrit :\nbla', 'ma question'],
    ['> tout est cité', '> tout est cité'],
  ])('%j becomes %j', (raw, clean) => {
    expect(normalise(raw)).toBe(clean);
  });
});

test.each([
  ["bonjour, mon vpn ne marche pas, merci d'avance", 'mon vpn ne marche pas'],
  ['bonjour', 'bonjour'],
  ['merci', 'merci'],
  ['ça marche merci', 'ça marche'],
])('courtesies around a question are cut, alone they stay: %j', (text, left) => {
  expect(stripCourtesies(text)).toBe(left);
});

test.each([
  ['connexion', 'konexion'],
  ['connecter', 'konekté'.normalize('NFD').replace(/\p{M}/gu, '')],
  ['telephone', 'telefone'],
])('%s sounds like %s', (one, other) => {
  expect(soundWord(one)).toBe(soundWord(other));
});

test('irregular forms share a stem', () => {
  expect(new Set(['peux', 'pouvez', 'pourrais', 'puis'].map(stemWord)).size).toBe(1);
});
