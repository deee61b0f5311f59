/**
 * Runs the work given for one key in the order it was given, and different keys side by side.
 * The promise is that of the work, rejection included; a failure does not stop what follows.
 */
export interface KeyedQueue {
  run<T>(key: string, work: () => Promise<T> | T): Promise<T>;
  /** Resolves when nothing is left. */
  drain(): Promise<void>;
  /** Keys with work in hand. */
  readonly size: number;
}

export function createKeyedQueue(): KeyedQueue {
  const tails = new Map<string, Promise<unknown>>();
  return {
    run(key, work) {
      const previous = tails.get(key) ?? Promise.resolve();
      const result = previous.then(work);
      const tail = result
        .catch(() => undefined)
        .then(() => {
          if (tails.get(key) === tail) tails.delete(key);
        });
      tails.set(key, tail);
      return result;
    },
    async drain() {
      while (tails.size > 0) await Promise.all(tails.values());
    },
    get size() {
      return tails.size;
    },
  };
}
