import type { RoomDirectory } from '../../encryption/encryption.ts';
import { isRoomId, type RoomId, type UserId } from '../../messages/ids.ts';
import type { Store } from '../../store/open-store.ts';
import type { Homeserver } from '../homeserver/homeserver.ts';
import { parseEvent } from '../reading/parse-event.ts';
import { applyRoomState } from './apply-room-state.ts';

/**
 * What is known of rooms: from /sync, kept in the store, or asked of the homeserver when a room's whole state never
 * came. Rejects when it cannot be known: nobody may take that for « not encrypted ».
 */
export function createRoomDirectory(store: Store, homeserver: Homeserver, botUserId: UserId): RoomDirectory {
  async function fetchState(roomId: RoomId): Promise<void> {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/state`;
    const answer = await homeserver.call('GET', path);
    if (!Array.isArray(answer)) throw new Error('the state of the room is not a list');
    store.transaction(() => {
      for (const given of answer) {
        const event = parseEvent(given);
        if (event) applyRoomState(store.rooms, roomId, event, botUserId);
      }
      store.rooms.update(roomId, { stateKnown: true });
    });
  }

  return {
    async readRoom(roomId) {
      if (!isRoomId(roomId)) throw new Error('the state of a room is asked for, and its id is none');
      if (store.rooms.read(roomId)?.stateKnown !== true) await fetchState(roomId);
      const room = store.rooms.read(roomId);
      if (!room?.stateKnown) throw new Error('the state of the room is not known');
      const members = store.rooms.readMembers(roomId);
      const those = (membership: string) =>
        members.filter((member) => member.membership === membership).map(({ user }) => user);
      return {
        encryption: room.encryption,
        joined: those('join'),
        invited: those('invite'),
        historyVisibility: room.historyVisibility,
      };
    },
  };
}
