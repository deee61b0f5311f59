import { uptime } from 'node:os';

/** A moment, by three clocks. */
export interface Moment {
  readonly monotonic: number;
  readonly uptime: number;
  readonly wall: number;
}

/** Readings in milliseconds. */
export interface Clocks {
  monotonic(): number;
  uptime(): number;
  wall(): number;
}

export const machineClocks: Clocks = {
  monotonic: () => performance.now(),
  uptime: () => uptime() * 1_000,
  wall: Date.now,
};

export function readMoment(clocks: Clocks): Moment {
  return { monotonic: clocks.monotonic(), uptime: clocks.uptime(), wall: clocks.wall() };
}

/**
 * Milliseconds since then, by whichever clock says most: a monotonic clock may not count the time that a machine was
 * suspended, and the wall clock may be set back. One that errs ends a lease too early, which costs a renewal; too late would
 * cost two leaders.
 */
export function elapsedSince(moment: Moment, clocks: Clocks): number {
  const now = readMoment(clocks);
  return Math.max(now.monotonic - moment.monotonic, now.uptime - moment.uptime, now.wall - moment.wall);
}
