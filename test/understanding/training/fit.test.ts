import { describe, expect, test } from 'vitest';
import { createSparseKernel } from '../../../src/understanding/classifiers/sparse-kernel.ts';
import { bestOf } from '../../../src/understanding/ranking/best-of.ts';
import { decide } from '../../../src/understanding/ranking/decide.ts';
import {
  chooseThresholds,
  MOST_WRONG_ANSWERS,
  type Outcome,
} from '../../../src/understanding/training/choose-thresholds.ts';
import { createSvm } from '../../../src/understanding/training/train-svm.ts';

test('bestOf ranks, best first', () => {
  expect(bestOf(Float64Array.of(3, 9, 1, 7), 3)).toEqual([1, 3, 0]);
});

test('the kernel adds what plain loops add', () => {
  const { kernel, buffer } = createSparseKernel(1024, 4);
  new Int32Array(buffer, 0, 2).set([1, 0]);
  new Float32Array(buffer, 16, 2).set([2, 10]);
  const table = new Float32Array(buffer, 32, 8);
  table.set([1, 2, 3, 4, 5, 6, 7, 8]);
  const vector = new Float32Array(buffer, 64, 4);
  kernel.gather(0, 8, 0, 16, 32, 64);
  expect([...vector]).toEqual([2 * 5 + 10, 2 * 6 + 20, 2 * 7 + 30, 2 * 8 + 40]);
  vector.set([1, 1, 1, 1]);
  kernel.scatter(0, 8, 0, 16, 32, 64);
  expect([...table]).toEqual([11, 12, 13, 14, 7, 8, 9, 10]);
});

test('a table wider than the processor has registers is gone through in stripes', () => {
  const width = 120;
  const { kernel, buffer } = createSparseKernel(8192, width);
  new Int32Array(buffer, 0, 2).set([1, 0]);
  new Float32Array(buffer, 16, 2).set([2, 10]);
  const table = new Float32Array(buffer, 32, 2 * width);
  table.set(Array.from(table, (_, i) => i % 7));
  const before = [...table];
  const vector = new Float32Array(buffer, 2048, width);
  kernel.gather(0, 8, 0, 16, 32, 2048);
  expect([...vector]).toEqual(Array.from(vector, (_, c) => 2 * ((width + c) % 7) + 10 * (c % 7)));
  vector.set(Array.from(vector, (_, c) => c));
  kernel.scatter(0, 8, 0, 16, 32, 2048);
  expect([...table]).toEqual(before.map((value, i) => value + (i < width ? 10 * i : 2 * (i - width))));
});

describe('the SVM', () => {
  const rows = {
    start: Int32Array.of(0, 1, 2, 3, 4),
    columns: Int32Array.of(0, 0, 1, 1),
    values: Float32Array.of(1, 0.9, 1, 0.9),
    features: 2,
  };
  const labels = [0, 0, 1, 1];
  const svm = createSvm(rows, {
    outputs: 2,
    costs: Float32Array.of(1, 1, 1, 1),
    isPositive: (row, output) => labels[row] === output,
    seed: 7,
  });
  const margins = (column: number): number[] => {
    const into = new Float64Array(2);
    svm.score(Int32Array.of(column), Float32Array.of(1), into);
    return [...into];
  };

  test('separates what can be separated', () => {
    svm.run(Int32Array.of(0, 1, 2, 3), 20);
    expect(margins(0)[0]).toBeGreaterThan(0.5);
    expect(margins(0)[1]).toBeLessThan(-0.5);
  });

  test('forgets rows exactly: with all of them forgotten, nothing is left', () => {
    const trained = svm.save();
    svm.forget(Int32Array.of(0, 1, 2, 3));
    for (const margin of [...margins(0), ...margins(1)]) expect(margin).toBeCloseTo(0, 5);
    svm.restore(trained);
    expect(margins(1)[1]).toBeGreaterThan(0.5);
  });
});

describe('thresholds follow from the goals', () => {
  const outcome = (confidence: number, right: boolean, foreign = false): Outcome => ({
    confidence,
    right,
    foreign,
    offered: 1,
    familiarity: 0,
  });

  test('no more wrong answers than allowed', () => {
    const outcomes = Array.from({ length: 1000 }, (_, i) => outcome(0.5 + (i % 500) / 1000, i % 5 > 0));
    const { answer } = chooseThresholds(outcomes);
    const wrong = outcomes.filter(({ confidence, right }) => confidence > answer && !right);
    expect(wrong.length).toBeLessThanOrEqual(1000 * MOST_WRONG_ANSWERS);
    expect(answer).toBeLessThan(1);
  });

  test('confident foreign questions raise the threshold', () => {
    const own = Array.from({ length: 100 }, () => outcome(0.9, true));
    const foreign = Array.from({ length: 100 }, (_, i) => outcome(i < 20 ? 0.8 : 0.1, false, true));
    expect(chooseThresholds([...own, ...foreign]).answer).toBe(0.8);
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
});
