import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Content } from '../knowledge/content.ts';
import type { Models } from './train-brain.ts';

/** A process that trains once. It gets ready while the files are still being read. */
export interface Trainer {
  /** May be called once. @throws when the process ends without a model. */
  train(content: Content): Promise<Models>;
  /** Ends the process, which may be idle, at work or gone. */
  close(): void;
}

const flags = [
  `--import=${new URL('../prepare-node.js', import.meta.url).href}`,
  '--disable-warning=ExperimentalWarning',
  // Most objects made while training die young: with room for them, the garbage collector has little to copy.
  // 64 MB take 100 MB more in all, for a gain in time that is lost in the noise.
  '--min-semi-space-size=16',
  '--max-semi-space-size=16',
];

/**
 * Training takes seconds of one or two processors and hundreds of megabytes. In a process of its own, a bot that takes
 * up changed files goes on answering meanwhile, and all the memory is given back at the end (that of a worker thread
 * is not: its allocator keeps 70 MB).
 */
export function startTrainer(): Trainer {
  const child = fork(fileURLToPath(new URL('./train-process.ts', import.meta.url)), {
    execArgv: flags,
    // Maps, typed arrays and negative zeros arrive as they are.
    serialization: 'advanced',
  });
  const answer = new Promise<Models>((resolve, reject) => {
    child.once('message', (models) => resolve(models as Models));
    child.once('error', (cause) =>
      reject(new Error('Le processus d’apprentissage ne démarre pas.', { cause })),
    );
    child.once('exit', (code, signal) =>
      reject(
        new Error(`Le processus d’apprentissage s’est arrêté sans résultat (${signal ?? `code ${code}`}).`),
      ),
    );
  });
  // train() hears of a failure; when the process is closed unused nobody listens, and the rejection would end Node.
  answer.catch(() => undefined);
  return {
    async train(content) {
      child.send(content);
      try {
        return await answer;
      } finally {
        child.kill();
      }
    },
    close: () => child.kill(),
  };
}
