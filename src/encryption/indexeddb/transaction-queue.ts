/** Something the queue runs to its end before the next: a transaction, or the opening of a database. */
export interface ScheduledWork {
  /** Called once, when the turn of this work has come. */
  start(): void;
  /** Carries out one request and calls its handlers. 'done' once the last event has been told. */
  step(): 'more' | 'done';
  /** Called after the last step, whatever happened. */
  end(): void;
}

/** Milliseconds that steps follow one another before sockets and timers have their turn. */
const longestRun = 4;

/**
 * Runs work in order. Between two steps Node empties the microtask queue, in which the crypto library's futures place their
 * next requests; only then can a transaction with nothing queued be taken as complete. A turn of the event loop does that,
 * and so does, sooner, a tick asked for by a microtask: Node runs it once all microtasks are done.
 */
export function createTransactionQueue(onStorageError: (error: unknown) => void) {
  const waiting: ScheduledWork[] = [];
  let scheduled = false;
  let started = false;
  let runStart = Number.NEGATIVE_INFINITY;

  const schedule = (): void => {
    if (scheduled || waiting.length === 0) return;
    scheduled = true;
    if (performance.now() - runStart < longestRun) queueMicrotask(() => process.nextTick(turn));
    else setImmediate(startRun);
  };

  const startRun = (): void => {
    runStart = performance.now();
    turn();
  };

  const turn = (): void => {
    scheduled = false;
    const work = waiting[0];
    if (work === undefined) return;
    try {
      if (!started) {
        started = true;
        work.start();
      }
      if (work.step() === 'done') finish(work);
    } catch (error) {
      // A handler threw, hence the crypto library has panicked, or SQLite could not even begin: the owner must be told.
      finish(work);
      onStorageError(error);
    } finally {
      schedule();
    }
  };

  const finish = (work: ScheduledWork): void => {
    waiting.shift();
    started = false;
    work.end();
  };

  return {
    add(work: ScheduledWork): void {
      waiting.push(work);
      schedule();
    },
    isIdle: () => waiting.length === 0,
  };
}

export type TransactionQueue = ReturnType<typeof createTransactionQueue>;
