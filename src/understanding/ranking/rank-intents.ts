import type { Candidate } from '../understanding.ts';
import { bestOf } from './best-of.ts';
import type { Evidence } from './collect-evidence.ts';
import { shareOut } from './share-out.ts';

export const mostCandidates = 5;

export interface Ranking {
  /** Best first; what is out of scope has the rest of the probability. */
  readonly candidates: readonly Candidate[];
  readonly familiarity: number;
}

/** `most`: candidates given, at most. `ids`: intents, by class; a class beyond them is that of what is out of scope. */
export function createRank(
  ids: readonly string[],
  weights: Float64Array,
  most = mostCandidates,
): (evidence: Evidence) => Ranking {
  return (evidence) => {
    const shares = shareOut(evidence.values, weights);
    const candidates: Candidate[] = [];
    for (const line of bestOf(shares, most + 1)) {
      const id = ids[evidence.classes[line] as number];
      if (id !== undefined) candidates.push({ id, score: shares[line] as number });
    }
    return { candidates: candidates.slice(0, most), familiarity: evidence.familiarity };
  };
}
