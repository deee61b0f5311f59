import type { Candidate } from '../understanding.ts';
import { bestOf } from './best-of.ts';
import { type Evidence, evidenceKinds } from './collect-evidence.ts';

const kinds = evidenceKinds.length;
const mostCandidates = 5;

export interface Ranking {
  /** Best first; what is out of scope has the rest of the probability. */
  readonly candidates: readonly Candidate[];
  readonly familiarity: number;
}

/** `ids`: intents, by class; a class beyond them is that of what is out of scope. */
export function createRank(ids: readonly string[], weights: Float64Array): (evidence: Evidence) => Ranking {
  return (evidence) => {
    const shares = rankCandidates(evidence, weights);
    const candidates: Candidate[] = [];
    for (const line of bestOf(shares, mostCandidates + 1)) {
      const id = ids[evidence.classes[line] as number];
      if (id !== undefined) candidates.push({ id, score: shares[line] as number });
    }
    return { candidates: candidates.slice(0, mostCandidates), familiarity: evidence.familiarity };
  };
}

/** Probability of each candidate, in the order of `evidence.classes`. */
export function rankCandidates({ classes, values }: Evidence, weights: Float64Array): Float64Array {
  const shares = new Float64Array(classes.length);
  let top = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < classes.length; c++) {
    let sum = 0;
    for (let k = 0; k < kinds; k++) sum += (weights[k] as number) * (values[c * kinds + k] as number);
    shares[c] = sum;
    if (sum > top) top = sum;
  }
  let total = 0;
  for (let c = 0; c < classes.length; c++) {
    shares[c] = Math.exp((shares[c] as number) - top);
    total += shares[c] as number;
  }
  for (let c = 0; c < classes.length; c++) shares[c] = (shares[c] as number) / total;
  return shares;
}
