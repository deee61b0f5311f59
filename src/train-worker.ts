/** The other side of train-aside.ts: one training set in, one model out. */
import { parentPort } from 'node:worker_threads';
import { trainModel } from './understanding/train-model.ts';
import type { TrainingSet } from './understanding/understanding.ts';

parentPort?.once('message', (training: TrainingSet) => {
  parentPort?.postMessage(trainModel(training).model);
});
