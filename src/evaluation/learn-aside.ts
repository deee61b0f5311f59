import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Content } from '../knowledge/content.ts';
import type { LearntAnswers } from './compare-answers.ts';

export interface LearningOrder {
  readonly content: Content;
  readonly texts: readonly string[];
}

/** Learns the questions of `content` in a process of its own, and reads `texts` with what was learnt. */
export function learnAside(order: LearningOrder): Promise<LearntAnswers> {
  const child = fork(fileURLToPath(new URL('./learn-process.ts', import.meta.url)), {
    execArgv: [
      `--import=${new URL('../prepare-node.js', import.meta.url).href}`,
      '--disable-warning=ExperimentalWarning',
    ],
    serialization: 'advanced',
  });
  return new Promise<LearntAnswers>((resolve, reject) => {
    child.once('message', (answers) => resolve(answers as LearntAnswers));
    child.once('error', (cause) => reject(new Error('L’apprentissage à part ne démarre pas.', { cause })));
    child.once('exit', () => reject(new Error('L’apprentissage à part s’est arrêté sans résultat.')));
    child.send(order, () => undefined);
  }).finally(() => child.kill());
}
