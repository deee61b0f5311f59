import { expect, test } from 'vitest';
import { readOperatorReaction } from '../../../src/tickets/rules/read-operator-reaction.ts';

test('an operator claims with a hand, whatever its colour, and closes with a tick', () => {
  expect(['✋', '✋🏽', '🖐️', '✅', '✔️', '👍'].map(readOperatorReaction)).toEqual([
    'claim',
    'claim',
    'claim',
    'close',
    'close',
    null,
  ]);
});
