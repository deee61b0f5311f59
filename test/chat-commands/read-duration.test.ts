import { expect, test } from 'vitest';
import { readDuration } from '../../src/chat-commands/read-duration.ts';

const minute = 60_000;

test.each([
  ['2 h', 120],
  ['2h', 120],
  ['2 heures', 120],
  ['1 h 30', 90],
  ['1h30', 90],
  ['45 min', 45],
  ['45 minutes', 45],
  ['3 jours', 3 * 1_440],
  ['1 j', 1_440],
])('« %s » is %i minutes', (text, minutes) => {
  expect(readDuration(text)).toBe(minutes * minute);
});

test.each(['', '2', 'deux heures', '12 2 h', 'demain', '0 h', '90 jours', '2 h du matin', '30 min 20'])(
  '« %s » is no duration',
  (text) => {
    expect(readDuration(text)).toBeNull();
  },
);
