/** The other side of train-aside.ts: the content in, what is learnt of it out. */
import { flushCompileCache } from 'node:module';
import { availableParallelism } from 'node:os';
import type { Content } from '../knowledge/content.ts';
import { trainBrain } from './train-brain.ts';
import { trainTogether } from './train-together.ts';

// Ctrl-C reaches this process too: it waits for the bot, whose end closes the channel ('disconnect').
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
process.once('message', async (content: Content) => {
  process.send?.(await (hasRoomForTwo() ? trainTogether(content) : trainBrain(content)));
  flushCompileCache();
});

/** Two threads take 800 MB at their highest, one up to 510: the image and the service have less. The brain is the same. */
function hasRoomForTwo(): boolean {
  return availableParallelism() > 1 && process.availableMemory() > 1.5 * 2 ** 30;
}
