/** The other side of train-together.ts: learns the facts, then reads every other message with all that was learnt. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Content } from '../knowledge/content.ts';
import { planReading, trainMatcher } from './train-brain.ts';
import { isOfThread, type LearntBesides } from './train-together.ts';

const content = workerData as Content;
const facts = trainMatcher('facts', content);
parentPort?.once('message', (besides: LearntBesides) => {
  parentPort?.postMessage(
    planReading({ ...besides, facts }, content).map((read, task) => (isOfThread(task) ? read() : [])),
  );
});
parentPort?.postMessage(facts);
