import { expect, test } from 'vitest';
import { trainBrain } from '../../src/brain/train-brain.ts';
import { trainTogether } from '../../src/brain/train-together.ts';
import { loadContent } from '../../src/knowledge/load-content.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';

test('two threads learn what one learns, bit for bit', async () => {
  const content = await loadContent(projectRoot);
  const few = {
    ...content,
    fiches: new Map([...content.fiches].slice(0, 4)),
    intents: content.intents
      .slice(0, 4)
      .map((intent) => ({ ...intent, questions: intent.questions.slice(0, 20) })),
    acts: content.acts.map((act) => ({ ...act, questions: act.questions.slice(0, 5) })),
    diagnostics: [],
    outOfScope: content.outOfScope.slice(0, 1),
    conversations: content.conversations.slice(0, 20),
  };
  expect(await trainTogether(few)).toStrictEqual(trainBrain(few));
}, 120_000);
