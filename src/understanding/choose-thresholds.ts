/** Goals, as shares of the cross-validated questions. A wrong procedure is worse than a question, a question worse than the right answer. */
export const MOST_WRONG_ANSWERS = 0.03;
export const MOST_FOREIGN_ANSWERED = 0.04;
export const MOST_REFUSED = 0.015;

/** One cross-validated question. */
export interface Outcome {
  /** Probability of the best intent that is not foreign, and whether it is the right one. */
  readonly confidence: number;
  readonly right: boolean;
  /** Probability that one of the choices that would be offered is right. */
  readonly offered: number;
  readonly foreign: boolean;
}

export interface Thresholds {
  readonly answer: number;
  readonly refuse: number;
}

/** The lowest threshold to answer, and the highest to refuse, that keep to the goals. */
export function chooseThresholds(outcomes: readonly Outcome[]): Thresholds {
  const own = outcomes.filter((outcome) => !outcome.foreign);
  const foreign = outcomes.filter((outcome) => outcome.foreign);
  const wrong = quantileFromTop(
    own.filter((outcome) => !outcome.right).map((outcome) => outcome.confidence),
    own.length * MOST_WRONG_ANSWERS,
  );
  const strange = quantileFromTop(
    foreign.map((outcome) => outcome.confidence),
    foreign.length * MOST_FOREIGN_ANSWERED,
  );
  const offered = own.map((outcome) => outcome.offered).sort((a, b) => a - b);
  const answer = Math.max(wrong, strange);
  return { answer, refuse: Math.min(answer, offered[Math.floor(own.length * MOST_REFUSED)] ?? 0) };
}

/** The lowest score that at most `allowed` of the scores exceed. */
function quantileFromTop(scores: readonly number[], allowed: number): number {
  const sorted = [...scores].sort((a, b) => b - a);
  return sorted[Math.floor(allowed)] ?? 0;
}
