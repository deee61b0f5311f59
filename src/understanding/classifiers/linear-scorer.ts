import { createSparseKernel, type KernelMemory, layArrays } from './sparse-kernel.ts';

/** Linear classifiers side by side: weights[column × width + output]. Plain data. */
export interface LinearModel {
  readonly weights: Float32Array;
  readonly outputs: number;
  readonly width: number;
}

export interface Scorer {
  /** Margins of one vector, into `into` (one number an output). */
  score(columns: Int32Array, values: Float32Array, into: Float64Array): void;
}

/** Where a scorer finds what it needs in the kernel's memory. */
interface ScorerAddress {
  readonly weights: number;
  readonly queryColumns: number;
  readonly queryValues: number;
  readonly margins: number;
}

/** More than the longest message has features; what comes after does not count. */
const longestVector = 16_384;

/** Room for a query, beside the weights. */
export const querySizes = { queryColumns: longestVector, queryValues: longestVector };

/** The kernel takes so many outputs at a time. */
export function widthFor(outputs: number): number {
  return Math.ceil(outputs / 4) * 4;
}

/** Copies the weights into a memory of their own. */
export function createScorer({ weights, outputs, width }: LinearModel): Scorer {
  const { address, bytes } = layArrays({ weights: weights.length, ...querySizes, margins: width });
  const memory = createSparseKernel(bytes, width);
  new Float32Array(memory.buffer, address.weights, weights.length).set(weights);
  return createScorerIn(memory, address, outputs, { count: 1, width, bytes: 0 });
}

/** Tables of some outputs each, one after the other. */
interface Panels {
  readonly count: number;
  /** Outputs of one, rounded up for the kernel. */
  readonly width: number;
  readonly bytes: number;
}

/** Scores with weights that are already in the memory, and may go on changing there. */
export function createScorerIn(
  { kernel, buffer }: KernelMemory,
  address: ScorerAddress,
  outputs: number,
  panels: Panels,
): Scorer {
  const queryColumns = new Int32Array(buffer, address.queryColumns, longestVector);
  const queryValues = new Float32Array(buffer, address.queryValues, longestVector);
  const margins = new Float32Array(buffer, address.margins, panels.count * panels.width);
  return {
    score(columns, values, into) {
      const length = Math.min(columns.length, longestVector);
      queryColumns.set(columns.subarray(0, length));
      queryValues.set(values.subarray(0, length));
      margins.fill(0);
      for (let panel = 0; panel < panels.count; panel++) {
        kernel.gather(
          0,
          length * 4,
          address.queryColumns,
          address.queryValues,
          address.weights + panel * panels.bytes,
          address.margins + panel * panels.width * 4,
        );
      }
      for (let output = 0; output < outputs; output++) into[output] = margins[output] as number;
    },
  };
}
