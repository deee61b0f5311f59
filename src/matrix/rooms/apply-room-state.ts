import { isRoomId, isUserId, type RoomId, type UserId } from '../../messages/ids.ts';
import type { RoomTable } from '../../store/room-table.ts';
import { isRecord, type RoomEvent } from '../reading/parse-event.ts';

/** Takes one state event into the store. Ill-formed fields are left out: any member's client may have written them. */
export function applyRoomState(rooms: RoomTable, roomId: RoomId, event: RoomEvent, botUserId: UserId): void {
  const { content } = event;
  if (event.type === 'm.room.member' && event.stateKey !== null) {
    if (isUserId(event.stateKey)) applyMember(rooms, roomId, event.stateKey, content, botUserId);
    return;
  }
  if (event.stateKey !== '') return;
  switch (event.type) {
    case 'm.room.encryption':
      // An encrypted room stays encrypted: a later event without an algorithm must not bring clear text back.
      if (typeof content['algorithm'] === 'string') rooms.update(roomId, { encryption: content });
      break;
    case 'm.room.name':
      rooms.update(roomId, {
        name: typeof content['name'] === 'string' ? content['name'].slice(0, 500) : null,
      });
      break;
    case 'm.room.join_rules':
      rooms.update(roomId, { public: content['join_rule'] === 'public' });
      break;
    case 'm.room.history_visibility':
      rooms.update(roomId, { historyVisibility: readVisibility(content['history_visibility']) });
      break;
    case 'im.vector.room.access_rules':
      // Tchap's rule `direct`: the room never holds more than two people.
      if (content['rule'] === 'direct') rooms.update(roomId, { direct: true });
      break;
    case 'm.room.create': {
      const predecessor = isRecord(content['predecessor']) ? content['predecessor']['room_id'] : null;
      if (isRoomId(predecessor)) rooms.update(roomId, { predecessor });
      break;
    }
    case 'm.room.tombstone':
      if (isRoomId(content['replacement_room'])) {
        rooms.update(roomId, { replacement: content['replacement_room'] });
      }
      break;
    default:
  }
}

function applyMember(
  rooms: RoomTable,
  roomId: RoomId,
  user: UserId,
  content: Readonly<Record<string, unknown>>,
  botUserId: UserId,
): void {
  const membership = content['membership'];
  if (typeof membership !== 'string') return;
  const name = content['displayname'];
  const displayName = typeof name === 'string' ? name.slice(0, 200) : null;
  rooms.setMember(roomId, { user, membership, displayName });
  if (user === botUserId && content['is_direct'] === true) rooms.update(roomId, { direct: true });
  if (membership === 'join' || membership === 'invite') {
    if (rooms.countPresent(roomId) > 2) rooms.update(roomId, { crowded: true });
  }
}

function readVisibility(value: unknown): 'shared' | 'invited' | 'joined' | 'world_readable' {
  return value === 'invited' || value === 'joined' || value === 'world_readable' ? value : 'shared';
}

/**
 * Direct message: never more than two people, and marked direct, or unnamed and not public. Every message there is for
 * the bot; anything else is a salon, where the bot has to be called.
 */
export function placeOf(rooms: RoomTable, roomId: RoomId): 'dm' | 'salon' {
  const room = rooms.read(roomId);
  if (!room || room.crowded) return 'salon';
  if (room.direct) return 'dm';
  return !room.public && room.name === null && rooms.countPresent(roomId) <= 2 ? 'dm' : 'salon';
}
