import { startsWith, type UserId } from '../messages/ids.ts';
import type { Store } from './open-store.ts';

/**
 * What an erasure leaves behind for a while: messages that were still to be sent to the person who asked to be forgotten,
 * the confirmation among them, and the -wal file, where SQLite keeps what a page was before.
 */
export function createErasures(store: Store): {
  /** Something was erased: its traces go at the next `finish`. */
  noteErased(): void;
  /** Cheap when there is nothing to do: call it every few seconds. */
  finish(): void;
} {
  // A process killed in between may have left traces.
  let tracesLeft = true;
  return {
    noteErased() {
      tracesLeft = true;
    },
    finish() {
      const asked = store.notices.list('forget');
      for (const { subject: person, at } of asked) {
        if (startsWith(person, '@')) store.transaction(() => forget(store, person, at));
      }
      if (tracesLeft || asked.length > 0) tracesLeft = !store.emptyLog();
    },
  };
}

function forget(store: Store, person: UserId, until: number): void {
  store.journal.eraseOf(person, until);
  store.outgoing.eraseOf(person, until);
  if (store.journal.awaits(person, until) || store.outgoing.awaits(person, until)) return;
  store.notices.remove(person, 'forget');
}
