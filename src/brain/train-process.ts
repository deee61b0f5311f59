/** The other side of train-aside.ts: one training set in, one model out. */
import { flushCompileCache } from 'node:module';
import { trainModel } from '../understanding/train-model.ts';
import type { TrainingSet } from '../understanding/understanding.ts';

// Ctrl-C reaches the whole group: the bot decides, and its channel closes when it is gone.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
process.once('message', (training: TrainingSet) => {
  process.send?.(trainModel(training).model);
  flushCompileCache();
});
