import { planCases, type TargetCase, weighCases } from '../conversation/targets/fit-target-weights.ts';
import type { Content } from '../knowledge/content.ts';
import { createMatcher } from '../understanding/create-matcher.ts';
import type { Model } from '../understanding/model.ts';
import { type TrainedModel, trainModel } from '../understanding/train-model.ts';
import {
  actTrainingSetOf,
  factTrainingSetOf,
  trainingSetOf,
} from '../understanding/training/training-set.ts';
import type { Mind, TargetWeights, TrainedMatcher } from '../understanding/understanding.ts';

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

type MatcherName = 'intents' | 'facts' | 'acts';

/** What each matcher has learnt, and how it reads its own questions unseen. */
export type Learnt = Readonly<Record<MatcherName, TrainedModel>>;

/** Learns the three matchers, then how much each counts in a conversation. Deterministic. */
export function trainBrain(content: Content): Models {
  const learnt = {
    intents: trainMatcher('intents', content),
    facts: trainMatcher('facts', content),
    acts: trainMatcher('acts', content),
  };
  return gatherModels(
    learnt,
    planReading(learnt, content).map((read) => read()),
  );
}

export function trainMatcher(name: MatcherName, content: Content): TrainedModel {
  switch (name) {
    case 'intents':
      return trainModel(trainingSetOf(content));
    case 'facts':
      return trainModel(factTrainingSetOf(content), true, mostFacts);
    case 'acts':
      return trainModel(actTrainingSetOf(content), true);
  }
}

/** What has to be read by the three matchers for their weights to be learnt, task by task. */
export function planReading({ intents, facts, acts }: Learnt, content: Content): (() => TargetCase[])[] {
  return planCases(
    content,
    createMatchers({ intents: intents.model, facts: facts.model, acts: acts.model }),
    { intents: intents.validated, facts: facts.validated, acts: acts.validated },
  );
}

/** `read`: what the tasks of planReading gave, in their order. */
export function gatherModels(
  { intents, facts, acts }: Learnt,
  read: readonly (readonly TargetCase[])[],
): Models {
  return { intents: intents.model, facts: facts.model, acts: acts.model, weights: weighCases(read) };
}

function createMatchers({
  intents,
  facts,
  acts,
}: Readonly<Record<MatcherName, Model>>): Readonly<Record<MatcherName, TrainedMatcher>> {
  return {
    intents: createMatcher(intents),
    facts: createMatcher(facts, mostFacts, false),
    acts: createMatcher(acts, mostActs, false),
  };
}

export function createMind(models: Models): Mind {
  return { ...createMatchers(models), weights: models.weights };
}
