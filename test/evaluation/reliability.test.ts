import { expect, test } from 'vitest';
import { reliabilityLines } from '../../src/evaluation/report-cross-validation.ts';

test('the distance between confidence and right answers is said, each bin by its questions', () => {
  const answers = [
    ...Array.from({ length: 8 }, (_, index) => ({ confidence: 0.95, right: index < 7 })),
    ...Array.from({ length: 2 }, () => ({ confidence: 0.5, right: true })),
  ];
  // 8 × |0.95 - 0.875| + 2 × |0.5 - 1|, of 10.
  expect(reliabilityLines(answers).at(-1)).toMatch(/justesse : 16,0\s%/);
  expect(reliabilityLines([]).at(-1)).toMatch(/0,0\s%/);
});
