import { expect, test } from 'vitest';
import { describeFindings } from './describe-findings.ts';

test('a campaign says what was lost, doubled and out of order, none of them too, and whatever else was found', () => {
  expect(describeFindings([])).toBe('0 perdues, 0 doublées, 0 hors d’ordre, rien d’autre');
  const kinds = ['lost', 'crash', 'lost', 'out of order', 'crash'];
  expect(describeFindings(kinds.map((kind) => ({ kind })))).toBe(
    '2 perdues, 0 doublées, 1 hors d’ordre, et crash 2',
  );
});
