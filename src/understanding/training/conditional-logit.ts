import { shareOut } from '../ranking/share-out.ts';

/** One choice to learn from: a line of numbers for each candidate, laid end to end, and the line of the right one. */
export interface ChoiceCase {
  readonly values: Float64Array;
  readonly right: number;
  /** How many cases it counts as; 1 when not said. */
  readonly weight?: number;
}

const mostPasses = 15;
/** A candidate less likely than this does not move the curvature. */
const negligible = 1e-3;
/** Far from the optimum Newton's step overshoots: it keeps its direction, not its length. */
const longestStep = 3;
const smallestStep = 0.02;

/**
 * Conditional logit: P(candidate) = softmax(weights · values(candidate)), by Newton's method (McFadden 1974). With so few
 * weights, maximum likelihood is calibrated by construction.
 * @param prior one weight a number, to start from
 * @param ridge pull towards `prior`; keeps the weights finite when a number never errs
 */
export function fitConditionalLogit(
  cases: readonly ChoiceCase[],
  prior: Float64Array,
  ridge: number,
): Float64Array {
  const width = prior.length;
  const weights = Float64Array.from(prior);
  const gradient = new Float64Array(width);
  const hessian = new Float64Array(width * width);
  const packed = cases.map((choice) => packCase(choice, width));
  for (let pass = 0; pass < mostPasses; pass++) {
    gradient.fill(0);
    hessian.fill(0);
    for (const choice of packed) addCase(choice, weights, gradient, hessian);
    for (let k = 0; k < width; k++) {
      gradient[k] = (gradient[k] as number) - ridge * ((weights[k] as number) - (prior[k] as number));
      hessian[k * width + k] = (hessian[k * width + k] as number) + ridge;
      for (let l = 0; l < k; l++) hessian[l * width + k] = hessian[k * width + l] as number;
    }
    const step = solve(hessian, gradient);
    const longest = step.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = Math.min(1, longestStep / longest);
    for (let k = 0; k < width; k++) weights[k] = (weights[k] as number) + scale * (step[k] as number);
    if (longest < smallestStep) break;
  }
  return weights;
}

/** A case without the numbers that are 0 for all its candidates: most are, and they move neither gradient nor curvature. */
interface PackedCase {
  /** Places, ascending, of the numbers that are left. */
  readonly columns: Uint16Array;
  readonly values: Float64Array;
  readonly right: number;
  readonly weight: number;
}

function packCase({ values, right, weight = 1 }: ChoiceCase, width: number): PackedCase {
  const isUsed = new Uint8Array(width);
  for (let at = 0; at < values.length; at++) if (values[at] !== 0) isUsed[at % width] = 1;
  const used: number[] = [];
  for (let k = 0; k < width; k++) if (isUsed[k] === 1) used.push(k);
  // Candidates are counted by the length of their lines.
  const columns = Uint16Array.from(used.length === 0 ? [0] : used);
  const packed = new Float64Array((values.length / width) * columns.length);
  for (let at = 0, line = 0; at < packed.length; line += width) {
    for (let i = 0; i < columns.length; i++) packed[at++] = values[line + (columns[i] as number)] as number;
  }
  return { columns, values: packed, right, weight };
}

/** The log-likelihood's gradient and (minus) Hessian, lower half, of one case. */
function addCase(
  choice: PackedCase,
  weights: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array,
): void {
  const { columns, values, right, weight } = choice;
  const size = columns.length;
  const own = new Float64Array(size);
  for (let k = 0; k < size; k++) own[k] = weights[columns[k] as number] as number;
  const shares = shareOut(values, own);
  const mean = new Float64Array(size);
  for (let c = 0; c < shares.length; c++) {
    const share = shares[c] as number;
    for (let k = 0; k < size; k++) mean[k] = (mean[k] as number) + share * (values[c * size + k] as number);
  }
  for (let k = 0; k < size; k++) {
    const pull = (values[right * size + k] as number) - (mean[k] as number);
    const column = columns[k] as number;
    gradient[column] = (gradient[column] as number) + weight * pull;
  }
  addSpread(choice, shares, mean, hessian);
}

/** What the candidates' distances from their mean add to the Hessian. */
function addSpread(
  { columns, values, weight }: PackedCase,
  shares: Float64Array,
  mean: Float64Array,
  hessian: Float64Array,
): void {
  const size = columns.length;
  const width = Math.sqrt(hessian.length);
  const spread = new Float64Array(size);
  /** Where the candidate differs from the mean, and by how much. */
  const differing = new Uint16Array(size);
  for (let c = 0; c < shares.length; c++) {
    const share = shares[c] as number;
    if (share < negligible) continue;
    let count = 0;
    for (let k = 0; k < size; k++) {
      const distance = (values[c * size + k] as number) - (mean[k] as number);
      if (distance === 0) continue;
      spread[count] = distance;
      differing[count++] = columns[k] as number;
    }
    for (let i = 0; i < count; i++) {
      const scaled = weight * share * (spread[i] as number);
      const line = (differing[i] as number) * width;
      for (let j = 0; j <= i; j++) {
        const at = line + (differing[j] as number);
        hessian[at] = (hessian[at] as number) + scaled * (spread[j] as number);
      }
    }
  }
}

/** Gaussian elimination; no pivoting, the matrix is positive definite. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const width = right.length;
  const a = matrix.slice();
  const x = right.slice();
  for (let column = 0; column < width; column++) {
    const diagonal = a[column * width + column] as number;
    for (let row = column + 1; row < width; row++) {
      const factor = (a[row * width + column] as number) / diagonal;
      if (factor === 0) continue;
      for (let k = column; k < width; k++) {
        a[row * width + k] = (a[row * width + k] as number) - factor * (a[column * width + k] as number);
      }
      x[row] = (x[row] as number) - factor * (x[column] as number);
    }
  }
  for (let row = width - 1; row >= 0; row--) {
    let sum = x[row] as number;
    for (let k = row + 1; k < width; k++) sum -= (a[row * width + k] as number) * (x[k] as number);
    x[row] = sum / (a[row * width + row] as number);
  }
  return x;
}
