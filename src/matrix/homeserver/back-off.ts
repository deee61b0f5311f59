import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds before retry number `attempt` (from 1): doubled each time up to a minute, then between half and all of it by chance. */
export function backOff(attempt: number, first = 500, longest = 60_000): number {
  const full = Math.min(first * 2 ** (attempt - 1), longest);
  return full / 2 + (Math.random() * full) / 2;
}

/** Resolves early, without an error, when `signal` ends. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch {
    // The signal ended the pause: the caller looks at the signal.
  }
}
