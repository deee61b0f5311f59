import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds before the `attempt`th retry (from 1): doubles up to a minute, with full jitter above half. */
export function backOff(attempt: number, first = 500, longest = 60_000): number {
  const full = Math.min(first * 2 ** (attempt - 1), longest);
  return full / 2 + (Math.random() * full) / 2;
}

/** Resolves early, without an error, when `signal` ends. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal ? { signal } : {});
  } catch {
    // Woken by the signal: whoever waits looks at it.
  }
}
