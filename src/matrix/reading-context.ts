import type { Store } from '../store/open-store.ts';
import { placeOf } from './apply-room-state.ts';
import type { ReadingContext } from './read-event.ts';

export interface BotIdentity {
  readonly userId: string;
  /** Display name of the account; null when it has none. */
  readonly displayName: string | null;
}

/** The look-ups of read-event, on the store. */
export function createReadingContext(
  store: Store,
  bot: BotIdentity,
  supportRoom: string | null,
): (roomId: string) => ReadingContext {
  return (roomId) => {
    const inRoom = store.rooms.readMember(roomId, bot.userId)?.displayName ?? null;
    return {
      names: {
        userId: bot.userId,
        displayNames: [inRoom, bot.displayName].filter((name) => name !== null),
      },
      place: roomId === supportRoom ? 'salon' : placeOf(store.rooms, roomId),
      alwaysCalled: roomId === supportRoom,
      findOwn: (eventId) => store.outgoing.findByEvent(eventId),
      findQuestion: (eventId) => store.journal.find(eventId),
      isKnownConversation: (key) => store.journal.hasConversation(key),
    };
  };
}
