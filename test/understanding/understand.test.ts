import { describe, expect, test } from 'vitest';
import { createMatcher } from '../../src/understanding/create-matcher.ts';
import { trainModel } from '../../src/understanding/train-model.ts';
import { matcher, training } from './shipped-matcher.ts';

const top = (text: string): string | undefined => matcher.understand(text).candidates[0]?.id;

describe('the right fiche comes first', () => {
  test.each([
    ['a greeting around the question', 'bonjour, mon vpn marche pas', 'noemi-vpn'],
    [
      'a greeting and thanks',
      "Bonsoir à tous, comment chiffrer ma clé usb ? Merci d'avance, bonne soirée",
      'bitlocker',
    ],
    ['capitals without accents', 'JE N ARRIVE PAS A ME CONNECTER AU WIFI AVEC MON NOEMI', 'noemi-wifi'],
    ['SMS spelling', 'slt koi fair qd lvpn du noemi veu pa se co', 'noemi-vpn'],
    ['a misspelt product', 'bitloquer comment sa marche', 'bitlocker'],
    ['curly apostrophes and emoji', 'J’ai oublié ma carte agent 😭😭', 'noemi-carte-agent'],
    ['repeated letters', 'mon vpnnnn marche passsss', 'noemi-vpn'],
    ['a signature', 'mon VPN reste bleu\n-- \nJeanne Martin\nBureau des élections\nTchap : @jm', 'noemi-vpn'],
    ['a quoted reply', '> le certificat nomade 2 se génère depuis le RGT\n\nmon VPN reste bleu', 'noemi-vpn'],
  ])('%s', (_case, text, fiche) => {
    expect(top(text)).toBe(fiche);
  });

  test.each([
    [
      '> le mot de passe du certificat nomade ne passe pas, je sais plus si c’est un zéro ou un o\nQue lui conseiller ?',
      'nomade2-mot-de-passe-certificat',
    ],
    [
      '> on m’a volé ma carte pro, mon PC est inutilisable\nun collègue m’envoie ça, je lui réponds quoi ?',
      'noemi-carte-agent',
    ],
    ['> bonjour, comment puis-je vous aider ?\npassez-moi un conseiller', 'parler-a-un-humain'],
    ['> le VPN de mon NOEMI est bleu\nje veux parler à quelqu’un', 'parler-a-un-humain'],
  ])('what is forwarded is the question, unless the rest says enough: %s', (text, intent) => {
    expect(top(text)).toBe(intent);
  });

  test('a letter whose question is one sentence among five', () => {
    const letter = `Madame, Monsieur,
Je suis adjointe administrative et je garde mes enfants à la maison depuis lundi. Tout allait bien jusqu'à hier.
Ce matin, après le petit déjeuner, l'icône du VPN de mon NOEMI est restée bleue. Pourriez-vous me dire que faire ?
Je vous remercie par avance de votre aide. Bien cordialement.`;
    const { decision, candidates } = matcher.understand(letter);
    expect(decision).toBe('answer');
    expect(candidates[0]?.id).toBe('noemi-vpn');
  });
});

test.each([
  ['bonjour', 'salutation'],
  ['merci beaucoup', 'remerciement'],
  ['a+', 'au-revoir'],
  ['que sais-tu faire ?', 'capacites'],
  ["je veux parler à quelqu'un", 'parler-a-un-humain'],
])('small talk alone stays small talk: %s', (text, intent) => {
  const { decision, candidates } = matcher.understand(text);
  expect(decision).toBe('answer');
  expect(candidates[0]?.id).toBe(intent);
});

test.each([
  'mon imprimante ne marche pas',
  'le chat mange la souris',
  'xyzzy plugh',
  'patati patata tralala',
  'aaaaaa',
  '😀😀',
  '',
])('refuses what the guide does not cover: %s', (text) => {
  const { decision, choices } = matcher.understand(text);
  expect(decision).toBe('refuse');
  expect(choices).toEqual([]);
});

test('asks which one, among 2 to 4, when several fiches are close', () => {
  const { decision, choices, confidence, thresholds } = matcher.understand('visio');
  expect(decision).toBe('clarify');
  expect(choices.length).toBeGreaterThanOrEqual(2);
  expect(choices.length).toBeLessThanOrEqual(4);
  expect(choices).toContain('jitsi-presentation');
  expect(choices).toContain('comu-presentation');
  expect(confidence).toBeLessThan(thresholds.answer);
});

test('finds both questions of a message', () => {
  const { candidates, alsoAsked } = matcher.understand(
    'Comment chiffrer ma clé usb ? Et comment je me connecte à COMU ?',
  );
  expect([candidates[0]?.id, ...alsoAsked].sort()).toEqual(['bitlocker', 'comu-connexion']);
});

test('says how it read the text', () => {
  const { reading, nearest } = matcher.understand('mon noémie marche plu avec teams');
  expect(reading.products).toEqual(['noemi']);
  expect(reading.outOfScopeProducts).toEqual(['teams']);
  expect(nearest).toHaveLength(3);
});

test('probabilities are probabilities, best first', () => {
  const { candidates, confidence } = matcher.understand('mon vpn marche pas');
  expect(candidates.map(({ score }) => score)).toEqual(
    candidates.map(({ score }) => score).sort((a, b) => b - a),
  );
  expect(candidates.reduce((sum, { score }) => sum + score, 0)).toBeLessThanOrEqual(1.000001);
  expect(confidence).toBe(candidates[0]?.score);
});

test('the same questions give the same matcher, number for number', () => {
  const again = createMatcher(trainModel(training).model);
  for (const text of ['vpn ko', 'comment installer le certificat nomade', 'où est la cantine']) {
    expect(again.understand(text)).toEqual(matcher.understand(text));
  }
});

test('learns from two intents of one question each, and none out of scope', () => {
  const intents = [
    { id: 'a', questions: ['ouvrir la porte'], product: null, evidence: [] },
    { id: 'b', questions: ['fermer la fenêtre'], product: null, evidence: [] },
  ];
  const lexicon = { products: [], outOfScopeProducts: [], abbreviations: new Map(), synonyms: [] };
  const tiny = createMatcher(trainModel({ intents, outOfScope: [], lexicon }).model);
  expect(tiny.understand('je veux ouvrir cette porte').candidates[0]?.id).toBe('a');
});

test('no question at all: everything is refused, nothing throws', () => {
  const lexicon = { products: [], outOfScopeProducts: [], abbreviations: new Map(), synonyms: [] };
  expect(
    createMatcher(trainModel({ intents: [], outOfScope: [], lexicon }).model).understand('bonjour').decision,
  ).toBe('refuse');
});

test('a question that an editor has taught is answered word for word, however few there are', () => {
  const fresh = { id: 'nouvelle', questions: ['comment couper la sonnerie le soir', 'les alertes du soir'] };
  const taught = createMatcher(
    trainModel({
      ...training,
      intents: [...training.intents, { ...fresh, product: null, evidence: [] }],
    }).model,
  ).understand('Comment couper la sonnerie le soir');
  expect(taught.decision).toBe('answer');
  expect(taught.candidates[0]?.id).toBe('nouvelle');
});
