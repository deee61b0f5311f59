import { expect, test } from 'vitest';
import { bestOf } from '../../../src/understanding/ranking/best-of.ts';
import { decide } from '../../../src/understanding/ranking/decide.ts';

test('bestOf ranks, best first', () => {
  expect(bestOf(Float64Array.of(3, 9, 1, 7), 3)).toEqual([1, 3, 0]);
});

test('answer, ask or refuse', () => {
  const thresholds = { answer: 0.7, refuse: 0.3, familiarity: -1 };
  const candidates = (...scores: number[]) => scores.map((score, i) => ({ id: `f${i}`, score }));
  expect(decide(candidates(0.8, 0.1), 0, thresholds).decision).toBe('answer');
  expect(decide(candidates(0.4, 0.3, 0.02), 0, thresholds)).toEqual({
    decision: 'clarify',
    choices: ['f0', 'f1'],
  });
  expect(decide(candidates(0.1, 0.1), 0, thresholds).decision).toBe('refuse');
  expect(decide(candidates(0.9, 0.1), -2, thresholds).decision).toBe('refuse');
  expect(decide(candidates(0.5), 0, thresholds).decision).toBe('refuse');
});
