import { createConsultation } from './classifiers/consult-classifiers.ts';
import { fichesAmong } from './classifiers/lay-outputs.ts';
import { createScorer } from './classifiers/linear-scorer.ts';
import type { Model } from './model.ts';
import { createRank, mostCandidates } from './ranking/rank-intents.ts';
import { readLexicon } from './reading/read-lexicon.ts';
import { createReader } from './reading/read-words.ts';
import { createUnderstand } from './understand-message.ts';
import type { TrainedMatcher } from './understanding.ts';

/**
 * Matches French messages to intents with a trained model. Pure and deterministic. `most`: candidates given, at most.
 * `thorough`: finds also further questions of the message, and the nearest training questions.
 *
 * @example
 * const matcher = createMatcher(trainModel(trainingSetOf(content)).model);
 * matcher.understand('mon vpn marche plus').candidates[0]?.id; // 'noemi-vpn'
 */
export function createMatcher(model: Model, most = mostCandidates, thorough = true): TrainedMatcher {
  const { outputs, examples, sentences, words, space, thresholds, questions } = model;
  const lexicon = readLexicon(model.lexicon);
  const readWords = createReader(lexicon, model.vocabulary);
  return createUnderstand({
    read: (text) => readWords(lexicon.split(text)),
    consultation: createConsultation({
      space,
      outputs,
      scorer: createScorer(model.svm),
      questions: examples,
      sentences,
      words,
    }),
    traits: outputs.traits,
    fiches: fichesAmong(model.intents, outputs.traits),
    rank: createRank(model.intents, model.ranker, most),
    thresholds,
    questions,
    thorough,
  });
}
