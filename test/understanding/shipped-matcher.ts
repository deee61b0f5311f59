import { loadContent } from '../../src/knowledge/load-content.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { createMatcher } from '../../src/understanding/create-matcher.ts';
import { trainModel } from '../../src/understanding/train-model.ts';
import { trainingSetOf } from '../../src/understanding/training/training-set.ts';

export const training = trainingSetOf(await loadContent(projectRoot));
export const matcher = createMatcher(trainModel(training).model);
