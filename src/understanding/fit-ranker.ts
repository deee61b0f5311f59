/** One question of the calibration set: the evidence for each candidate, and which one was right. */
export interface RankedCase {
  /** candidates × evidence, row by row. */
  readonly evidence: Float64Array;
  readonly candidates: number;
  readonly right: number;
}

const PASSES = 12;
/** Keeps weights finite when a kind of evidence never errs. */
const RIDGE = 1;

/**
 * Conditional logit: P(candidate) = softmax(weights · evidence(candidate)), by Newton's method on the cross-validated
 * evidence. With so few weights, maximum likelihood is calibrated by construction.
 */
export function fitRanker(cases: readonly RankedCase[], kinds: number): Float64Array {
  const weights = new Float64Array(kinds);
  const gradient = new Float64Array(kinds);
  const hessian = new Float64Array(kinds * kinds);
  const mean = new Float64Array(kinds);
  for (let pass = 0; pass < PASSES; pass++) {
    gradient.fill(0);
    hessian.fill(0);
    for (const { evidence, candidates, right } of cases) {
      const shares = rankCandidates(evidence, candidates, weights);
      mean.fill(0);
      for (let c = 0; c < candidates; c++) {
        const share = shares[c] as number;
        for (let k = 0; k < kinds; k++)
          mean[k] = (mean[k] as number) + share * (evidence[c * kinds + k] as number);
      }
      for (let k = 0; k < kinds; k++)
        gradient[k] = (gradient[k] as number) + (evidence[right * kinds + k] as number) - (mean[k] as number);
      for (let c = 0; c < candidates; c++) {
        const share = shares[c] as number;
        if (share < 1e-6) continue;
        for (let k = 0; k < kinds; k++) {
          const spread = share * ((evidence[c * kinds + k] as number) - (mean[k] as number));
          for (let l = 0; l <= k; l++) {
            const at = k * kinds + l;
            hessian[at] =
              (hessian[at] as number) + spread * ((evidence[c * kinds + l] as number) - (mean[l] as number));
          }
        }
      }
    }
    for (let k = 0; k < kinds; k++) {
      gradient[k] = (gradient[k] as number) - RIDGE * (weights[k] as number);
      hessian[k * kinds + k] = (hessian[k * kinds + k] as number) + RIDGE;
      for (let l = 0; l < k; l++) hessian[l * kinds + k] = hessian[k * kinds + l] as number;
    }
    const step = solve(hessian, gradient, kinds);
    for (let k = 0; k < kinds; k++)
      weights[k] = (weights[k] as number) + Math.max(-3, Math.min(3, step[k] as number));
  }
  return weights;
}

/** Probabilities of the candidates. */
export function rankCandidates(
  evidence: Float64Array,
  candidates: number,
  weights: Float64Array,
): Float64Array {
  const shares = new Float64Array(candidates);
  const kinds = weights.length;
  let top = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < candidates; c++) {
    let sum = 0;
    for (let k = 0; k < kinds; k++) sum += (weights[k] as number) * (evidence[c * kinds + k] as number);
    shares[c] = sum;
    if (sum > top) top = sum;
  }
  let total = 0;
  for (let c = 0; c < candidates; c++) {
    shares[c] = Math.exp((shares[c] as number) - top);
    total += shares[c] as number;
  }
  for (let c = 0; c < candidates; c++) shares[c] = (shares[c] as number) / total;
  return shares;
}

/** Gaussian elimination with partial pivoting; the matrix is positive definite. */
function solve(matrix: Float64Array, right: Float64Array, size: number): Float64Array {
  const a = matrix.slice();
  const x = right.slice();
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(a[row * size + column] as number) > Math.abs(a[pivot * size + column] as number))
        pivot = row;
    }
    for (let k = 0; k < size; k++) {
      const kept = a[column * size + k] as number;
      a[column * size + k] = a[pivot * size + k] as number;
      a[pivot * size + k] = kept;
    }
    const kept = x[column] as number;
    x[column] = x[pivot] as number;
    x[pivot] = kept;
    const diagonal = a[column * size + column] as number;
    for (let row = column + 1; row < size; row++) {
      const factor = (a[row * size + column] as number) / diagonal;
      if (factor === 0) continue;
      for (let k = column; k < size; k++)
        a[row * size + k] = (a[row * size + k] as number) - factor * (a[column * size + k] as number);
      x[row] = (x[row] as number) - factor * (x[column] as number);
    }
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = x[row] as number;
    for (let k = row + 1; k < size; k++) sum -= (a[row * size + k] as number) * (x[k] as number);
    x[row] = sum / (a[row * size + row] as number);
  }
  return x;
}
