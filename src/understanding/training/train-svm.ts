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

/** Outputs of a panel, at most: its table stays near the processor's cache while a whole pass goes through it. */
const mostInPanel = 32;

/**
 * Linear squared-hinge SVMs by dual coordinate descent (Hsieh et al., "A Dual Coordinate Descent Method for
 * Large-scale Linear SVM", ICML 2008). Outputs know nothing of each other: a pass goes through all rows for a panel of
 * them, then for the next, since the table of hundreds of outputs is larger than any cache. The table of a panel is
 * feature by feature: weights[feature × width + output].
 */
export function createSvm(rows: SparseRows, settings: SvmSettings): Svm {
  const { outputs, costs, isPositive } = settings;
  const { start } = rows;
  const count = costs.length;
  const panels = Math.max(1, Math.ceil(outputs / mostInPanel));
  const width = widthFor(Math.ceil(outputs / panels));
  const pairs = rows.columns.length;
  const panelSize = rows.features * width;
  const { address, bytes } = layArrays({
    weights: panels * panelSize,
    columns: pairs,
    values: pairs,
    ...querySizes,
    margins: panels * width,
    steps: width,
  });
  const memory = createSparseKernel(bytes, width);
  const { kernel, buffer } = memory;
  const floats = (part: keyof typeof address, size: number): Float32Array =>
    new Float32Array(buffer, address[part], size);
  const weights = floats('weights', panels * panelSize);
  const margins = floats('margins', width);
  const steps = floats('steps', width);
  new Int32Array(buffer, address.columns, pairs).set(rows.columns);
  floats('values', pairs).set(rows.values);

  /** Panel by panel, row by row. */
  const alphas = new Float32Array(panels * count * width);
  const signs = new Int8Array(panels * count * width);
  const norms = new Float64Array(count);
  const placeOf = (panel: number, row: number): number => (panel * count + row) * width;
  const lengthOf = (panel: number): number => Math.min(width, outputs - panel * width);
  for (let row = 0; row < count; row++) {
    for (let output = 0; output < outputs; output++) {
      const at = placeOf(Math.floor(output / width), row) + (output % width);
      signs[at] = isPositive(row, output) ? 1 : -1;
    }
    let norm = 0.5 / (costs[row] as number);
    for (let at = rows.start[row] as number; at < (rows.start[row + 1] as number); at++) {
      norm += (rows.values[at] as number) ** 2;
    }
    norms[row] = norm;
  }

  const scatterSteps = (panel: number, row: number): void => {
    const from = (start[row] as number) * 4;
    const to = (start[row + 1] as number) * 4;
    const table = address.weights + panel * panelSize * 4;
    kernel.scatter(from, to, address.columns, address.values, table, address.steps);
  };

  const visit = (panel: number, row: number): void => {
    margins.fill(0);
    const from = (start[row] as number) * 4;
    const to = (start[row + 1] as number) * 4;
    const table = address.weights + panel * panelSize * 4;
    kernel.gather(from, to, address.columns, address.values, table, address.margins);
    const diagonal = 0.5 / (costs[row] as number);
    const norm = norms[row] as number;
    const first = placeOf(panel, row);
    const length = lengthOf(panel);
    let moved = false;
    for (let lane = 0; lane < length; lane++) {
      const at = first + lane;
      const sign = signs[at] as number;
      const alpha = alphas[at] as number;
      const next = Math.max(alpha - (sign * (margins[lane] as number) - 1 + diagonal * alpha) / norm, 0);
      const step = next - alpha;
      if (step > smallestStep || step < -smallestStep) {
        alphas[at] = next;
        steps[lane] = sign * step;
        moved = true;
      } else steps[lane] = 0;
    }
    if (moved) scatterSteps(panel, row);
  };

  const random = createRandom(settings.seed);
  return {
    run(members, passes) {
      const order = members.slice();
      const orders = Array.from({ length: passes }, () => {
        shuffle(order, random);
        return order.slice();
      });
      for (let panel = 0; panel < panels; panel++) {
        for (const rows of orders) for (const row of rows) visit(panel, row);
      }
    },
    forget(members) {
      for (let panel = 0; panel < panels; panel++) {
        for (const row of members) {
          const first = placeOf(panel, row);
          steps.fill(0);
          for (let lane = 0; lane < lengthOf(panel); lane++) {
            const at = first + lane;
            steps[lane] = -(signs[at] as number) * (alphas[at] as number);
            alphas[at] = 0;
          }
          scatterSteps(panel, row);
        }
      }
    },
    save: () => ({ weights: weights.slice(), alphas: alphas.slice() }),
    restore(state) {
      weights.set(state.weights);
      alphas.set(state.alphas);
    },
    toModel() {
      const model = {
        weights: new Float32Array(rows.features * widthFor(outputs)),
        outputs,
        width: widthFor(outputs),
      };
      for (let panel = 0; panel < panels; panel++) {
        const length = lengthOf(panel);
        for (let feature = 0; feature < rows.features; feature++) {
          const line = panel * panelSize + feature * width;
          model.weights.set(weights.subarray(line, line + length), feature * model.width + panel * width);
        }
      }
      return model;
    },
    ...createScorerIn(memory, address, outputs, { count: panels, width, bytes: panelSize * 4 }),
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
