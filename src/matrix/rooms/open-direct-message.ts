import { addressOf, isRoomId, type RoomId, type UserId } from '../../messages/ids.ts';
import type { Store } from '../../store/open-store.ts';
import type { Homeserver } from '../homeserver/homeserver.ts';
import { isRecord } from '../reading/parse-event.ts';

/**
 * The room where the bot talks with this person alone: theirs if there is one, else a new one, encrypted when the bot
 * can encrypt, with Tchap's rule for direct messages (synapse-room-access-rules refuses an `is_direct` room without it).
 */
export async function openDirectMessage(
  userId: UserId,
  { store, homeserver, encrypted }: { store: Store; homeserver: Homeserver; encrypted: boolean },
): Promise<RoomId> {
  const known = store.rooms.findDirect(userId);
  if (known !== null) return known;
  const answer = await homeserver.call('POST', '/_matrix/client/v3/createRoom', undefined, {
    preset: 'trusted_private_chat',
    visibility: 'private',
    is_direct: true,
    invite: [userId],
    initial_state: [
      { type: 'im.vector.room.access_rules', state_key: '', content: { rule: 'direct' } },
      { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'invited' } },
      ...(encrypted
        ? [{ type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }]
        : []),
    ],
  });
  const room = isRecord(answer) ? answer['room_id'] : null;
  if (!isRoomId(room)) throw new Error('the answer of createRoom holds no room id');
  store.transaction(() => {
    // The room's state is not known until /sync or the homeserver has given it: see room-directory.ts.
    store.rooms.update(room, { membership: 'join', direct: true, stateKnown: false });
    store.rooms.setMember(room, { user: userId, membership: 'invite', displayName: null });
    // The conversation that the person began in a salon goes on in the new room.
    store.conversations.copy(addressOf(userId), { key: room, room });
  });
  return room;
}
