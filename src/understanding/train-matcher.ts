import { chooseThresholds, type Outcome, type Thresholds } from './choose-thresholds.ts';
import { evidenceKinds } from './collect-evidence.ts';
import { crossValidate } from './cross-validate.ts';
import { chooseChoices } from './decide.ts';
import { fitRanker } from './fit-ranker.ts';
import { createRank, type Ranking } from './rank-intents.ts';
import { type Example, trainClassifiers } from './train-classifiers.ts';
import { createUnderstand } from './understand-message.ts';
import type { Matcher, TrainingSet } from './understanding.ts';

export interface ValidatedQuestion extends Outcome {
  readonly text: string;
  /** Null for the foreign class. */
  readonly expected: string | null;
  readonly found: string | null;
}

export interface TrainedMatcher {
  readonly matcher: Matcher;
  readonly thresholds: Thresholds;
  /** Training questions, ranked by classifiers that had not seen them. */
  readonly validated: readonly ValidatedQuestion[];
  /** Weight of each kind of evidence. */
  readonly weights: ReadonlyMap<string, number>;
}

/** `validateEverything`: cross-validate every question, for a report, rather than enough to set the thresholds. */
export function trainMatcher(training: TrainingSet, validateEverything = false): TrainedMatcher {
  const ids = training.intents.map((intent) => intent.id);
  const { classifiers, examples } = trainClassifiers(training);
  const cases = crossValidate(classifiers, examples, validateEverything);
  const weights = fitRanker(cases);
  const rank = createRank(ids, weights);
  const hasForeign = training.outOfScope.length > 0;
  const validated = cases.map(({ example, evidence }) =>
    judge(example, ids[example.label] ?? null, rank(evidence), hasForeign),
  );
  const thresholds = chooseThresholds(validated);
  // Of the examples, only what is shown stays in memory.
  const questions = examples.map(({ text, label }) => ({ text, intent: ids[label] ?? null }));
  return {
    matcher: { understand: createUnderstand(classifiers, rank, thresholds, questions) },
    thresholds,
    validated,
    weights: new Map(evidenceKinds.map((kind, k) => [kind, weights[k] as number])),
  };
}

function judge(
  { text }: Example,
  expected: string | null,
  { candidates, familiarity }: Ranking,
  hasForeign: boolean,
): ValidatedQuestion {
  const best = candidates[0];
  const confidence = best?.score ?? 0;
  const foreign = 1 - candidates.reduce((sum, candidate) => sum + candidate.score, 0);
  return {
    text,
    expected,
    found: hasForeign && foreign > confidence ? null : (best?.id ?? null),
    confidence,
    right: best?.id === expected,
    offered: chooseChoices(candidates).offered,
    familiarity,
    foreign: expected === null,
  };
}
