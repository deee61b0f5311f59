import type { Content } from '../knowledge/content.ts';
import { readContent } from '../knowledge/load-content.ts';
import { formatProblem, isError, type Problem, problemOfFile } from '../knowledge/problem.ts';
import { type WatchOptions, watchContent } from '../knowledge/watch-content.ts';
import type { Mind } from '../understanding/understanding.ts';
import type { Brain } from './brain.ts';
import { startTrainer } from './train-aside.ts';
import { createMind } from './train-brain.ts';

/** What came of reading the files again. */
export type Reload =
  | {
      readonly type: 'taken-up';
      readonly version: string;
      readonly fiches: number;
      readonly questions: number;
    }
  | { readonly type: 'unchanged'; readonly version: string }
  /** The old files stay in use. */
  | { readonly type: 'wrong'; readonly version: string; readonly problems: readonly Problem[] };

export interface LiveBrain {
  /** What the bot knows at this moment. */
  readonly brain: () => Brain;
  /** Reads the files now; calls made meanwhile share one further reading. Never rejects for a wrong file. */
  reload(): Promise<Reload>;
  close(): void;
}

export interface LiveBrainOptions {
  readonly root: string;
  /** Already checked and trained from `root`. */
  readonly initial: Brain;
  readonly train?: (content: Content) => Mind | Promise<Mind>;
  /** After each change of the files; `unchanged` when wrong ones were put back as they were. */
  readonly onReload?: (reload: Reload) => void;
  /** False: only `reload()` reads the files. */
  readonly watch?: WatchOptions | false;
}

/** Knowledge that follows its files: read, checked and trained aside, then swapped at once, or not at all. */
export function createLiveBrain(options: LiveBrainOptions): LiveBrain {
  const train = options.train ?? (async (content) => createMind(await startTrainer().train(content)));
  let brain = options.initial;
  let reported = brain.content.version;
  let running: Promise<Reload> | null = null;
  let next: Promise<Reload> | null = null;

  async function readAgain(): Promise<Reload> {
    const { content, problems, version } = await readContent(options.root);
    if (version === brain.content.version) return report({ type: 'unchanged', version }, version);
    const wrong = problems.filter(isError);
    if (!content) return report({ type: 'wrong', version: brain.content.version, problems: wrong }, version);
    brain = { content, mind: await train(content) };
    const questions = content.intents.reduce((sum, { questions }) => sum + questions.length, 0);
    return report({ type: 'taken-up', version, fiches: content.fiches.size, questions }, version);
  }

  /** The same wrong files are told once, not at each poll; going back to the files in use is told too. */
  function report(reload: Reload, read: string): Reload {
    if (read !== reported) options.onReload?.(reload);
    reported = read;
    return reload;
  }

  function reload(): Promise<Reload> {
    if (next) return next;
    const turn = (running ?? Promise.resolve())
      // Whoever asked for the previous reading was told of its failure.
      .catch(() => undefined)
      .then(() => {
        next = null;
        running = readAgain();
        return running;
      });
    next = turn;
    return turn;
  }

  const stop =
    options.watch === false
      ? () => {}
      : watchContent(
          options.root,
          () =>
            // A folder that vanishes is a problem of the files, told as such by readContent; anything else is unforeseen.
            void reload().catch((cause: unknown) => {
              options.onReload?.({
                type: 'wrong',
                version: brain.content.version,
                problems: [unforeseen(cause)],
              });
            }),
          options.watch,
        );
  return { brain: () => brain, reload, close: stop };
}

function unforeseen(cause: unknown): Problem {
  return problemOfFile('intents/ et knowledge/', {
    code: 'unreadable-files',
    message: `lecture impossible (${cause instanceof Error ? cause.message : String(cause)})`,
    remedy: 'Vérifiez les droits sur ces dossiers, puis enregistrez de nouveau un fichier.',
  });
}

/** What an editor or an administrator reads, in the support salon or in the log. */
export function describeReload(reload: Reload): string {
  switch (reload.type) {
    case 'taken-up':
      return `Fichiers repris : ${reload.fiches} fiches, ${reload.questions} questions, version ${reload.version}.`;
    case 'unchanged':
      return `Les fichiers sont ceux que j’utilise déjà : version ${reload.version}.`;
    case 'wrong': {
      const count = reload.problems.length === 1 ? 'un problème' : `${reload.problems.length} problèmes`;
      return `Fichiers refusés, ${count} : je garde la version ${reload.version}.\n\n${reload.problems.map(formatProblem).join('\n\n')}`;
    }
  }
}
