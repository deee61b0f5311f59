import { describe, expect, test } from 'vitest';
import { asksForBot, cancelsTicket, readSatisfaction } from '../../../src/tickets/rules/read-agent-words.ts';
import {
  readOperatorCommand,
  readOperatorReaction,
} from '../../../src/tickets/rules/read-operator-command.ts';

describe('an operator', () => {
  test.each([
    ['!prendre 12', { type: 'claim', number: 12 }],
    ['!prendre', { type: 'claim', number: null }],
    ['  !Prendre n° 12 ', { type: 'claim', number: 12 }],
    [
      '!clore 12 mot de passe expiré, fiche à compléter',
      { type: 'close', number: 12, note: 'mot de passe expiré, fiche à compléter' },
    ],
    ['!clore réglé par téléphone', { type: 'close', number: null, note: 'réglé par téléphone' }],
    ['!clore #7', { type: 'close', number: 7, note: null }],
    ['!rendre', { type: 'release', number: null }],
    ['!transférer 12 @chloe:ici', { type: 'transfer', number: 12, to: '@chloe:ici' }],
    ['!transferer Chloé Petit', { type: 'transfer', number: null, to: 'Chloé Petit' }],
    ['!note 12 2 tentatives déjà faites', { type: 'note', number: 12, note: '2 tentatives déjà faites' }],
    ['!tickets', { type: 'list' }],
    ['!aide', { type: 'help' }],
  ])('is understood when they write %s', (text, expected) => {
    expect(readOperatorCommand(text)).toEqual(expected);
  });

  test('never sees a misspelt command reach the agent', () => {
    expect(readOperatorCommand('!cloer 12')).toEqual({ type: 'unknown', word: 'cloer' });
    expect(readOperatorCommand('! note untel est pénible')).toMatchObject({ type: 'note' });
  });

  test('may write ordinary sentences', () => {
    expect(readOperatorCommand('Attention ! redémarrez le poste')).toBeNull();
    expect(readOperatorCommand('!!! urgent')).toBeNull();
  });

  test('claims with a hand, whatever its colour, and closes with a tick', () => {
    expect(['✋', '✋🏽', '🖐️', '✅', '✔️', '👍'].map(readOperatorReaction)).toEqual([
      'claim',
      'claim',
      'claim',
      'close',
      'close',
      null,
    ]);
  });
});

describe('an agent', () => {
  test('gets the bot back with the words that it gave, and not by saying stop in a sentence', () => {
    expect(['stop', 'Reprendre le bot', 'reprendre l’assistant'].map(asksForBot)).toEqual([true, true, true]);
    expect(asksForBot('le ventilateur ne fait pas stop')).toBe(false);
  });

  test('may give up a request', () => {
    expect(['annuler la demande', 'Annuler ma demande n° 12'].map(cancelsTicket)).toEqual([true, true]);
    expect(cancelsTicket('comment annuler la demande de certificat')).toBe(false);
  });

  test('answers in one tap or one word', () => {
    expect(['👍', '👍🏿', 'Oui', 'non', '👎', 'mon vpn ne marche pas'].map(readSatisfaction)).toEqual([
      true,
      true,
      true,
      false,
      false,
      null,
    ]);
  });
});
