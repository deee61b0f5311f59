import { fitTargetWeights } from '../conversation/targets/fit-target-weights.ts';
import type { Content } from '../knowledge/content.ts';
import { createMatcher } from '../understanding/create-matcher.ts';
import type { Model } from '../understanding/model.ts';
import { trainModel } from '../understanding/train-model.ts';
import {
  actTrainingSetOf,
  factTrainingSetOf,
  trainingSetOf,
} from '../understanding/training/training-set.ts';
import type { Mind, TargetWeights } from '../understanding/understanding.ts';

/** There are hundreds of facts, of which what was said before singles out one: more of them are kept than of intents. */
const mostFacts = 10;
const mostActs = 5;

/** All that is learnt from the content, as plain data: a process trains and hands it over. */
export interface Models {
  readonly intents: Model;
  readonly facts: Model;
  readonly acts: Model;
  readonly weights: TargetWeights;
}

/** Learns the three matchers, then how much each counts in a conversation. Deterministic. */
export function trainBrain(content: Content): Models {
  const intents = trainModel(trainingSetOf(content));
  const facts = trainModel(factTrainingSetOf(content), true, mostFacts);
  const acts = trainModel(actTrainingSetOf(content), true);
  const matchers = {
    intents: createMatcher(intents.model),
    facts: createMatcher(facts.model, mostFacts, false),
    acts: createMatcher(acts.model, mostActs, false),
  };
  const heldOut = { intents: intents.validated, facts: facts.validated, acts: acts.validated };
  return {
    intents: intents.model,
    facts: facts.model,
    acts: acts.model,
    weights: fitTargetWeights(content, matchers, heldOut),
  };
}

export function createMind({ intents, facts, acts, weights }: Models): Mind {
  return {
    intents: createMatcher(intents),
    facts: createMatcher(facts, mostFacts, false),
    acts: createMatcher(acts, mostActs, false),
    weights,
  };
}
