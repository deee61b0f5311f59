import type { RoomId, UserId } from '../../messages/ids.ts';
import type { Store } from '../../store/open-store.ts';

export interface FloodSettings {
  /** Messages a minute; 0 for no limit. */
  readonly perPerson: number;
  readonly perRoom: number;
}

/** `warn`: too many, and the sender has not been told yet. */
export type FloodDecision = 'fine' | 'warn' | 'silent';

const minute = 60_000;
const hour = 60 * minute;
/** An hour allows so many times what a minute does: no person keeps up more, two bots that answer each other do. */
const mostAnHour = 6;
/** Equal messages in a row that are still answered: no person repeats the same words more often, another bot does. */
const mostRepeats = 5;

/**
 * Counts on the journal, hence the same after a restart, and by the time messages were sent: what piled up while the
 * bot was away is no flood. Two bots that answer each other fall silent here, whatever their pace: over the limit a
 * minute or an hour, or by repeating themselves.
 */
export function createFloodLimit(store: Store, settings: FloodSettings) {
  /** Last text of each sender, hashed by the caller, and how many times in a row it came. In memory: a restart forgets it. */
  const repeats = new Map<string, { readonly id: string; readonly text: string; readonly count: number }>();

  function isRepeating(id: string, sender: UserId, room: RoomId, text: string): boolean {
    const key = `${room} ${sender}`;
    const last = repeats.get(key);
    // When the store fails, the intake gives the same message again: that is no repetition by its sender.
    const before = last?.text === text ? last.count : 0;
    const count = last?.id === id ? last.count : before + 1;
    repeats.delete(key);
    repeats.set(key, { id, text, count });
    // The oldest sender is forgotten first: a Map keeps the order of insertion.
    if (repeats.size > 5_000)
      for (const oldest of repeats.keys()) return repeats.delete(oldest) && count > mostRepeats;
    return count > mostRepeats;
  }

  return function decideFlood(message: {
    readonly id: string;
    readonly sender: UserId;
    readonly room: RoomId;
    readonly sentAt: number;
    readonly text: string | null;
  }): FloodDecision {
    const { id, sender, room, sentAt, text } = message;
    if (settings.perPerson === 0) return 'fine';
    const counts = store.journal.countRecent(sender, room, sentAt - minute, sentAt);
    const tireless =
      store.journal.countRecent(sender, room, sentAt - hour, sentAt).sender > mostAnHour * settings.perPerson;
    const repeating = text !== null && isRepeating(id, sender, room, text);
    const byPerson = counts.sender > settings.perPerson || tireless || repeating;
    if (!byPerson && counts.room <= settings.perRoom) return 'fine';
    const subject = byPerson ? sender : room;
    return store.notices.claim(subject, 'flood', sentAt, sentAt - 10 * minute) ? 'warn' : 'silent';
  };
}
