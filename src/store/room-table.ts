import type { EventId, RoomId, UserId } from '../messages/ids.ts';
import type { Database } from './open-database.ts';
import {
  type Row,
  readCount,
  readEventId,
  readFlag,
  readJsonOrNull,
  readOrNull,
  readRoomId,
  readText,
  readTextOrNull,
  readUserId,
} from './read-row.ts';

export type Membership = 'invite' | 'join' | 'leave' | 'ban';
export type HistoryVisibility = 'shared' | 'invited' | 'joined' | 'world_readable';

export interface RoomRecord {
  readonly id: RoomId;
  /** The bot's own. */
  readonly membership: Membership;
  readonly inviter: UserId | null;
  /** Somebody said that it is a direct message. */
  readonly direct: boolean;
  /** It once held three people or more: never a direct message again. */
  readonly crowded: boolean;
  readonly public: boolean;
  readonly name: string | null;
  /** Content of m.room.encryption. Meaningful only when `stateKnown`. */
  readonly encryption: Readonly<Record<string, unknown>> | null;
  readonly historyVisibility: HistoryVisibility;
  /** The homeserver gave us the room's whole state. */
  readonly stateKnown: boolean;
  /** Where the room went when it was upgraded. */
  readonly replacement: RoomId | null;
  readonly predecessor: RoomId | null;
  /** Why nothing is sent there any more, or null. */
  readonly note: string | null;
}

export interface RoomMember {
  readonly user: UserId;
  readonly membership: string;
  readonly displayName: string | null;
}

/** What is undefined stays as it is. */
export type RoomChange = {
  readonly [Field in keyof Omit<RoomRecord, 'id'>]?: RoomRecord[Field] | undefined;
};

export interface RoomTable {
  read(id: RoomId): RoomRecord | null;
  /** Makes the record when there is none; only the fields given change. */
  update(id: RoomId, change: RoomChange): void;
  setMember(room: RoomId, member: RoomMember): void;
  readMember(room: RoomId, user: UserId): RoomMember | null;
  readMembers(room: RoomId): RoomMember[];
  /** Joined and invited. */
  countPresent(room: RoomId): number;
  forgetMembers(room: RoomId): void;
  list(membership: Membership): RoomRecord[];
  listUpgraded(): RoomRecord[];
  /** Rooms that the bot is in, of which the whole state is to be read. */
  listUnknown(): RoomId[];
  /** Rooms that the bot is in; those where this person invited it, when given. */
  countJoined(inviter?: UserId): number;
  /** The joined direct message that holds this person and nobody else, latest first. */
  findDirect(userId: UserId): RoomId | null;
  listDisplayNames(user: UserId): string[];
  /** The latest events that are known of rooms where the bot is, received or sent since then, latest first; a few. */
  listLatestEvents(since: number): { readonly room: RoomId; readonly eventId: EventId }[];
  /** In rooms where the bot is not any more, forgets that it was this person who had invited it. */
  eraseOf(user: UserId): void;
}

const columnOf: Readonly<Record<keyof Omit<RoomRecord, 'id'>, string>> = {
  membership: 'membership',
  inviter: 'inviter',
  direct: 'direct',
  crowded: 'crowded',
  public: 'public',
  name: 'name',
  encryption: 'encryption',
  historyVisibility: 'history_visibility',
  stateKnown: 'state_known',
  replacement: 'replacement',
  predecessor: 'predecessor',
  note: 'note',
};

export function createRoomTable(db: Database): RoomTable {
  return {
    read: (id) => toRoom(db.get('SELECT * FROM room WHERE id = ?', id)),
    update(id, change) {
      db.run(
        'INSERT INTO room (id, membership) VALUES (?, ?) ON CONFLICT (id) DO NOTHING',
        id,
        change.membership ?? 'join',
      );
      for (const [name, value] of Object.entries(change)) {
        if (value === undefined) continue;
        const column = columnOf[name as keyof typeof columnOf];
        db.run(`UPDATE room SET ${column} = ? WHERE id = ?`, toColumn(value), id);
      }
    },
    setMember(room, { user, membership, displayName }) {
      db.run(
        `INSERT INTO member (room, user, membership, display_name) VALUES (?, ?, ?, ?)
         ON CONFLICT (room, user) DO UPDATE SET membership = excluded.membership, display_name = excluded.display_name`,
        room,
        user,
        membership,
        displayName,
      );
    },
    readMember(room, user) {
      const row = db.get('SELECT * FROM member WHERE room = ? AND user = ?', room, user);
      return row ? toMember(row) : null;
    },
    readMembers: (room) => db.all('SELECT * FROM member WHERE room = ?', room).map(toMember),
    countPresent: (room) =>
      readCount(
        db.get(`SELECT count(*) AS n FROM member WHERE room = ? AND membership IN ('join', 'invite')`, room),
      ),
    forgetMembers(room) {
      db.run('DELETE FROM member WHERE room = ?', room);
    },
    list: (membership) =>
      db
        .all('SELECT * FROM room WHERE membership = ?', membership)
        .map(toRoom)
        .filter((room) => room !== null),
    listUpgraded: () =>
      db
        .all(`SELECT * FROM room WHERE membership = 'join' AND replacement IS NOT NULL AND note IS NULL`)
        .map(toRoom)
        .filter((room) => room !== null),
    listUnknown: () =>
      db
        .all(`SELECT id FROM room WHERE membership = 'join' AND state_known = 0 AND note IS NULL`)
        .map((row) => readRoomId(row, 'id')),
    countJoined: (inviter) =>
      readCount(
        db.get(
          `SELECT count(*) AS n FROM room WHERE membership = 'join' AND (? IS NULL OR inviter = ?)`,
          inviter ?? null,
          inviter ?? null,
        ),
      ),
    findDirect(person) {
      const row = db.get(
        `SELECT room.id FROM room JOIN member ON member.room = room.id
         WHERE member.user = ? AND member.membership IN ('join', 'invite') AND room.membership = 'join'
           AND room.crowded = 0 AND (room.direct = 1 OR (room.public = 0 AND room.name IS NULL)) AND room.note IS NULL
           AND (SELECT count(*) FROM member AS m WHERE m.room = room.id AND m.membership IN ('join', 'invite')) <= 2
         ORDER BY room.direct DESC, member.membership = 'join' DESC, room.id LIMIT 1`,
        person,
      );
      return row ? readRoomId(row, 'id') : null;
    },
    listDisplayNames: (user) =>
      db
        .all('SELECT DISTINCT display_name FROM member WHERE user = ? AND display_name IS NOT NULL', user)
        .map((row) => readText(row, 'display_name')),
    listLatestEvents: (since) =>
      db
        .all(
          `SELECT id, event_id FROM (
             SELECT * FROM (SELECT room, event_id, received_at AS at FROM journal ORDER BY seq DESC LIMIT 20)
             UNION ALL
             SELECT * FROM (SELECT room, event_id, created_at AS at FROM outgoing WHERE status = 'sent' ORDER BY seq DESC LIMIT 20)
           ) JOIN room ON room.id = room WHERE membership = 'join' AND at > ? ORDER BY at DESC LIMIT 5`,
          since,
        )
        .map((row) => ({ room: readRoomId(row, 'id'), eventId: readEventId(row, 'event_id') })),
    eraseOf(user) {
      db.run(`UPDATE room SET inviter = NULL WHERE inviter = ? AND membership IN ('leave', 'ban')`, user);
    },
  };
}

function toColumn(value: unknown): string | number | null {
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function toRoom(row: Row | undefined): RoomRecord | null {
  if (!row) return null;
  return {
    id: readRoomId(row, 'id'),
    membership: readText(row, 'membership') as Membership,
    inviter: readOrNull(row, 'inviter', readUserId),
    direct: readFlag(row, 'direct'),
    crowded: readFlag(row, 'crowded'),
    public: readFlag(row, 'public'),
    name: readTextOrNull(row, 'name'),
    encryption: readJsonOrNull(row, 'encryption'),
    historyVisibility: readText(row, 'history_visibility') as HistoryVisibility,
    stateKnown: readFlag(row, 'state_known'),
    replacement: readOrNull(row, 'replacement', readRoomId),
    predecessor: readOrNull(row, 'predecessor', readRoomId),
    note: readTextOrNull(row, 'note'),
  };
}

function toMember(row: Row): RoomMember {
  return {
    user: readUserId(row, 'user'),
    membership: readText(row, 'membership'),
    displayName: readTextOrNull(row, 'display_name'),
  };
}
