import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Model } from './understanding/model.ts';
import type { TrainingSet } from './understanding/understanding.ts';

/** A worker that trains once. It starts while the files are still being read. */
export interface Trainer {
  /** May be called once. @throws what the training threw. */
  train(training: TrainingSet): Promise<Model>;
  /** When there is nothing to train on after all. */
  cancel(): Promise<void>;
}

/** Most of what is made while training dies young: room for it is given back with the worker. */
const YOUNG_GENERATION_MB = 48;

/**
 * Training takes a second or two of one processor and a hundred megabytes: in a thread of its own, a bot that takes up
 * changed files goes on answering meanwhile, and the memory is given back.
 */
export function startTrainer(): Trainer {
  const worker = new Worker(new URL('./train-worker.ts', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  // Heard by train() when it comes; without a listener it would end the process.
  worker.on('error', () => undefined);
  return {
    async train(training) {
      worker.postMessage(training);
      try {
        const [model] = (await once(worker, 'message')) as [Model];
        return model;
      } finally {
        await worker.terminate();
      }
    },
    async cancel() {
      await worker.terminate();
    },
  };
}
