import { namesPerson } from './names-person.ts';
import type { Database } from './open-database.ts';
import {
  type Row,
  readCount,
  readFlag,
  readNumber,
  readNumberOrNull,
  readText,
  readTextOrNull,
} from './read-row.ts';

/**
 * `waiting`: to be handled. `undecryptable`: waits for its key. The other three are final: `done` and `ignored` have lost
 * their text; `failed` keeps it for whoever repairs the fault, until erase-old-data.ts erases it.
 */
export type JournalStatus = 'waiting' | 'undecryptable' | 'done' | 'ignored' | 'failed';

export interface JournalEntry {
  readonly eventId: string;
  readonly room: string;
  readonly sender: string;
  /** Milliseconds since the epoch by our own clock. */
  readonly sentAt: number;
  readonly receivedAt: number;
  /** It waited while the bot was away. */
  readonly late: boolean;
  /** The event as JSON. */
  readonly raw: string;
}

export interface StoredEntry extends JournalEntry {
  readonly seq: number;
  readonly status: JournalStatus;
  readonly session: string | null;
}

export interface Journal {
  /** False when the event is there already: it is not handled twice. */
  add(entry: JournalEntry): boolean;
  /** An event that could not even be read. */
  addFailed(eventId: string, room: string, sender: string, now: number, reason: string): void;
  /** A question that was answered, though it never came by. */
  addAnswered(eventId: string, room: string, now: number): void;
  /** `waiting` entries in order. */
  readWaiting(after: number, limit: number): StoredEntry[];
  readUndecryptable(room: string, session: string): StoredEntry[];
  /** One entry a session that has waited since before `before`. */
  readUnreadableSessions(before: number): StoredEntry[];
  /** The conversation of an event that was meant for the bot, where it was written, and by whom. */
  find(eventId: string): {
    readonly room: string;
    readonly conversation: string | null;
    readonly sender: string;
    readonly status: JournalStatus;
    readonly receivedAt: number;
  } | null;
  /** Was there ever an event of this conversation? */
  hasConversation(key: string): boolean;
  setConversation(eventId: string, conversation: string): void;
  finish(eventId: string, status: 'done' | 'ignored' | 'failed', reason?: string): void;
  markUndecryptable(eventId: string, session: string | null, reason: string): void;
  markWaiting(eventId: string): void;
  /** What was received after `since` and could not be read is to be tried again. */
  retryUndecryptable(since: number): number;
  eraseText(eventId: string): void;
  ignoreRoom(room: string, reason: string): number;
  /** Events of this person, then of this room, written between `after` (excluded) and `until` (included). */
  countRecent(
    sender: string,
    room: string,
    after: number,
    until: number,
  ): { readonly sender: number; readonly room: number };
  countWaiting(): number;
  countUndecryptable(): number;
  summaryOf(sender: string): {
    readonly events: number;
    readonly withText: number;
    readonly oldest: number | null;
  };
  /**
   * Of what was received until then; see outgoing-table.ts. What is still to be answered stays, but for `current`, which
   * is being handled.
   */
  eraseOf(sender: string, until: number, current?: string): number;
  /** Something that was received until then is still to be handled; what has no key yet does not count. */
  awaits(sender: string, until: number): boolean;
  eraseOldTexts(before: number): number;
  eraseOld(before: number): number;
}

export function createJournal(db: Database): Journal {
  return {
    add: (entry) =>
      db.run(
        `INSERT INTO journal (event_id, room, sender, status, sent_at, received_at, late, raw)
         VALUES (?, ?, ?, 'waiting', ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING`,
        entry.eventId,
        entry.room,
        entry.sender,
        entry.sentAt,
        entry.receivedAt,
        entry.late ? 1 : 0,
        entry.raw,
      ) > 0,
    addFailed(eventId, room, sender, now, reason) {
      db.run(
        `INSERT INTO journal (event_id, room, sender, status, reason, sent_at, received_at)
         VALUES (?, ?, ?, 'failed', ?, ?, ?) ON CONFLICT (event_id) DO NOTHING`,
        eventId,
        room,
        sender,
        reason,
        now,
        now,
      );
    },
    addAnswered(eventId, room, now) {
      db.run(
        `INSERT INTO journal (event_id, room, sender, status, sent_at, received_at)
         VALUES (?, ?, '', 'done', ?, ?) ON CONFLICT (event_id) DO NOTHING`,
        eventId,
        room,
        now,
        now,
      );
    },
    readWaiting: (after, limit) =>
      db
        .all(`SELECT * FROM journal WHERE status = 'waiting' AND seq > ? ORDER BY seq LIMIT ?`, after, limit)
        .map(toEntry),
    readUndecryptable: (room, session) =>
      db
        .all(
          `SELECT * FROM journal WHERE status = 'undecryptable' AND room = ? AND session = ? ORDER BY seq`,
          room,
          session,
        )
        .map(toEntry),
    readUnreadableSessions: (before) =>
      db
        .all(
          `SELECT *, min(seq) FROM journal WHERE status = 'undecryptable' AND received_at < ? GROUP BY room, session`,
          before,
        )
        .map(toEntry),
    find(eventId) {
      const row = db.get(
        'SELECT room, conversation, sender, status, received_at FROM journal WHERE event_id = ?',
        eventId,
      );
      if (!row) return null;
      return {
        room: readText(row, 'room'),
        conversation: readTextOrNull(row, 'conversation'),
        sender: readText(row, 'sender'),
        status: readText(row, 'status') as JournalStatus,
        receivedAt: readNumber(row, 'received_at'),
      };
    },
    hasConversation: (key) =>
      db.get('SELECT 1 FROM journal WHERE conversation = ? LIMIT 1', key) !== undefined,
    setConversation(eventId, conversation) {
      db.run('UPDATE journal SET conversation = ? WHERE event_id = ?', conversation, eventId);
    },
    finish(eventId, status, reason) {
      db.run(
        `UPDATE journal SET status = ?, reason = ?, raw = CASE WHEN ? = 'failed' THEN raw END WHERE event_id = ?`,
        status,
        reason ?? null,
        status,
        eventId,
      );
    },
    markUndecryptable(eventId, session, reason) {
      db.run(
        `UPDATE journal SET status = 'undecryptable', session = ?, reason = ? WHERE event_id = ?`,
        session,
        reason,
        eventId,
      );
    },
    markWaiting(eventId) {
      db.run(`UPDATE journal SET status = 'waiting' WHERE event_id = ?`, eventId);
    },
    retryUndecryptable: (since) =>
      db.run(
        `UPDATE journal SET status = 'waiting' WHERE status = 'undecryptable' AND received_at > ?`,
        since,
      ),
    eraseText(eventId) {
      db.run(
        'UPDATE journal SET raw = NULL WHERE event_id = ? AND status NOT IN (?, ?)',
        eventId,
        'waiting',
        'undecryptable',
      );
    },
    ignoreRoom: (room, reason) =>
      db.run(
        `UPDATE journal SET status = 'ignored', reason = ?, raw = NULL
         WHERE room = ? AND status IN ('waiting', 'undecryptable')`,
        reason,
        room,
      ),
    countRecent: (person, room, after, until) => ({
      sender: readCount(
        db.get(
          `SELECT count(*) AS n FROM journal WHERE sender = ? AND sent_at > ? AND sent_at <= ? AND status <> 'ignored'`,
          person,
          after,
          until,
        ),
      ),
      room: readCount(
        db.get(
          `SELECT count(*) AS n FROM journal WHERE room = ? AND sent_at > ? AND sent_at <= ? AND status <> 'ignored'`,
          room,
          after,
          until,
        ),
      ),
    }),
    countWaiting: () => readCount(db.get(`SELECT count(*) AS n FROM journal WHERE status = 'waiting'`)),
    countUndecryptable: () =>
      readCount(db.get(`SELECT count(*) AS n FROM journal WHERE status = 'undecryptable'`)),
    summaryOf(person) {
      const row = db.get(
        'SELECT count(*) AS n, count(raw) AS texts, min(sent_at) AS oldest FROM journal WHERE sender = ?',
        person,
      );
      return {
        events: readCount(row),
        withText: row ? readNumber(row, 'texts') : 0,
        oldest: row ? readNumberOrNull(row, 'oldest') : null,
      };
    },
    // The event id stays, with nothing to tell who wrote it (in a salon, the conversation's key would; in a direct message, the room): without it, the same event could be answered again.
    eraseOf: (person, until, current = '') =>
      db.run(
        `UPDATE journal SET sender = '', raw = NULL,
           conversation = CASE WHEN instr(conversation, ?1) > 0 OR ${namesPerson('journal.room')} THEN NULL ELSE conversation END,
           room = CASE WHEN ${namesPerson('journal.room')} THEN '' ELSE room END,
           status = CASE status WHEN 'waiting' THEN 'done' ELSE status END
         WHERE sender = ?1 AND received_at <= ?2 AND (event_id = ?3 OR status NOT IN ('waiting', 'undecryptable'))`,
        person,
        until,
        current,
      ),
    awaits: (person, until) =>
      db.get(
        `SELECT 1 FROM journal WHERE sender = ? AND received_at <= ? AND status = 'waiting' LIMIT 1`,
        person,
        until,
      ) !== undefined,
    eraseOldTexts: (before) =>
      db.run(
        `UPDATE journal SET raw = NULL, status = CASE status WHEN 'undecryptable' THEN 'ignored' ELSE status END
         WHERE received_at < ? AND raw IS NOT NULL AND status <> 'waiting'`,
        before,
      ),
    eraseOld: (before) => db.run(`DELETE FROM journal WHERE received_at < ? AND status <> 'waiting'`, before),
  };
}

function toEntry(row: Row): StoredEntry {
  return {
    seq: readNumber(row, 'seq'),
    eventId: readText(row, 'event_id'),
    room: readText(row, 'room'),
    sender: readText(row, 'sender'),
    status: readText(row, 'status') as JournalStatus,
    session: readTextOrNull(row, 'session'),
    sentAt: readNumber(row, 'sent_at'),
    receivedAt: readNumber(row, 'received_at'),
    late: readFlag(row, 'late'),
    raw: readTextOrNull(row, 'raw') ?? '{}',
  };
}
