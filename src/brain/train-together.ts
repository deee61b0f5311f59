import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { TargetCase } from '../conversation/targets/fit-target-weights.ts';
import type { Content } from '../knowledge/content.ts';
import type { TrainedModel } from '../understanding/train-model.ts';
import { gatherModels, type Learnt, type Models, planReading, trainMatcher } from './train-brain.ts';

/** What the thread needs beside its own facts to read messages too. */
export type LearntBesides = Omit<Learnt, 'facts'>;

/**
 * trainBrain on two processors: a thread learns the facts, which take as long as the intents and the acts together, and
 * then reads every other message of those that the weights are learnt on. The same brain, bit for bit: who does what does
 * not depend on who is first.
 */
export async function trainTogether(content: Content): Promise<Models> {
  const thread = new Worker(new URL('./train-thread.ts', import.meta.url), {
    workerData: content,
  });
  try {
    const factsToCome = once(thread, 'message');
    const besides = { intents: trainMatcher('intents', content), acts: trainMatcher('acts', content) };
    const [facts] = (await factsToCome) as [TrainedModel];
    // The copy that comes from the thread has a lexicon of its own; all models share that of the content.
    const learnt = { ...besides, facts: { ...facts, model: { ...facts.model, lexicon: content.lexicon } } };
    const othersToCome = once(thread, 'message');
    thread.postMessage(besides satisfies LearntBesides);
    const own = planReading(learnt, content).map((read, task) => (isOfThread(task) ? null : read()));
    const [others] = (await othersToCome) as [(readonly TargetCase[])[]];
    return gatherModels(
      learnt,
      own.map((cases, task) => cases ?? others[task] ?? []),
    );
  } finally {
    await thread.terminate();
  }
}

export const isOfThread = (task: number): boolean => task % 2 === 1;
