import { describe, expect, test } from 'vitest';
import {
  chooseThresholds,
  goalsAmongSiblings,
  goalsAmongStrangers,
  type Outcome,
} from '../../../src/understanding/training/choose-thresholds.ts';
import { createSvm } from '../../../src/understanding/training/train-svm.ts';

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
  const outcome = (confidence: number, right: boolean, outOfScope = false): Outcome => ({
    confidence,
    right,
    outOfScope,
    offered: 1,
    familiarity: 0,
  });

  test('no more wrong answers than allowed', () => {
    const outcomes = Array.from({ length: 1000 }, (_, i) => outcome(0.5 + (i % 500) / 1000, i % 5 > 0));
    const { answer } = chooseThresholds(outcomes, goalsAmongSiblings);
    const wrong = outcomes.filter(({ confidence, right }) => confidence > answer && !right);
    expect(wrong.length).toBeLessThanOrEqual(1000 * goalsAmongSiblings.mostWrongAnswers);
    expect(answer).toBeLessThan(1);
  });

  test('confident questions out of scope raise the threshold', () => {
    const own = Array.from({ length: 100 }, () => outcome(0.9, true));
    const outOfScope = Array.from({ length: 100 }, (_, i) => outcome(i < 20 ? 0.8 : 0.1, false, true));
    expect(chooseThresholds([...own, ...outOfScope], goalsAmongSiblings).answer).toBe(0.8);
  });

  test('among strangers, choices are offered to no more questions out of scope than allowed', () => {
    const own = Array.from({ length: 100 }, () => outcome(0.9, true));
    const outOfScope = Array.from({ length: 100 }, (_, i) => ({
      ...outcome(i < 3 ? 0.8 : 0.1, false, true),
      offered: i / 200,
    }));
    const { answer, refuse } = chooseThresholds([...own, ...outOfScope], goalsAmongStrangers);
    const met = outOfScope.filter(({ confidence, offered }) => confidence < answer && offered > refuse);
    const allowed =
      goalsAmongStrangers.choices.of === 'out of scope' ? goalsAmongStrangers.choices.mostOffered : 0;
    expect(met.length).toBe(Math.floor(100 * allowed));
  });
});
