import type { ConversationState } from '../conversation/conversation.ts';
import type { Database } from './open-database.ts';

export interface ConversationTable {
  /** Idle ones as well: src/conversation says itself what outlives the idle time. */
  read(key: string): ConversationState | null;
  write(conversation: {
    readonly key: string;
    readonly room: string;
    readonly agent: string;
    readonly state: ConversationState;
    readonly now: number;
  }): void;
  /** The state is moved under a new key, when nothing is there yet. */
  copy(from: string, to: { readonly key: string; readonly room: string }): void;
  eraseOf(agent: string): number;
  eraseIdle(before: number): number;
  count(): number;
  countOf(agent: string): number;
}

export function createConversationTable(db: Database): ConversationTable {
  return {
    read(key) {
      const row = db.get('SELECT state FROM conversation WHERE key = ?', key);
      return row ? (JSON.parse(String(row['state'])) as ConversationState) : null;
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
    eraseOf: (person) => db.run('DELETE FROM conversation WHERE person = ?', person),
    eraseIdle: (before) => db.run('DELETE FROM conversation WHERE touched_at < ?', before),
    count: () => Number(db.get('SELECT count(*) AS n FROM conversation')?.['n'] ?? 0),
    countOf: (person) =>
      Number(db.get('SELECT count(*) AS n FROM conversation WHERE person = ?', person)?.['n'] ?? 0),
  };
}
