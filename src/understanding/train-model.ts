import type { Model } from './model.ts';
import { chooseChoices } from './ranking/decide.ts';
import { createRank, type Ranking } from './ranking/rank-intents.ts';
import { chooseThresholds, type Outcome } from './training/choose-thresholds.ts';
import { crossValidate } from './training/cross-validate.ts';
import { fitRanker } from './training/fit-ranker.ts';
import { type Example, trainClassifiers } from './training/train-classifiers.ts';
import type { TrainingSet } from './understanding.ts';

export interface ValidatedQuestion extends Outcome {
  readonly text: string;
  /** Null: out of scope. */
  readonly expected: string | null;
  /** Null: out of scope, or nothing at all. */
  readonly found: string | null;
}

export interface TrainedModel {
  readonly model: Model;
  /** Training questions, ranked by classifiers that had not seen them. */
  readonly validated: readonly ValidatedQuestion[];
}

/**
 * Learns to match French messages to intents. Pure and deterministic: the same set gives the same model, bit for bit.
 * `validateEverything`: cross-validate every question, for a report, rather than enough to set the thresholds.
 */
export function trainModel(training: TrainingSet, validateEverything = false): TrainedModel {
  const intents = training.intents.map((intent) => intent.id);
  const trained = trainClassifiers(training);
  const cases = crossValidate(trained, validateEverything);
  const ranker = fitRanker(cases);
  const rank = createRank(intents, ranker);
  const hasOutOfScope = training.outOfScope.length > 0;
  const validated = cases.map(({ example, evidence }) =>
    judge(example, intents[example.label] ?? null, rank(evidence), hasOutOfScope),
  );
  const { vocabulary, classifiers, svm } = trained;
  const model: Model = {
    questions: trained.examples.map(({ text, label }) => ({ text, intent: intents[label] ?? null })),
    intents,
    lexicon: training.lexicon,
    vocabulary,
    space: classifiers.space,
    outputs: classifiers.outputs,
    svm: svm.toModel(),
    examples: classifiers.questions,
    sentences: classifiers.sentences,
    words: classifiers.words,
    ranker,
    thresholds: chooseThresholds(validated),
  };
  return { model, validated };
}

function judge(
  { text }: Example,
  expected: string | null,
  { candidates, familiarity }: Ranking,
  hasOutOfScope: boolean,
): ValidatedQuestion {
  const best = candidates[0];
  const confidence = best?.score ?? 0;
  const beyond = 1 - candidates.reduce((sum, candidate) => sum + candidate.score, 0);
  return {
    text,
    expected,
    found: hasOutOfScope && beyond > confidence ? null : (best?.id ?? null),
    confidence,
    right: best?.id === expected,
    offered: chooseChoices(candidates).offered,
    familiarity,
    outOfScope: expected === null,
  };
}
