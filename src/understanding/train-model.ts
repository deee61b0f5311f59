import { fichesAmong } from './classifiers/lay-outputs.ts';
import type { Model } from './model.ts';
import { chooseChoices } from './ranking/decide.ts';
import { createRank, mostCandidates, type Ranking } from './ranking/rank-intents.ts';
import {
  chooseThresholds,
  goalsAmongSiblings,
  goalsAmongStrangers,
  type Outcome,
} from './training/choose-thresholds.ts';
import { countEnoughFolds, crossValidate, type ValidatedCase } from './training/cross-validate.ts';
import { cutAtRandom, cutByWriter } from './training/cut-folds.ts';
import { fitRanker } from './training/fit-ranker.ts';
import { type Example, trainClassifiers } from './training/train-classifiers.ts';
import type { Candidate, TrainingSet } from './understanding.ts';

export interface ValidatedQuestion extends Outcome {
  readonly text: string;
  /** Null: of the house. */
  readonly writer: string | null;
  /** Null: out of scope. */
  readonly expected: string | null;
  /** Null: out of scope, or nothing at all. */
  readonly found: string | null;
  /** As ranked, best first. */
  readonly candidates: readonly Candidate[];
  /** The right intent is among the choices that would be offered. */
  readonly isAmongChoices: boolean;
  /** The right intent is none of the fiches: nothing is wrong with a greeting taken for a thank-you. */
  readonly isSmallTalk: boolean;
  /** The text names a tool of the lexicon. */
  readonly namesTool: boolean;
}

export interface TrainedModel {
  readonly model: Model;
  /** Training questions, ranked by classifiers that had not seen them: what calibration and thresholds come from. */
  readonly validated: readonly ValidatedQuestion[];
  /** Those of `validated`: at random with too few writers. */
  readonly foldKind: 'writers' | 'random';
  /** With `validateEverything` and folds by writer: every training question in folds at random, for comparison. */
  readonly amongSiblings: readonly ValidatedQuestion[];
}

/**
 * Learns to match French messages to intents. Pure and deterministic: the same set gives the same model, bit for bit.
 * `most`: candidates of each validated question, at most.
 * `validateEverything`: cross-validate every question, for a report, rather than enough to set the thresholds.
 */
export function trainModel(
  training: TrainingSet,
  validateEverything = false,
  most = mostCandidates,
): TrainedModel {
  const intents = training.intents.map((intent) => intent.id);
  const trained = trainClassifiers(training);
  const { examples, vocabulary, classifiers, svm } = trained;
  const atRandom = cutAtRandom(examples);
  const folds = cutByWriter(examples, intents.length) ?? atRandom;
  const isByWriter = folds.kind === 'writers';
  const isWhole = isByWriter || validateEverything;
  const cases = crossValidate(trained, folds, isWhole ? folds.count : countEnoughFolds(folds, examples));
  const ranker = fitRanker(cases);
  const rank = createRank(intents, ranker, most);
  const fiches = fichesAmong(intents, classifiers.outputs.traits);
  const hasOutOfScope = training.outOfScope.length > 0;
  const judgeAll = (some: readonly ValidatedCase[]): ValidatedQuestion[] =>
    some.map(({ example, evidence }) =>
      judge(example, intents[example.label] ?? null, rank(evidence), hasOutOfScope, fiches),
    );
  const validated = judgeAll(cases);
  const siblings = isByWriter && validateEverything ? crossValidate(trained, atRandom, atRandom.count) : [];
  const model: Model = {
    questions: examples.map(({ text, label }) => ({ text, intent: intents[label] ?? null })),
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
    thresholds: isByWriter
      ? chooseThresholds(
          validated.filter((question) => isByStranger(question) && !question.isSmallTalk),
          goalsAmongStrangers,
        )
      : chooseThresholds(validated, goalsAmongSiblings),
  };
  return { model, validated, foldKind: folds.kind, amongSiblings: judgeAll(siblings) };
}

/** Among folds by writer, the question of one of them: the others are siblings of those learnt. */
export function isByStranger({ writer }: ValidatedQuestion): boolean {
  return writer !== null;
}

function judge(
  { text, writer, message }: Example,
  expected: string | null,
  { candidates, familiarity }: Ranking,
  hasOutOfScope: boolean,
  fiches: ReadonlySet<string>,
): ValidatedQuestion {
  const best = candidates[0];
  const confidence = best?.score ?? 0;
  const { choices, offered } = chooseChoices(candidates, fiches);
  const beyond = 1 - candidates.reduce((sum, candidate) => sum + candidate.score, 0);
  return {
    text,
    writer,
    expected,
    isAmongChoices: choices.some(({ id }) => id === expected),
    isSmallTalk: expected !== null && !fiches.has(expected),
    namesTool: message.whole.products.length > 0,
    found: hasOutOfScope && beyond > confidence ? null : (best?.id ?? null),
    candidates,
    confidence,
    right: best?.id === expected,
    offered,
    familiarity,
    outOfScope: expected === null,
  };
}
