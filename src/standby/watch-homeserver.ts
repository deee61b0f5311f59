import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds between two looks, and after which a homeserver that has not answered is taken for out of reach. */
const lookPause = 3_000;
const longestSilence = 10_000;

export interface HomeserverWatch {
  /** The last look was answered. */
  readonly reaches: boolean;
  /** It has not been answered for so long that another instance should try. */
  readonly isLost: boolean;
  stop(): void;
}

/** Whether this instance reaches the homeserver: a leader that does not leaves the lead to a follower that does. */
export function watchHomeserver(look: () => Promise<unknown>): HomeserverWatch {
  let reaches = true;
  let answeredAt = performance.now();
  let stopped = false;

  async function keepLooking(): Promise<void> {
    while (!stopped) {
      reaches = await look().then(
        () => true,
        () => false,
      );
      if (reaches) answeredAt = performance.now();
      await pause(lookPause, undefined, { ref: false });
    }
  }

  void keepLooking();
  return {
    get reaches() {
      return reaches;
    },
    get isLost() {
      return !reaches && performance.now() - answeredAt > longestSilence;
    },
    stop() {
      stopped = true;
    },
  };
}
