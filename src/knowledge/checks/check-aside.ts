import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Problem } from '../problem.ts';

export interface WholeCheck {
  /** Errors and warnings, sorted, as `npm run check` says them. */
  readonly problems: readonly Problem[];
  /** Of the files that were read. */
  readonly version: string;
}

/**
 * The whole check, in a process of its own: likeness between all questions takes seconds, in which a bot would answer
 * nobody.
 *
 * @param today ISO date
 */
export async function checkAside(root: string, today: string): Promise<WholeCheck> {
  const child = fork(fileURLToPath(new URL('./check-process.ts', import.meta.url)), [root, today], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
  });
  try {
    return await new Promise<WholeCheck>((resolve, reject) => {
      child.once('message', (check) => resolve(check as WholeCheck));
      child.once('error', (cause) => reject(new Error('La vérification ne démarre pas.', { cause })));
      child.once('exit', () => reject(new Error('La vérification s’est arrêtée sans résultat.')));
    });
  } finally {
    child.kill();
  }
}
