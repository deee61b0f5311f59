import { expect, test } from 'vitest';
import { bestOf } from '../../../src/understanding/ranking/best-of.ts';
import { decide } from '../../../src/understanding/ranking/decide.ts';

test('bestOf ranks, best first', () => {
  expect(bestOf(Float64Array.of(3, 9, 1, 7), 3)).toEqual([1, 3, 0]);
});

test('answer, ask or refuse', () => {
  const thresholds = { answer: 0.7, refuse: 0.3, familiarity: -1 };
  const fiches = new Set(['f0', 'f1', 'f2']);
  const candidates = (...scores: number[]) => scores.map((score, i) => ({ id: `f${i}`, score }));
  expect(decide(candidates(0.8, 0.1), 0, thresholds, fiches).decision).toBe('answer');
  expect(decide(candidates(0.4, 0.3, 0.02), 0, thresholds, fiches)).toEqual({
    decision: 'clarify',
    choices: ['f0', 'f1'],
  });
  expect(decide(candidates(0.1, 0.1), 0, thresholds, fiches).decision).toBe('refuse');
  expect(decide(candidates(0.9, 0.1), -2, thresholds, fiches).decision).toBe('refuse');
  expect(decide(candidates(0.5), 0, thresholds, fiches).decision).toBe('refuse');
});

test('small talk is answered, and never one of the choices', () => {
  const thresholds = { answer: 0.7, refuse: 0.3, familiarity: -1 };
  const candidates = [
    { id: 'salutation', score: 0.4 },
    { id: 'f0', score: 0.2 },
    { id: 'f1', score: 0.05 },
  ];
  const fiches = new Set(['f0', 'f1']);
  expect(decide(candidates, 0, thresholds, fiches).decision).toBe('refuse');
  expect(decide([{ id: 'salutation', score: 0.9 }], 0, thresholds, fiches).decision).toBe('answer');
});
