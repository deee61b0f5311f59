import type { RoomId } from '../messages/ids.ts';
import type { Database } from './open-database.ts';
import { readRoomId, readText } from './read-row.ts';

/** A stretch of a room's timeline that could not be read yet: from `from` (newest) back to `to`. */
export interface Gap {
  readonly room: RoomId;
  readonly from: string;
  readonly to: string;
}

export interface GapTable {
  add(gap: Gap): void;
  list(): Gap[];
  remove(gap: Gap): void;
}

export function createGapTable(db: Database): GapTable {
  return {
    add({ room, from, to }) {
      db.run(
        'INSERT INTO gap (room, from_token, to_token) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
        room,
        from,
        to,
      );
    },
    list: () =>
      db.all('SELECT * FROM gap').map((row) => ({
        room: readRoomId(row, 'room'),
        from: readText(row, 'from_token'),
        to: readText(row, 'to_token'),
      })),
    remove({ room, from }) {
      db.run('DELETE FROM gap WHERE room = ? AND from_token = ?', room, from);
    },
  };
}
