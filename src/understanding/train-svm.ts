import type { SparseRows } from './sparse-rows.ts';

/** A linear one-against-all SVM; `weights[feature * classes + class]`. */
export interface LinearModel {
  readonly classes: number;
  readonly weights: Float32Array;
}

export interface SvmTrainer {
  readonly model: LinearModel;
  /** One more pass over `rows`, in an order drawn from the seed. */
  run(rows: Int32Array, passes: number): void;
  /** Takes the part of these rows out of the model (their dual variables become 0). */
  forget(rows: Int32Array): void;
}

/**
 * One-against-all squared-hinge SVM by dual coordinate descent (Hsieh et al., "A Dual Coordinate Descent Method
 * for Large-scale Linear SVM", ICML 2008), all classes in one pass so that inner loops run over contiguous memory.
 */
export function createSvm(
  rows: SparseRows,
  labels: Int32Array,
  classes: number,
  cost: number,
  seed: number,
): SvmTrainer {
  const weights = new Float32Array(rows.features * classes);
  const alphas = new Float32Array(labels.length * classes);
  const margins = new Float64Array(classes);
  const steps = new Float64Array(classes);
  const diagonal = 0.5 / cost;
  const norms = new Float64Array(labels.length);
  for (let row = 0; row < labels.length; row++) {
    let norm = diagonal;
    for (let at = rows.start[row] as number; at < (rows.start[row + 1] as number); at++)
      norm += (rows.values[at] as number) ** 2;
    norms[row] = norm;
  }
  let state = seed;
  const random = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };

  const addToWeights = (row: number): void => {
    for (let at = rows.start[row] as number; at < (rows.start[row + 1] as number); at++) {
      const base = (rows.columns[at] as number) * classes;
      const value = rows.values[at] as number;
      for (let c = 0; c < classes; c++)
        weights[base + c] = (weights[base + c] as number) + (steps[c] as number) * value;
    }
  };

  const visit = (row: number): void => {
    score(weights, classes, rows, row, margins);
    const label = labels[row] as number;
    const norm = norms[row] as number;
    let moved = false;
    for (let c = 0; c < classes; c++) {
      const sign = c === label ? 1 : -1;
      const at = row * classes + c;
      const alpha = alphas[at] as number;
      const gradient = sign * (margins[c] as number) - 1 + diagonal * alpha;
      const next = Math.max(alpha - gradient / norm, 0);
      const step = next - alpha;
      if (step > 1e-4 || step < -1e-4) {
        alphas[at] = next;
        steps[c] = sign * step;
        moved = true;
      } else steps[c] = 0;
    }
    if (moved) addToWeights(row);
  };

  return {
    model: { classes, weights },
    run(members, passes) {
      const order = members.slice();
      for (let pass = 0; pass < passes; pass++) {
        for (let i = order.length - 1; i > 0; i--) {
          const j = random(i + 1);
          const swapped = order[i] as number;
          order[i] = order[j] as number;
          order[j] = swapped;
        }
        for (const row of order) visit(row);
      }
    },
    forget(members) {
      for (const row of members) {
        for (let c = 0; c < classes; c++) {
          const at = row * classes + c;
          steps[c] = (c === labels[row] ? -1 : 1) * (alphas[at] as number);
          alphas[at] = 0;
        }
        addToWeights(row);
      }
    },
  };
}

/** Margins of one row, into `into`. */
export function score(
  weights: Float32Array,
  classes: number,
  rows: SparseRows,
  row: number,
  into: Float64Array,
): void {
  into.fill(0);
  const end = rows.start[row + 1] as number;
  for (let at = rows.start[row] as number; at < end; at++) {
    const base = (rows.columns[at] as number) * classes;
    const value = rows.values[at] as number;
    for (let c = 0; c < classes; c++) into[c] = (into[c] as number) + (weights[base + c] as number) * value;
  }
}
