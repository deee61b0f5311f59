/** The other side of learn-aside.ts. */
import { createMatcher } from '../understanding/create-matcher.ts';
import { trainModel } from '../understanding/train-model.ts';
import { trainingSetOf } from '../understanding/training/training-set.ts';
import type { LearntAnswers } from './compare-answers.ts';
import type { LearningOrder } from './learn-aside.ts';

process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
process.once('message', ({ content, texts }: LearningOrder) => {
  const { model, validated } = trainModel(trainingSetOf(content));
  const matcher = createMatcher(model);
  const answers: LearntAnswers = {
    labelled: texts.map((text) => {
      const { decision, candidates, choices } = matcher.understand(text);
      return { decision, fiche: candidates[0]?.id ?? null, choices };
    }),
    own: validated.map(({ text, expected, found }) => ({ text, expected, found })),
  };
  process.send?.(answers, () => undefined);
});
