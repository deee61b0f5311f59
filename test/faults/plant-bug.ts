import type { Store } from '../../src/store/open-store.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Bugs that this engine must find: each has been one of some Matrix bot. */
export const bugNames = ['fresh-transaction-ids', 'token-first', 'marked-before-sent'] as const;
export type BugName = (typeof bugNames)[number];

export interface PlantedBug {
  readonly spoilStore?: (store: Store) => Store;
  readonly spoilFetch?: (carry: typeof fetch) => typeof fetch;
}

/** Puts a bug into what the bot stands on; the bot itself is the one that ships. */
export function plantBug(name: BugName, time: VirtualTime): PlantedBug {
  switch (name) {
    case 'fresh-transaction-ids': {
      let sends = 0;
      return {
        spoilFetch: (carry) => (input, init) => {
          const url = String(input);
          if (!/\/rooms\/[^/]+\/send\//.test(url)) return carry(input, init);
          sends += 1;
          return carry(`${url}-${sends}`, init);
        },
      };
    }
    case 'token-first':
      // The batch’s token is committed, its events a moment later, as by an SDK that does not wait for its handlers.
      return {
        spoilStore: (store) => ({
          ...store,
          journal: {
            ...store.journal,
            add(entry) {
              setTimeout(() => store.journal.add(entry), 300);
              return true;
            },
            readWaiting: (after, limit) => store.journal.readWaiting(after, limit),
          },
        }),
      };
    case 'marked-before-sent':
      return {
        spoilStore: (store) => ({
          ...store,
          outgoing: {
            ...store.outgoing,
            markAttempted(id, encrypted) {
              store.outgoing.markAttempted(id, encrypted);
              store.outgoing.markSent(id, `$avance-${id}-${time.now}`, '!avance:ici');
            },
          },
        }),
      };
  }
}
