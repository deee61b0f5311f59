import type { Thresholds } from '../ranking/decide.ts';

/**
 * The goals, as shares of the cross-validated questions of their kind; the thresholds follow from them.
 * A wrong procedure is worse than a question, a question worse than the right answer.
 */
export interface Goals {
  readonly mostWrongAnswers: number;
  readonly mostOutOfScopeAnswered: number;
  /** What bounds the choices offered: questions in scope that get none, or questions out of scope that get some. */
  readonly choices:
    | { readonly of: 'in scope'; readonly mostRefused: number }
    | { readonly of: 'out of scope'; readonly mostOffered: number };
}

/** Questions of writers whom the classifiers have not met are what agents ask: the goals are those wanted in service. */
export const goalsAmongStrangers: Goals = {
  mostWrongAnswers: 0.013,
  mostOutOfScopeAnswered: 0.015,
  choices: { of: 'out of scope', mostOffered: 0.075 },
};

/**
 * Folds at random are harsher than life: each line of intents/ is there because no other says the same thing, and a
 * held-out line takes its words away from the model; most of those out of scope were written to be as near to a fiche
 * as can be. Hence goals above what is wanted of unseen questions (4 % and 6 %).
 */
export const goalsAmongSiblings: Goals = {
  mostWrongAnswers: 0.045,
  mostOutOfScopeAnswered: 0.11,
  choices: { of: 'in scope', mostRefused: 0.045 },
};
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

/** Thresholds to answer and to offer choices, as low as the goals let them be. */
export function chooseThresholds(outcomes: readonly Outcome[], goals: Goals): Thresholds {
  const own = outcomes.filter((outcome) => !outcome.outOfScope);
  const outOfScope = outcomes.filter((outcome) => outcome.outOfScope);
  const confidences = (some: readonly Outcome[]): number[] => some.map((outcome) => outcome.confidence);
  const answer = Math.max(
    leastConfidence,
    exceededBy(confidences(own.filter((outcome) => !outcome.right)), own.length * goals.mostWrongAnswers),
    exceededBy(confidences(outOfScope), outOfScope.length * goals.mostOutOfScopeAnswered),
  );
  return {
    answer,
    refuse: Math.min(answer, leastOffered(own, outOfScope, answer, goals)),
    familiarity: quantile(
      own.map((outcome) => outcome.familiarity),
      outOfScope.length > 0 ? mostUnfamiliar.withOutOfScope : mostUnfamiliar.withoutOutOfScope,
    ),
  };
}

function leastOffered(
  own: readonly Outcome[],
  outOfScope: readonly Outcome[],
  answer: number,
  { choices }: Goals,
): number {
  const offered = (some: readonly Outcome[]): number[] => some.map((outcome) => outcome.offered);
  switch (choices.of) {
    case 'in scope':
      return quantile(offered(own), choices.mostRefused);
    case 'out of scope':
      return exceededBy(
        offered(outOfScope.filter((outcome) => outcome.confidence < answer)),
        outOfScope.length * choices.mostOffered,
      );
  }
}

/**
 * A score that at most `allowed` of the scores exceed: half-way between the lowest such one and the next. Few scores lie
 * there, and the lowest would move far with one question more or less.
 */
function exceededBy(scores: number[], allowed: number): number {
  const count = Math.floor(allowed);
  const { [count]: lowest = 0, [count - 1]: next = lowest } = scores.sort((a, b) => b - a);
  return (lowest + next) / 2;
}

function quantile(scores: number[], share: number): number {
  return scores.sort((a, b) => a - b)[Math.floor(scores.length * share)] ?? 0;
}
