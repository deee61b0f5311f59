import type { RoomId, UserId } from '../../messages/ids.ts';
import { followUpgrades } from '../../store/follow-upgrades.ts';
import type { Store } from '../../store/open-store.ts';
import { placeOf } from '../rooms/apply-room-state.ts';
import type { ReadingContext } from './read-event.ts';

export interface BotIdentity {
  readonly userId: UserId;
  /** Display name of the account; null when it has none. */
  readonly displayName: string | null;
}

/** The look-ups of read-event, on the store. */
export function createReadingContext(
  store: Store,
  bot: BotIdentity,
  salons: readonly RoomId[],
): (roomId: RoomId) => ReadingContext {
  return (roomId) => {
    const inRoom = store.rooms.readMember(roomId, bot.userId)?.displayName ?? null;
    // A message may reach the bot in the salon's old room just after an upgrade.
    const isSupport = salons.some((salon) => roomId === salon || roomId === followUpgrades(store, salon));
    return {
      names: {
        userId: bot.userId,
        displayNames: [inRoom, bot.displayName].filter((name) => name !== null),
      },
      place: isSupport ? 'salon' : placeOf(store.rooms, roomId),
      alwaysCalled: isSupport,
      findOwn: (eventId) => store.outgoing.findByEvent(eventId),
      findQuestion: (eventId) => store.journal.find(eventId),
      isKnownConversation: (key) => store.journal.hasConversation(key),
    };
  };
}
