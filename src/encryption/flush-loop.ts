import type { EncryptionLog } from './encryption.ts';
import type { Guard } from './guard.ts';
import { createLock } from './lock.ts';
import { isPassing, readRefusal } from './refusal.ts';

/** Milliseconds between two tries, at most. */
const longestWait = 60_000;

export interface FlushLoop {
  /** One at a time; calls that come while one waits for its turn share it. Never rejects: a failure is tried again later. */
  flush(): Promise<void>;
  /** Begins nothing more, and resolves when nothing is in hand. */
  close(): Promise<void>;
}

/** Runs `send` (all that waits for the homeserver) when asked to, and again by itself after a failure. */
export function createFlushLoop(options: {
  readonly guard: Guard;
  readonly log: EncryptionLog;
  readonly send: () => Promise<void>;
}): FlushLoop {
  const { guard, log, send } = options;
  const lock = createLock();
  let next: Promise<void> | null = null;
  let retry: NodeJS.Timeout | undefined;
  let failures = 0;
  let closed = false;

  function flush(): Promise<void> {
    next ??= lock(() => {
      next = null;
      return flushOnce();
    });
    return next;
  }

  async function flushOnce(): Promise<void> {
    clearTimeout(retry);
    if (closed || guard.fatal !== null) return;
    try {
      await send();
      failures = 0;
    } catch (error) {
      if (guard.fatal !== null) return;
      failures += 1;
      const refusal = readRefusal(error);
      const wait = Math.min(2 ** failures * 500, longestWait);
      log.warn('Échange de clés avec le serveur remis à plus tard', {
        code: refusal.errcode,
        statut: refusal.status,
        attente: wait,
      });
      // A request that the homeserver goes on refusing is tried again too, slowly: those behind it in the queue must leave.
      retry = setTimeout(() => void flush(), isPassing(refusal) ? wait : longestWait);
      retry.unref();
    }
  }

  return {
    flush,
    async close() {
      closed = true;
      clearTimeout(retry);
      await lock(async () => undefined);
    },
  };
}
