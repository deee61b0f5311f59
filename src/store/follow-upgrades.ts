import type { RoomId } from '../messages/ids.ts';
import type { Store } from './open-store.ts';

/**
 * The room that this one has become: only what says itself that it replaces it, and that the bot is in (housekeeping.ts).
 * A tombstone alone could make any room where the bot is the support salon, and its members operators.
 */
export function followUpgrades(store: Store, room: RoomId): RoomId {
  let current = room;
  for (let step = 0; step < 10; step += 1) {
    const replacement = store.rooms.read(current)?.replacement ?? null;
    const next = replacement === null ? null : store.rooms.read(replacement);
    if (next?.membership !== 'join' || next.predecessor !== current) return current;
    current = next.id;
  }
  return current;
}
