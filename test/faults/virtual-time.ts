import { createRequire, syncBuiltinESMExports } from 'node:module';

/**
 * Time of this process: it stands still while anything is being done, and leaps to the next timer when nothing is. A plan
 * that lasts an hour for the bot takes a second of ours, and plays the same each time.
 */
export interface VirtualTime {
  /** Milliseconds since the plan began; what no clock that jumps has a say in. */
  readonly now: number;
  /** Milliseconds since the epoch by a clock that never jumps: the homeserver's. */
  readonly serverNow: number;
  /** Puts the clock of this machine (Date) forward, or back. */
  jump(milliseconds: number): void;
  /** A timer of the test's own, which `dropTimers` leaves alone. Returns how to call it off. */
  at(delay: number, work: () => void): () => void;
  /** Forgets all timers made by the code under test, as the end of its process would. */
  dropTimers(): void;
  /** Resolves when nothing is being done any more, but for timers. */
  settle(): Promise<void>;
  /** Goes on, timer after timer, until `done` or until so many milliseconds have passed. True when done. */
  run(done: () => boolean, limit: number): Promise<boolean>;
  /** Begins anew, for the next plan. */
  reset(): void;
}

interface Timer {
  due: number;
  readonly order: number;
  readonly own: boolean;
  readonly every: number | null;
  readonly work: () => void;
}

/** 23 November 2026, a Monday at 9 in the morning. */
const beginning = Date.parse('2026-11-23T08:00:00Z');

/**
 * Replaces the clocks and timers of this process. `onUncaught`: an exception out of a timer, which would end a process.
 */
export function installVirtualTime(onUncaught: (error: unknown) => void): VirtualTime {
  const require = createRequire(import.meta.url);
  const real = { setImmediate: globalThis.setImmediate, Date: globalThis.Date };
  let now = 0;
  let drift = 0;
  let order = 0;
  let immediates = 0;
  const timers = new Set<Timer>();

  function add(work: () => void, delay: unknown, every: boolean, own: boolean): Timer {
    const wait = Math.max(1, Number(delay) || 0);
    const timer = { due: now + wait, order: order++, own, every: every ? wait : null, work };
    timers.add(timer);
    return timer;
  }

  /** What setTimeout returns to code that may call unref on it. */
  function handle(timer: Timer): object {
    const self = {
      timer,
      ref: () => self,
      unref: () => self,
      hasRef: () => true,
      close: () => void timers.delete(timer),
      refresh() {
        timer.due = now + (timer.every ?? 1);
        return self;
      },
      [Symbol.toPrimitive]: () => timer.order,
    };
    return self;
  }

  const clear = (given: unknown): void => {
    const timer = (given as { timer?: Timer } | null | undefined)?.timer;
    if (timer) timers.delete(timer);
  };

  function countedImmediate(work: (...given: unknown[]) => void, ...given: unknown[]): NodeJS.Immediate {
    immediates += 1;
    return real.setImmediate(() => {
      immediates -= 1;
      work(...given);
    });
  }

  /** As in node:timers/promises. */
  function sleep(delay: number, value: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        timers.delete(timer);
        reject(
          Object.assign(new Error('The operation was aborted'), { name: 'AbortError', code: 'ABORT_ERR' }),
        );
      };
      const timer = add(
        () => {
          signal?.removeEventListener('abort', stop);
          resolve(value);
        },
        delay,
        false,
        false,
      );
      if (signal?.aborted) stop();
      else signal?.addEventListener('abort', stop, { once: true });
    });
  }

  const wall = (): number => Math.floor(beginning + now + drift);
  class VirtualDate extends real.Date {
    constructor(...given: [] | [string | number | Date]) {
      if (given.length === 0) super(wall());
      else super(...given);
    }
    static override now(): number {
      return wall();
    }
  }

  Object.assign(globalThis, {
    setTimeout: (work: (...given: unknown[]) => void, delay: unknown, ...given: unknown[]) =>
      handle(add(() => work(...given), delay, false, false)),
    setInterval: (work: (...given: unknown[]) => void, delay: unknown, ...given: unknown[]) =>
      handle(add(() => work(...given), delay, true, false)),
    clearTimeout: clear,
    clearInterval: clear,
    setImmediate: countedImmediate,
    Date: VirtualDate,
  });
  Object.defineProperty(performance, 'now', { value: () => now, configurable: true });
  AbortSignal.timeout = (delay: number): AbortSignal => {
    const late = new AbortController();
    add(() => late.abort(new DOMException('The operation timed out', 'TimeoutError')), delay, false, false);
    return late.signal;
  };
  const promised = require('node:timers/promises') as Record<string, unknown>;
  promised['setTimeout'] = sleep;
  promised['setImmediate'] = (value: unknown) =>
    new Promise((resolve) => countedImmediate(() => resolve(value)));
  syncBuiltinESMExports();

  async function settle(): Promise<void> {
    do await new Promise<void>((resolve) => real.setImmediate(resolve));
    while (immediates > 0);
  }

  function next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (!first || timer.due < first.due || (timer.due === first.due && timer.order < first.order))
        first = timer;
    }
    return first;
  }

  return {
    get now() {
      return now;
    },
    get serverNow() {
      return Math.floor(beginning + now);
    },
    jump(milliseconds) {
      drift += milliseconds;
    },
    at(delay, work) {
      const timer = add(work, delay, false, true);
      return () => void timers.delete(timer);
    },
    dropTimers() {
      for (const timer of timers) if (!timer.own) timers.delete(timer);
    },
    settle,
    async run(done, limit) {
      const end = now + limit;
      for (;;) {
        await settle();
        if (done()) return true;
        const timer = next();
        if (!timer || timer.due > end) {
          now = end;
          return done();
        }
        now = Math.max(now, timer.due);
        if (timer.every === null) timers.delete(timer);
        else timer.due = now + timer.every;
        try {
          timer.work();
        } catch (error) {
          onUncaught(error);
        }
      }
    },
    reset() {
      timers.clear();
      now = 0;
      drift = 0;
      order = 0;
    },
  };
}
