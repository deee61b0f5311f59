import { type Evidence, evidenceKinds } from '../ranking/collect-evidence.ts';
import { rankCandidates } from '../ranking/rank-intents.ts';

/** One question of the calibration set: the evidence for each candidate, and the line of the right one. */
export interface RankedCase {
  readonly evidence: Evidence;
  readonly right: number;
}

const kindCount = evidenceKinds.length;
const mostPasses = 15;
const startingWeights: Readonly<Partial<Record<(typeof evidenceKinds)[number], number>>> = {
  margin: 4,
  nearest: 1,
  bayes: 0.4,
};
/** Pull towards the starting weights; keeps the others finite when a kind of evidence never errs. */
const ridge = 5;
/** Weights to start from, near those of the shipped set: with few questions to learn from, they hardly move. */
const prior = Float64Array.from(evidenceKinds, (kind) => startingWeights[kind] ?? 0);
/** A candidate less likely than this does not move the curvature. */
const negligible = 1e-3;
/** Far from the optimum Newton's step overshoots: it keeps its direction, not its length. */
const longestStep = 3;
const smallestStep = 0.02;

/**
 * Conditional logit: P(candidate) = softmax(weights · evidence(candidate)), by Newton's method on the cross-validated
 * evidence (McFadden 1974). With so few weights, maximum likelihood is calibrated by construction.
 */
export function fitRanker(cases: readonly RankedCase[]): Float64Array {
  const weights = Float64Array.from(prior);
  const gradient = new Float64Array(kindCount);
  const hessian = new Float64Array(kindCount * kindCount);
  for (let pass = 0; pass < mostPasses; pass++) {
    gradient.fill(0);
    hessian.fill(0);
    for (const ranked of cases) addCase(ranked, weights, gradient, hessian);
    for (let k = 0; k < kindCount; k++) {
      gradient[k] = (gradient[k] as number) - ridge * ((weights[k] as number) - (prior[k] as number));
      hessian[k * kindCount + k] = (hessian[k * kindCount + k] as number) + ridge;
      for (let l = 0; l < k; l++) hessian[l * kindCount + k] = hessian[k * kindCount + l] as number;
    }
    const step = solve(hessian, gradient);
    const longest = step.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = Math.min(1, longestStep / longest);
    for (let k = 0; k < kindCount; k++) weights[k] = (weights[k] as number) + scale * (step[k] as number);
    if (longest < smallestStep) break;
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
  const mean = new Float64Array(kindCount);
  for (let c = 0; c < shares.length; c++) {
    const share = shares[c] as number;
    for (let k = 0; k < kindCount; k++)
      mean[k] = (mean[k] as number) + share * (values[c * kindCount + k] as number);
  }
  for (let k = 0; k < kindCount; k++) {
    gradient[k] = (gradient[k] as number) + (values[right * kindCount + k] as number) - (mean[k] as number);
  }
  const spread = new Float64Array(kindCount);
  /** Half of the kinds are about letters, or about what is out of scope, and 0 for all candidates of most. */
  const differing = new Uint8Array(kindCount);
  for (let c = 0; c < shares.length; c++) {
    const share = shares[c] as number;
    if (share < negligible) continue;
    let size = 0;
    for (let k = 0; k < kindCount; k++) {
      spread[k] = (values[c * kindCount + k] as number) - (mean[k] as number);
      if (spread[k] !== 0) differing[size++] = k;
    }
    for (let i = 0; i < size; i++) {
      const k = differing[i] as number;
      const scaled = share * (spread[k] as number);
      const line = k * kindCount;
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
  for (let column = 0; column < kindCount; column++) {
    const diagonal = a[column * kindCount + column] as number;
    for (let row = column + 1; row < kindCount; row++) {
      const factor = (a[row * kindCount + column] as number) / diagonal;
      if (factor === 0) continue;
      for (let k = column; k < kindCount; k++) {
        a[row * kindCount + k] =
          (a[row * kindCount + k] as number) - factor * (a[column * kindCount + k] as number);
      }
      x[row] = (x[row] as number) - factor * (x[column] as number);
    }
  }
  for (let row = kindCount - 1; row >= 0; row--) {
    let sum = x[row] as number;
    for (let k = row + 1; k < kindCount; k++) sum -= (a[row * kindCount + k] as number) * (x[k] as number);
    x[row] = sum / (a[row * kindCount + row] as number);
  }
  return x;
}
