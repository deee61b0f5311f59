import type { EventId } from '../../messages/ids.ts';
import type { Journal } from '../../store/journal.ts';

/** One try of an event. Tries are counted over all starts, each once, however often it is asked for. */
export interface Try {
  /** Before what may end the process, or after a failure. Returns how many tries there were with this one. */
  count(): number;
  /** It has failed for a reason that no event can cause: it is not held against this one. */
  giveBack(): void;
}

export function startTry(journal: Journal, eventId: EventId): Try {
  let counted: number | null = null;
  return {
    count() {
      counted ??= journal.countAttempt(eventId);
      return counted;
    },
    giveBack() {
      if (counted === null) return;
      journal.giveAttemptBack(eventId);
      counted = null;
    },
  };
}
