import { describe, expect, test } from 'vitest';
import { asksForBot, cancelsTicket, readSatisfaction } from '../../../src/tickets/rules/read-agent-words.ts';

describe('an agent', () => {
  test('gets the bot back with the words that it gave, and not by saying stop in a sentence', () => {
    expect(['stop', 'Reprendre le bot', 'reprendre l’assistant'].map(asksForBot)).toEqual([true, true, true]);
    expect(['je reprends avec le bot', 'reprendre l’assistant svp'].map(asksForBot)).toEqual([true, true]);
    expect(
      [
        'revenir à l’assistant',
        "Revenir à l'assistant svp",
        'je voudrais revenir au bot',
        'retour à l’assistant',
      ].map(asksForBot),
    ).toEqual([true, true, true, true]);
    expect(asksForBot('je vais revenir à l’assistant social demain')).toBe(false);
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
