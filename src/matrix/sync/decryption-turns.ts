import { setImmediate as nextLoop } from 'node:timers/promises';
import type { StoredEntry } from '../../store/journal.ts';
import { pause } from '../homeserver/back-off.ts';

/**
 * Milliseconds that a suspect is alone, at most. The library works for less; what takes longer is a homeserver that does not
 * say whose devices the sender has, and nobody else need wait for that.
 */
const longestAlone = 2_000;

/**
 * Decryptions side by side, but for those of suspects: entries that were in hand when an earlier start ended. Each of them
 * is decrypted alone, so that the one which ends every start is told from what was in hand beside it.
 */
export function createDecryptionTurns(): <T>(
  entry: Pick<StoredEntry, 'attempts'>,
  decrypt: () => Promise<T>,
) => Promise<T> {
  const inHand = new Set<Promise<unknown>>();
  /** The last of the suspects; each waits for the one before. */
  let alone: Promise<unknown> | null = null;

  return async (entry, decrypt) => {
    if (entry.attempts === 0) {
      while (alone !== null) await alone;
      const work = start(decrypt);
      const done = settle(work).finally(() => inHand.delete(done));
      inHand.add(done);
      return work;
    }
    const before = alone;
    // In the next turn of the event loop: whoever waited for the one before has seen by then that it ended the encryption.
    const turn = Promise.all([before, waitAWhile(Promise.all(inHand))]).then(() => nextLoop());
    const work = turn.then(decrypt);
    const done = turn
      .then(() => waitAWhile(settle(work)))
      .finally(() => {
        if (alone === done) alone = null;
      });
    alone = done;
    return work;
  };
}

/** What throws at once rejects, as what throws later does. */
async function start<T>(work: () => Promise<T>): Promise<T> {
  return work();
}

/** Resolves when the work ends, however it does. */
function settle(work: Promise<unknown>): Promise<unknown> {
  return work.catch(() => undefined);
}

/** Resolves when the work ends, or when it has been alone for long enough. */
function waitAWhile(work: Promise<unknown>): Promise<unknown> {
  const over = new AbortController();
  return Promise.race([work, pause(longestAlone, over.signal)]).finally(() => over.abort());
}
