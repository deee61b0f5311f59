import { type Evidence, evidenceKinds } from '../ranking/collect-evidence.ts';
import { fitConditionalLogit } from './conditional-logit.ts';

/** One question of the calibration set: the evidence for each candidate, and the line of the right one. */
export interface RankedCase {
  readonly evidence: Evidence;
  readonly right: number;
}

const startingWeights: Readonly<Partial<Record<(typeof evidenceKinds)[number], number>>> = {
  margin: 4,
  nearest: 1,
  bayes: 0.4,
};
/** Weights to start from, near those of the shipped set: with few questions to learn from, they hardly move. */
const prior = Float64Array.from(evidenceKinds, (kind) => startingWeights[kind] ?? 0);
const ridge = 5;

/** Weighs the kinds of evidence, on cross-validated questions. */
export function fitRanker(cases: readonly RankedCase[]): Float64Array {
  return fitConditionalLogit(
    cases.map(({ evidence, right }) => ({ values: evidence.values, right })),
    prior,
    ridge,
  );
}
