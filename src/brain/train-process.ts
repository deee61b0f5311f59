/** The other side of train-aside.ts: the content in, what is learnt of it out. */
import { flushCompileCache } from 'node:module';
import type { Content } from '../knowledge/content.ts';
import { trainBrain } from './train-brain.ts';

// Ctrl-C reaches this process too: it waits for the bot, whose end closes the channel ('disconnect').
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
process.once('message', (content: Content) => {
  process.send?.(trainBrain(content));
  flushCompileCache();
});
