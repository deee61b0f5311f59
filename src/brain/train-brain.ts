import { fitTargetWeights } from '../conversation/reading/fit-target-weights.ts';
import type { Content } from '../knowledge/content.ts';
import { createMatcher } from '../understanding/create-matcher.ts';
import type { Model } from '../understanding/model.ts';
import { trainModel } from '../understanding/train-model.ts';
import {
  actTrainingSetOf,
  factTrainingSetOf,
  trainingSetOf,
} from '../understanding/training/training-set.ts';
import type { Mind } from '../understanding/understanding.ts';

/** All that is learnt from the content, as plain data: a process trains and hands it over. */
export interface Models {
  readonly intents: Model;
  readonly facts: Model;
  readonly acts: Model;
  readonly weights: Float64Array;
}

/** Learns the three matchers, then how much each counts in a conversation. Deterministic. */
export function trainBrain(content: Content): Models {
  const intents = trainModel(trainingSetOf(content)).model;
  const facts = trainModel(factTrainingSetOf(content)).model;
  const acts = trainModel(actTrainingSetOf(content)).model;
  const matchers = {
    intents: createMatcher(intents),
    facts: createMatcher(facts),
    acts: createMatcher(acts),
  };
  return { intents, facts, acts, weights: fitTargetWeights(content, matchers) };
}

export function createMind({ intents, facts, acts, weights }: Models): Mind {
  return {
    intents: createMatcher(intents),
    facts: createMatcher(facts),
    acts: createMatcher(acts),
    weights,
  };
}
