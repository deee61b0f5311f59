import { flushCompileCache } from 'node:module';
import { loadContent } from '../knowledge/load-content.ts';
import { projectRoot } from '../knowledge/project-root.ts';
import type { Brain } from './brain.ts';
import { type BrainCache, fingerprintBrain, openBrainCache, type SavedBrain } from './brain-cache.ts';
import { startTrainer } from './train-aside.ts';
import { createMind } from './train-brain.ts';

/**
 * Reads the YAML files and trains the matcher on them, or takes up what the last start made of the same files.
 * @throws ContentError when a file is wrong.
 */
export async function loadBrain(root: string = projectRoot, cache = openBrainCache()): Promise<Brain> {
  const fingerprint = await fingerprintBrain(root);
  if (fingerprint === null) return toBrain(await makeBrain(root));
  return toBrain((await cache.read(fingerprint)) ?? (await makeAndKeep(root, cache, fingerprint)));
}

function toBrain({ content, models }: SavedBrain): Brain {
  return { content, mind: createMind(models) };
}

async function makeAndKeep(root: string, cache: BrainCache, fingerprint: string): Promise<SavedBrain> {
  const brain = await makeBrain(root);
  // Not awaited: the answer to give now does not depend on the cache.
  void cache.write(fingerprint, brain);
  // Node writes its compile cache on exit; a bot is often killed instead, so it is written now.
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
