import { shareOut } from '../training/conditional-logit.ts';
import type { Candidate } from '../understanding.ts';
import { bestOf } from './best-of.ts';
import type { Evidence } from './collect-evidence.ts';

const MOST_CANDIDATES = 5;

export interface Ranking {
  /** Best first; the foreign class has the rest of the probability. */
  readonly candidates: readonly Candidate[];
  readonly familiarity: number;
}

/** `ids`: intents, by class; a class beyond them is the foreign one. */
export function createRank(ids: readonly string[], weights: Float64Array): (evidence: Evidence) => Ranking {
  return (evidence) => {
    const shares = shareOut(evidence.values, weights);
    const candidates: Candidate[] = [];
    for (const line of bestOf(shares, MOST_CANDIDATES + 1)) {
      const id = ids[evidence.classes[line] as number];
      if (id !== undefined) candidates.push({ id, score: shares[line] as number });
    }
    return { candidates: candidates.slice(0, MOST_CANDIDATES), familiarity: evidence.familiarity };
  };
}
