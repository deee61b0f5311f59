import { flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Brain } from './bot.ts';
import { loadContent } from './knowledge/load-content.ts';
import { startTrainer } from './train-aside.ts';
import { createMatcher } from './understanding/create-matcher.ts';
import { trainingSetOf } from './understanding/training-set.ts';

/** The folder that holds knowledge/ and intents/: the project's own. */
export const contentRoot = fileURLToPath(new URL('../', import.meta.url));

/** Reads the YAML files and trains the matcher on them. @throws ContentError when a file is wrong. */
export async function loadBrain(root: string = contentRoot): Promise<Brain> {
  const trainer = startTrainer();
  try {
    const content = await loadContent(root);
    const matcher = createMatcher(await trainer.train(trainingSetOf(content)));
    // Now rather than on exit: a bot is as often killed as it is stopped.
    flushCompileCache();
    return { content, matcher };
  } finally {
    trainer.close();
  }
}
