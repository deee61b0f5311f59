import { describeError, type Log } from '../../operations/log.ts';
import { backOff } from '../homeserver/back-off.ts';
import { classifyFailure, type Failure } from '../homeserver/failure.ts';

export interface Task {
  /** The same task in two lists has the same key. */
  readonly key: string;
  /** Tasks of one group never take all the places: an inviter's, a room's. */
  readonly group: string;
  /** Rejects when it has to be tried again; a refusal that settles it is its own business. */
  run(failures: number): Promise<void>;
  /** After a failure that is to be tried again; `failures` in a row, this one included. */
  onFailure?(failure: Failure, failures: number): void;
}

export interface TaskRunner {
  /** There may be something to do. */
  wake(): void;
  /** Begins nothing more, and resolves when nothing is in hand. */
  drain(): Promise<void>;
}

export interface TaskRunnerOptions {
  /** What is left to do, as the store says. */
  readonly list: () => readonly Task[];
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Tasks in hand, at most. */
const width = 8;
/** Of them, tasks that have failed before: what hangs must leave places for what is new. */
const mostRetries = 4;
/** Tasks of one group in hand, at most. */
const mostOfGroup = 2;
/** Milliseconds between two tries of one task, at most. */
const longestWait = 300_000;
/** Milliseconds after which a list that could not be read is read again. */
const readAgainAfter = 1_000;

interface Progress {
  readonly group: string;
  failures: number;
  /** In milliseconds of a clock that nobody sets: by the one on the wall, five minutes back would be five more to wait. */
  dueAt: number;
  running: Promise<void> | null;
  /** The wake after which it was last begun: done for that wake, it is begun again by the next one only. */
  begunAt: number;
}

/** Carries out tasks a few at a time, each with a clock of its own: one that fails or hangs holds up no other. */
export function createTaskRunner({ list, log, signal }: TaskRunnerOptions): TaskRunner {
  const known = new Map<string, Progress>();
  let wakes = 0;
  let timer: NodeJS.Timeout | undefined;
  let draining = false;

  function wake(): void {
    wakes += 1;
    begin();
  }

  function begin(): void {
    if (signal.aborted || draining) return;
    clearTimeout(timer);
    let tasks: readonly Task[];
    try {
      tasks = list();
    } catch (error) {
      log.warn('Entretien des salons : base de données illisible', { cause: describeError(error) });
      timer = setTimeout(begin, readAgainAfter);
      timer.unref();
      return;
    }
    forgetDone(tasks);
    const fresh = tasks.filter(({ key }) => (known.get(key)?.failures ?? 0) === 0);
    const tried = tasks.filter(({ key }) => (known.get(key)?.failures ?? 0) > 0);
    for (const task of [...fresh, ...tried]) if (mayBegin(task)) start(task);
    waitForNext();
  }

  function mayBegin({ key, group }: Task): boolean {
    const running = [...known.values()].filter((progress) => progress.running !== null);
    if (running.length >= width) return false;
    if (running.filter((progress) => progress.group === group).length >= mostOfGroup) return false;
    const progress = known.get(key);
    if (!progress) return true;
    if (progress.running !== null) return false;
    if (progress.failures === 0) return progress.begunAt < wakes;
    if (running.filter(({ failures }) => failures > 0).length >= mostRetries) return false;
    return progress.dueAt <= performance.now();
  }

  function start(task: Task): void {
    const progress = known.get(task.key) ?? {
      group: task.group,
      failures: 0,
      dueAt: 0,
      running: null,
      begunAt: 0,
    };
    known.set(task.key, progress);
    progress.begunAt = wakes;
    progress.running = attempt(task, progress).finally(() => {
      progress.running = null;
      begin();
    });
  }

  /** Never rejects. */
  async function attempt(task: Task, progress: Progress): Promise<void> {
    try {
      await task.run(progress.failures);
      progress.failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      const failure = classifyFailure(error);
      progress.failures += 1;
      const wait = waitAfter(failure, progress.failures);
      progress.dueAt = performance.now() + wait;
      log.warn('Entretien des salons : échec, nouvel essai', {
        cause: describeError(error),
        essai: progress.failures,
        attente_ms: Math.round(wait),
      });
      noteFailure(task, failure, progress.failures);
    }
  }

  function noteFailure(task: Task, failure: Failure, failures: number): void {
    try {
      task.onFailure?.(failure, failures);
    } catch (error) {
      log.warn('Entretien des salons : base de données', { cause: describeError(error) });
    }
  }

  function forgetDone(tasks: readonly Task[]): void {
    const listed = new Set(tasks.map(({ key }) => key));
    for (const [key, { running }] of known) if (running === null && !listed.has(key)) known.delete(key);
  }

  /** The next failed task that is due; what ends meanwhile begins the others. */
  function waitForNext(): void {
    const due = [...known.values()]
      .filter(({ running, failures }) => running === null && failures > 0)
      .map(({ dueAt }) => dueAt);
    if (due.length === 0) return;
    timer = setTimeout(begin, Math.max(50, Math.min(...due) - performance.now()));
    timer.unref();
  }

  return {
    wake,
    async drain() {
      draining = true;
      clearTimeout(timer);
      await Promise.all([...known.values()].map(({ running }) => running));
    },
  };
}

function waitAfter(failure: Failure, failures: number): number {
  switch (failure.kind) {
    case 'rate-limited':
      return failure.retryAfter;
    case 'account':
    case 'token':
      // For a refused token the sync loop, which meets it too, ends the process.
      return backOff(failures, 5_000, longestWait);
    case 'trouble':
    case 'unexplained':
    case 'forbidden':
    case 'rejected':
      return backOff(failures, 500, longestWait);
  }
}
