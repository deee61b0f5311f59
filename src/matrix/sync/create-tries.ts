import type { EventId } from '../../messages/ids.ts';
import type { Journal } from '../../store/journal.ts';

/** One try of an event. Tries are counted over all starts, each once, however often it is asked for. */
export interface Try {
  /** Before what may end the process, or after a failure. Returns how many tries there were with this one. */
  count(): number;
  /** It has failed for a reason that no event can cause: it is not held against this one. Never throws. */
  giveBack(): void;
  end(): void;
}

/** The tries under way. `onStoreFailure` gets what the store refuses of a try that is given back. */
export function createTries(journal: Journal, onStoreFailure: (error: unknown) => void) {
  const underWay = new Set<Try>();
  return {
    start(eventId: EventId): Try {
      let counted: number | null = null;
      const one: Try = {
        count() {
          counted ??= journal.countAttempt(eventId);
          return counted;
        },
        giveBack() {
          if (counted === null) return;
          try {
            journal.giveAttemptBack(eventId);
            counted = null;
          } catch (error) {
            onStoreFailure(error);
          }
        },
        end: () => void underWay.delete(one),
      };
      underWay.add(one);
      return one;
    },
    /** Before a stop, which is no failure of what it interrupts. */
    giveBackAll(): void {
      for (const one of underWay) one.giveBack();
    },
  };
}
