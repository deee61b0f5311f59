import type { Thresholds } from '../ranking/decide.ts';

/**
 * The goals, as shares of the cross-validated questions of their kind; the thresholds follow from them.
 * A wrong procedure is worse than a question, a question worse than the right answer.
 *
 * Cross-validation is harsher than life: each line of intents/ is there because no other says the same thing, and a
 * held-out line takes its words away from the model; most of those out of scope were written to be as near to a fiche as can
 * be. Hence goals above what is wanted of unseen questions (4 % and 6 %). docs/understanding.md has what they give.
 */
export const mostWrongAnswers = 0.045;
export const mostOutOfScopeAnswered = 0.11;
export const mostRefused = 0.045;
/** Share of questions that may be called unfamiliar: gibberish is, and questions out of scope when no example taught them. */
export const mostUnfamiliar = { withOutOfScope: 0.005, withoutOutOfScope: 0.05 };

/** Whatever the goals allow, what is more likely wrong than right is not answered. */
const leastConfidence = 0.5;

/** One cross-validated question. */
export interface Outcome {
  /** Probability of the best intent, and whether it is the right one. */
  readonly confidence: number;
  readonly right: boolean;
  /** Probability that one of the choices that would be offered is right. */
  readonly offered: number;
  /** See `familiarityOf`. */
  readonly familiarity: number;
  readonly outOfScope: boolean;
}

/** The lowest threshold to answer, and the highest ones to refuse, that keep to the goals. */
export function chooseThresholds(outcomes: readonly Outcome[]): Thresholds {
  const own = outcomes.filter((outcome) => !outcome.outOfScope);
  const outOfScope = outcomes.filter((outcome) => outcome.outOfScope);
  const confidences = (some: readonly Outcome[]): number[] => some.map((outcome) => outcome.confidence);
  const answer = Math.max(
    leastConfidence,
    exceededBy(confidences(own.filter((outcome) => !outcome.right)), own.length * mostWrongAnswers),
    exceededBy(confidences(outOfScope), outOfScope.length * mostOutOfScopeAnswered),
  );
  const offered = quantile(
    own.map((outcome) => outcome.offered),
    mostRefused,
  );
  return {
    answer,
    refuse: Math.min(answer, offered),
    familiarity: quantile(
      own.map((outcome) => outcome.familiarity),
      outOfScope.length > 0 ? mostUnfamiliar.withOutOfScope : mostUnfamiliar.withoutOutOfScope,
    ),
  };
}

/** The lowest score that at most `allowed` of the scores exceed. */
function exceededBy(scores: number[], allowed: number): number {
  return scores.sort((a, b) => b - a)[Math.floor(allowed)] ?? 0;
}

function quantile(scores: number[], share: number): number {
  return scores.sort((a, b) => a - b)[Math.floor(scores.length * share)] ?? 0;
}
