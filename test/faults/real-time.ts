import type { VirtualTime } from './virtual-time.ts';

/** The clock on the wall, where a plan is played on a real homeserver; only `jump` changes it, for this process. */
export function createRealTime(): Pick<VirtualTime, 'now' | 'at' | 'jump'> {
  const start = performance.now();
  const RealDate = globalThis.Date;
  let drift = 0;
  class DriftingDate extends RealDate {
    constructor(...given: [] | [string | number | Date]) {
      if (given.length === 0) super(RealDate.now() + drift);
      else super(...given);
    }
    static override now(): number {
      return RealDate.now() + drift;
    }
  }
  return {
    get now() {
      return performance.now() - start;
    },
    at(delay, work) {
      const timer = setTimeout(work, delay);
      timer.unref();
      return () => clearTimeout(timer);
    },
    jump(milliseconds) {
      drift += milliseconds;
      globalThis.Date = DriftingDate as DateConstructor;
    },
  };
}
