/**
 * The runs of a property under one seed, so that a change is judged by what it changes. `PROPERTY_RUNS` (a factor) plays
 * that many times more, each time under another seed: so new cases are looked for by `npm run test:long -- properties`.
 */
import type { Parameters } from 'fast-check';

const factor = Number(process.env['PROPERTY_RUNS'] ?? 0);

export function runsOf(count: number): Pick<Parameters, 'numRuns' | 'seed'> {
  return factor > 0 ? { numRuns: count * factor } : { numRuns: count, seed: 20_261_128 };
}

/** Milliseconds for a property whose runs take `usual` at most. */
export function timeOf(usual: number): number {
  return usual * Math.max(factor, 1);
}
