import {
  createScorerIn,
  type LinearModel,
  querySizes,
  type Scorer,
  widthFor,
} from '../classifiers/linear-scorer.ts';
import { createSparseKernel, layArrays } from '../classifiers/sparse-kernel.ts';
import type { SparseRows } from '../features/sparse-rows.ts';

export interface SvmSettings {
  /** Number of linear classifiers, trained side by side. */
  readonly outputs: number;
  /** The soft-margin cost of each row. */
  readonly costs: Float32Array;
  /** Is this row a positive example of this output? */
  readonly isPositive: (row: number, output: number) => boolean;
  readonly seed: number;
}

export interface Svm extends Scorer {
  /** Passes over these rows, each in a new order drawn from the seed. */
  run(rows: Int32Array, passes: number): void;
  /** Takes the part of these rows out of the model: their dual variables become 0. */
  forget(rows: Int32Array): void;
  save(): SvmState;
  restore(state: SvmState): void;
  /** A copy of the weights, for a scorer of its own. */
  toModel(): LinearModel;
}

export interface SvmState {
  readonly weights: Float32Array;
  readonly alphas: Float32Array;
}

/** A smaller move of a dual variable does not change any margin that is shown. */
const smallestStep = 1e-4;

/**
 * Linear squared-hinge SVMs by dual coordinate descent (Hsieh et al., "A Dual Coordinate Descent Method for
 * Large-scale Linear SVM", ICML 2008). All outputs learn in the same pass, so that a row is read once for all.
 * The table of weights is feature by feature: weights[feature × width + output].
 */
export function createSvm(rows: SparseRows, settings: SvmSettings): Svm {
  const { outputs, costs, isPositive } = settings;
  const { start } = rows;
  const count = costs.length;
  const width = widthFor(outputs);
  const pairs = rows.columns.length;
  const { address, bytes } = layArrays({
    weights: rows.features * width,
    columns: pairs,
    values: pairs,
    ...querySizes,
    margins: width,
    steps: width,
  });
  const memory = createSparseKernel(bytes, width);
  const { kernel, buffer } = memory;
  const floats = (part: keyof typeof address, size: number): Float32Array =>
    new Float32Array(buffer, address[part], size);
  const weights = floats('weights', rows.features * width);
  const margins = floats('margins', width);
  const steps = floats('steps', width);
  new Int32Array(buffer, address.columns, pairs).set(rows.columns);
  floats('values', pairs).set(rows.values);

  const alphas = new Float32Array(count * outputs);
  const signs = new Int8Array(count * outputs);
  const norms = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    for (let output = 0; output < outputs; output++)
      signs[row * outputs + output] = isPositive(row, output) ? 1 : -1;
    let norm = 0.5 / (costs[row] as number);
    for (let at = rows.start[row] as number; at < (rows.start[row + 1] as number); at++) {
      norm += (rows.values[at] as number) ** 2;
    }
    norms[row] = norm;
  }

  const scatterSteps = (row: number): void => {
    const from = (start[row] as number) * 4;
    const to = (start[row + 1] as number) * 4;
    kernel.scatter(from, to, address.columns, address.values, address.weights, address.steps);
  };

  const visit = (row: number): void => {
    margins.fill(0);
    const from = (start[row] as number) * 4;
    const to = (start[row + 1] as number) * 4;
    kernel.gather(from, to, address.columns, address.values, address.weights, address.margins);
    const diagonal = 0.5 / (costs[row] as number);
    const norm = norms[row] as number;
    let moved = false;
    for (let output = 0; output < outputs; output++) {
      const at = row * outputs + output;
      const sign = signs[at] as number;
      const alpha = alphas[at] as number;
      const next = Math.max(alpha - (sign * (margins[output] as number) - 1 + diagonal * alpha) / norm, 0);
      const step = next - alpha;
      if (step > smallestStep || step < -smallestStep) {
        alphas[at] = next;
        steps[output] = sign * step;
        moved = true;
      } else steps[output] = 0;
    }
    if (moved) scatterSteps(row);
  };

  const random = createRandom(settings.seed);
  return {
    run(members, passes) {
      const order = members.slice();
      for (let pass = 0; pass < passes; pass++) {
        shuffle(order, random);
        for (const row of order) visit(row);
      }
    },
    forget(members) {
      for (const row of members) {
        for (let output = 0; output < outputs; output++) {
          const at = row * outputs + output;
          steps[output] = -(signs[at] as number) * (alphas[at] as number);
          alphas[at] = 0;
        }
        scatterSteps(row);
      }
    },
    save: () => ({ weights: weights.slice(), alphas: alphas.slice() }),
    restore(state) {
      weights.set(state.weights);
      alphas.set(state.alphas);
    },
    toModel: () => ({ weights: weights.slice(), outputs, width }),
    ...createScorerIn(memory, address, outputs),
  };
}

/** Marsaglia's xorshift: the same order on every machine. Returns whole numbers below a limit. */
function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

function shuffle(order: Int32Array, random: (limit: number) => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = random(i + 1);
    const swapped = order[i] as number;
    order[i] = order[j] as number;
    order[j] = swapped;
  }
}
