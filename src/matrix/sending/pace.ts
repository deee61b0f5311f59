import { pause } from '../homeserver/back-off.ts';

/**
 * Keeps calls to a set pace: a token bucket. A quiet bot may make a few calls at once (an answer, its reactions, a
 * receipt); over time it never makes more than `perSecond`.
 */
export interface Pace {
  /** Resolves when a call may be made. */
  take(signal?: AbortSignal): Promise<void>;
  /** Takes at once if there is plenty left, for calls that can be left out. */
  takeSpare(): boolean;
  /** Lets nothing pass for so many milliseconds, because the homeserver asked for a pause. */
  hold(milliseconds: number): void;
}

/** @param perSecond 0 for no limit */
export function createPace(
  perSecond: number,
  clock: () => number = () => performance.now(),
  burst = Math.max(5, perSecond),
): Pace {
  let left = burst;
  let filledAt = clock();
  let heldUntil = 0;

  function refill(): void {
    const now = clock();
    left = Math.min(burst, left + ((now - filledAt) / 1000) * perSecond);
    filledAt = now;
  }
  /** Milliseconds until a call may be made. */
  function missing(): number {
    refill();
    const held = heldUntil - clock();
    if (perSecond === 0) return Math.max(0, held);
    return Math.max(0, held, ((1 - left) / perSecond) * 1000);
  }

  return {
    async take(signal) {
      for (let wait = missing(); wait > 0 && !signal?.aborted; wait = missing()) {
        await pause(Math.ceil(wait), signal);
      }
      left -= 1;
    },
    takeSpare() {
      if (missing() > 0) return false;
      if (perSecond > 0 && left < burst / 2) return false;
      left -= 1;
      return true;
    },
    hold(milliseconds) {
      heldUntil = Math.max(heldUntil, clock() + milliseconds);
    },
  };
}
