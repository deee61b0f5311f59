import type { RoomId } from '../messages/ids.ts';
import type { Database } from './open-database.ts';
import { readFlag, readNumber, readRoomId, readText } from './read-row.ts';

/** A stretch of a room's timeline that is not read yet: from `from` (newest) back to `to`. */
export interface Gap {
  readonly room: RoomId;
  readonly from: string;
  readonly to: string;
  /** Only what follows the bot's own join in it was said to the bot. */
  readonly fromJoin: boolean;
  /** When it was noted. */
  readonly since: number;
  /** What came after it, entries of the journal beyond `afterSeq`, waits for it. */
  readonly holds: boolean;
  readonly afterSeq: number;
}

export interface GapTable {
  /** The gap waits to be read, and holds the room. One that holds the room already is made longer instead. */
  add(gap: Omit<Gap, 'holds'>): void;
  list(): Gap[];
  /** Is it there, as it was listed? */
  has(gap: Gap): boolean;
  remove(gap: Gap): void;
  /** What came after it waits no longer; it is still to be read. */
  release(gap: Gap): void;
}

export function createGapTable(db: Database): GapTable {
  return {
    add({ room, from, to, fromJoin, since, afterSeq }) {
      // What lies between two gaps is read with them: it is in the journal, where an event stands once.
      if (db.run('UPDATE gap SET from_token = ? WHERE room = ? AND holds = 1', from, room) > 0) return;
      db.run(
        `INSERT INTO gap (room, from_token, to_token, from_join, since, holds, after_seq)
         VALUES (?, ?, ?, ?, ?, 1, ?) ON CONFLICT DO NOTHING`,
        room,
        from,
        to,
        fromJoin ? 1 : 0,
        since,
        afterSeq,
      );
    },
    list: () =>
      db.all('SELECT * FROM gap').map((row) => ({
        room: readRoomId(row, 'room'),
        from: readText(row, 'from_token'),
        to: readText(row, 'to_token'),
        fromJoin: readFlag(row, 'from_join'),
        since: readNumber(row, 'since'),
        holds: readFlag(row, 'holds'),
        afterSeq: readNumber(row, 'after_seq'),
      })),
    has: ({ room, from, holds }) =>
      db.get(
        'SELECT 1 FROM gap WHERE room = ? AND from_token = ? AND holds = ?',
        room,
        from,
        holds ? 1 : 0,
      ) !== undefined,
    remove({ room, from }) {
      db.run('DELETE FROM gap WHERE room = ? AND from_token = ?', room, from);
    },
    release({ room, from }) {
      db.run('UPDATE gap SET holds = 0 WHERE room = ? AND from_token = ?', room, from);
    },
  };
}
