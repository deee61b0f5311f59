/** The other side of train-aside.ts: one training set in, one model out. */
import { flushCompileCache } from 'node:module';
import { trainModel } from '../understanding/train-model.ts';
import type { TrainingSet } from '../understanding/understanding.ts';

// Ctrl-C reaches this process too: it waits for the bot, whose end closes the channel ('disconnect').
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
process.once('message', (training: TrainingSet) => {
  process.send?.(trainModel(training).model);
  flushCompileCache();
});
