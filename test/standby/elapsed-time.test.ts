import { expect, test } from 'vitest';
import { elapsedSince, readMoment } from '../../src/standby/elapsed-time.ts';

function createClocks() {
  const now = { monotonic: 1_000, uptime: 50_000, wall: 1_700_000_000_000 };
  const clocks = { monotonic: () => now.monotonic, uptime: () => now.uptime, wall: () => now.wall };
  const pass = (milliseconds: Partial<typeof now>): void => {
    for (const name of ['monotonic', 'uptime', 'wall'] as const) now[name] += milliseconds[name] ?? 0;
  };
  return { clocks, pass };
}

test('a suspended machine has waited, though its monotonic clock has not counted it', () => {
  const { clocks, pass } = createClocks();
  const moment = readMoment(clocks);
  pass({ monotonic: 200, uptime: 30_200, wall: 30_200 });
  expect(elapsedSince(moment, clocks)).toBe(30_200);
});

test('a wall clock that is set back gives a lease no more time', () => {
  const { clocks, pass } = createClocks();
  const moment = readMoment(clocks);
  pass({ monotonic: 4_000, uptime: 4_000, wall: -3_600_000 });
  expect(elapsedSince(moment, clocks)).toBe(4_000);
});

test('one that leaps ahead ends it: a renewal is all that it costs', () => {
  const { clocks, pass } = createClocks();
  const moment = readMoment(clocks);
  pass({ monotonic: 10, uptime: 10, wall: 3_600_000 });
  expect(elapsedSince(moment, clocks)).toBeGreaterThan(5_000);
});
