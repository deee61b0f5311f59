import { flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { loadContent } from '../knowledge/load-content.ts';
import type { Brain } from './brain.ts';
import { type BrainCache, fingerprintBrain, openBrainCache, type SavedBrain } from './brain-cache.ts';
import { startTrainer } from './train-aside.ts';
import { createMind } from './train-brain.ts';

/** The folder that holds knowledge/ and intents/: the project's own. */
export const contentRoot = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Reads the YAML files and trains the matcher on them, or takes up what the last start made of the same files.
 * @throws ContentError when a file is wrong.
 */
export async function loadBrain(root: string = contentRoot, cache = openBrainCache()): Promise<Brain> {
  const fingerprint = await fingerprintBrain(root);
  if (fingerprint === null) return toBrain(await makeBrain(root));
  return toBrain((await cache.read(fingerprint)) ?? (await makeAndKeep(root, cache, fingerprint)));
}

function toBrain({ content, models }: SavedBrain): Brain {
  return { content, mind: createMind(models) };
}

async function makeAndKeep(root: string, cache: BrainCache, fingerprint: string): Promise<SavedBrain> {
  const brain = await makeBrain(root);
  // Aside: nobody waits for the next start.
  void cache.write(fingerprint, brain);
  // Now rather than on exit: a bot is as often killed as it is stopped.
  flushCompileCache();
  return brain;
}

async function makeBrain(root: string): Promise<SavedBrain> {
  const trainer = startTrainer();
  try {
    const content = await loadContent(root);
    return { content, models: await trainer.train(content) };
  } finally {
    trainer.close();
  }
}
