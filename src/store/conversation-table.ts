import type { ConversationState } from '../conversation/conversation.ts';
import type { Address, RoomId, UserId } from '../messages/ids.ts';
import type { Database } from './open-database.ts';
import { readCount, readJson } from './read-row.ts';

export interface ConversationTable {
  /** Idle ones as well: conversation/memory.ts decides what outlives the idle time. */
  read(key: string): ConversationState | null;
  write(conversation: {
    readonly key: string;
    readonly room: Address;
    readonly agent: UserId;
    readonly state: ConversationState;
    readonly now: number;
  }): void;
  /** Copies the state under a new key, unless that key has one already. */
  copy(from: string, to: { readonly key: string; readonly room: RoomId }): void;
  /** Of their direct message and of salons, the one touched last at the end. */
  listOf(agent: UserId): ConversationState[];
  eraseOf(agent: UserId): number;
  eraseIdle(before: number): number;
  count(): number;
  countOf(agent: UserId): number;
}

export function createConversationTable(db: Database): ConversationTable {
  return {
    read(key) {
      const row = db.get('SELECT state FROM conversation WHERE key = ?', key);
      return row ? readJson<ConversationState>(row, 'state') : null;
    },
    write({ key, room, agent, state, now }) {
      db.run(
        `INSERT INTO conversation (key, room, person, state, touched_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (key) DO UPDATE SET state = excluded.state, person = excluded.person, touched_at = excluded.touched_at`,
        key,
        room,
        agent,
        JSON.stringify(state),
        now,
      );
    },
    copy(from, to) {
      db.run(
        `INSERT INTO conversation (key, room, person, state, touched_at)
         SELECT ?, ?, person, state, touched_at FROM conversation WHERE key = ? ON CONFLICT (key) DO NOTHING`,
        to.key,
        to.room,
        from,
      );
    },
    listOf: (person) =>
      db
        .all('SELECT state FROM conversation WHERE person = ? ORDER BY touched_at, key', person)
        .map((row) => readJson<ConversationState>(row, 'state')),
    eraseOf: (person) => db.run('DELETE FROM conversation WHERE person = ?', person),
    eraseIdle: (before) => db.run('DELETE FROM conversation WHERE touched_at < ?', before),
    count: () => readCount(db.get('SELECT count(*) AS n FROM conversation')),
    countOf: (person) => readCount(db.get('SELECT count(*) AS n FROM conversation WHERE person = ?', person)),
  };
}
