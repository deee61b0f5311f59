import { type Evidence, evidenceKinds } from '../ranking/collect-evidence.ts';
import { rankCandidates } from '../ranking/rank-intents.ts';

/** One question of the calibration set: the evidence for each candidate, and the line of the right one. */
export interface RankedCase {
  readonly evidence: Evidence;
  readonly right: number;
}

const KINDS = evidenceKinds.length;
const MOST_PASSES = 15;
const STARTING_WEIGHTS: Readonly<Partial<Record<(typeof evidenceKinds)[number], number>>> = {
  margin: 4,
  nearest: 1,
  bayes: 0.4,
};
/** Pull towards the starting weights; keeps the others finite when a kind of evidence never errs. */
const RIDGE = 5;
/** Weights to start from, near those of the shipped set: with few questions to learn from, they hardly move. */
const PRIOR = Float64Array.from(evidenceKinds, (kind) => STARTING_WEIGHTS[kind] ?? 0);
/** A candidate less likely than this does not move the curvature. */
const NEGLIGIBLE = 1e-3;
/** Far from the optimum Newton's step overshoots: it keeps its direction, not its length. */
const LONGEST_STEP = 3;
const SMALLEST_STEP = 0.02;

/**
 * Conditional logit: P(candidate) = softmax(weights · evidence(candidate)), by Newton's method on the cross-validated
 * evidence (McFadden 1974). With so few weights, maximum likelihood is calibrated by construction.
 */
export function fitRanker(cases: readonly RankedCase[]): Float64Array {
  const weights = Float64Array.from(PRIOR);
  const gradient = new Float64Array(KINDS);
  const hessian = new Float64Array(KINDS * KINDS);
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    gradient.fill(0);
    hessian.fill(0);
    for (const ranked of cases) addCase(ranked, weights, gradient, hessian);
    for (let k = 0; k < KINDS; k++) {
      gradient[k] = (gradient[k] as number) - RIDGE * ((weights[k] as number) - (PRIOR[k] as number));
      hessian[k * KINDS + k] = (hessian[k * KINDS + k] as number) + RIDGE;
      for (let l = 0; l < k; l++) hessian[l * KINDS + k] = hessian[k * KINDS + l] as number;
    }
    const step = solve(hessian, gradient);
    const longest = step.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = Math.min(1, LONGEST_STEP / longest);
    for (let k = 0; k < KINDS; k++) weights[k] = (weights[k] as number) + scale * (step[k] as number);
    if (longest < SMALLEST_STEP) break;
  }
  return weights;
}

/** The log-likelihood's gradient and (minus) Hessian, lower half, of one case. */
function addCase(
  { evidence, right }: RankedCase,
  weights: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array,
): void {
  const { values } = evidence;
  const shares = rankCandidates(evidence, weights);
  const mean = new Float64Array(KINDS);
  for (let c = 0; c < shares.length; c++) {
    const share = shares[c] as number;
    for (let k = 0; k < KINDS; k++) mean[k] = (mean[k] as number) + share * (values[c * KINDS + k] as number);
  }
  for (let k = 0; k < KINDS; k++) {
    gradient[k] = (gradient[k] as number) + (values[right * KINDS + k] as number) - (mean[k] as number);
  }
  const spread = new Float64Array(KINDS);
  /** Half of the kinds are about letters, or about what is out of scope, and 0 for all candidates of most. */
  const differing = new Uint8Array(KINDS);
  for (let c = 0; c < shares.length; c++) {
    const share = shares[c] as number;
    if (share < NEGLIGIBLE) continue;
    let size = 0;
    for (let k = 0; k < KINDS; k++) {
      spread[k] = (values[c * KINDS + k] as number) - (mean[k] as number);
      if (spread[k] !== 0) differing[size++] = k;
    }
    for (let i = 0; i < size; i++) {
      const k = differing[i] as number;
      const scaled = share * (spread[k] as number);
      const line = k * KINDS;
      for (let j = 0; j <= i; j++) {
        const l = differing[j] as number;
        hessian[line + l] = (hessian[line + l] as number) + scaled * (spread[l] as number);
      }
    }
  }
}

/** Gaussian elimination; no pivoting, the matrix is positive definite. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const a = matrix.slice();
  const x = right.slice();
  for (let column = 0; column < KINDS; column++) {
    const diagonal = a[column * KINDS + column] as number;
    for (let row = column + 1; row < KINDS; row++) {
      const factor = (a[row * KINDS + column] as number) / diagonal;
      if (factor === 0) continue;
      for (let k = column; k < KINDS; k++) {
        a[row * KINDS + k] = (a[row * KINDS + k] as number) - factor * (a[column * KINDS + k] as number);
      }
      x[row] = (x[row] as number) - factor * (x[column] as number);
    }
  }
  for (let row = KINDS - 1; row >= 0; row--) {
    let sum = x[row] as number;
    for (let k = row + 1; k < KINDS; k++) sum -= (a[row * KINDS + k] as number) * (x[k] as number);
    x[row] = sum / (a[row * KINDS + row] as number);
  }
  return x;
}
