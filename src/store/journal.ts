import type { EventId, RoomId, UserId } from '../messages/ids.ts';
import { namesPerson } from './names-person.ts';
import type { Database } from './open-database.ts';
import {
  type Row,
  readCount,
  readErasable,
  readEventId,
  readFlag,
  readNumber,
  readNumberOrNull,
  readRoomId,
  readText,
  readTextOrNull,
  readUserId,
} from './read-row.ts';

/**
 * `waiting`: to be handled. `undecryptable`: waits for its key. The other three are final: `done` and `ignored` have lost
 * their text; `failed` keeps it for whoever repairs the fault, until erase-old-data.ts erases it.
 */
export type JournalStatus = 'waiting' | 'undecryptable' | 'done' | 'ignored' | 'failed';

export interface JournalEntry {
  readonly eventId: EventId;
  readonly room: RoomId;
  readonly sender: UserId;
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
  /** How often it was taken in hand and not finished, over all starts. */
  readonly attempts: number;
}

/** An event that was set aside, for the administrators. */
export interface FailedEntry {
  readonly room: RoomId;
  /** Of Matrix: `m.room.encrypted`… */
  readonly type: string;
  readonly reason: string;
  readonly receivedAt: number;
}

export interface Journal {
  /** False when the event is there already: it is not handled twice. */
  add(entry: JournalEntry): boolean;
  /** An event that could not even be read at its arrival. False when it is there already. */
  addFailed(entry: JournalEntry, reason: string): boolean;
  /** A question that was answered, though it never came by. */
  addAnswered(eventId: EventId, room: RoomId, now: number): void;
  /** `waiting` entries in order, but for those that a gap in their room holds back (gap-table.ts). */
  readWaiting(after: number, limit: number): StoredEntry[];
  /** The number of the newest entry; 0 when there is none. */
  readLastSeq(): number;
  /**
   * `waiting` entries of the room numbered in ]after, until] go to the end, in their order; with `eventId`, that one alone.
   * Whoever reads in order has gone past their old numbers.
   */
  moveToEnd(room: RoomId, after: number, until: number, eventId?: EventId): void;
  readUndecryptable(room: RoomId, session: string): StoredEntry[];
  /** One entry a session that has waited since before `before`. */
  readUnreadableSessions(before: number): StoredEntry[];
  /** The conversation of an event that was meant for the bot, where it was written, and by whom. */
  find(eventId: EventId): {
    /** Empty once forgotten, where it names the person. */
    readonly room: RoomId | '';
    readonly conversation: string | null;
    /** Empty once forgotten. */
    readonly sender: UserId | '';
    readonly status: JournalStatus;
    readonly receivedAt: number;
  } | null;
  /** Was there ever an event of this conversation? */
  hasConversation(key: string): boolean;
  setConversation(eventId: EventId, conversation: string): void;
  finish(eventId: EventId, status: 'done' | 'ignored' | 'failed', reason?: string): void;
  markUndecryptable(eventId: EventId, session: string | null, reason: string): void;
  markWaiting(eventId: EventId): void;
  /** What was received after `since` and could not be read is to be tried again. */
  retryUndecryptable(since: number): number;
  eraseText(turnId: string): void;
  ignoreRoom(room: RoomId, reason: string): number;
  /** Before a try that may end the process; returns how many there were with this one. */
  countAttempt(eventId: EventId): number;
  /** The last try that was counted says nothing of the event. */
  giveAttemptBack(eventId: EventId): void;
  /** What was set aside and can be tried again, latest first. */
  listFailed(limit: number): FailedEntry[];
  countFailed(): number;
  /** Everything that was set aside waits again, behind what waits already; returns how many. */
  retryFailed(): number;
  /** Events of this person, then of this room, written between `after` (excluded) and `until` (included). */
  countRecent(
    sender: UserId,
    room: RoomId,
    after: number,
    until: number,
  ): { readonly sender: number; readonly room: number };
  countWaiting(): number;
  countUndecryptable(): number;
  summaryOf(sender: UserId): {
    readonly events: number;
    readonly withText: number;
    readonly oldest: number | null;
  };
  /**
   * Of what was received until then; see outgoing-table.ts. What is still to be answered stays, but for `current`, which
   * is being handled.
   */
  eraseOf(sender: UserId, until: number, current?: EventId): number;
  /** Something that was received until then is still to be handled; what has no key yet does not count. */
  awaits(sender: UserId, until: number): boolean;
  eraseOldTexts(before: number): number;
  eraseOld(before: number): number;
}

export function createJournal(db: Database): Journal {
  function giveLastSeq(eventId: EventId): void {
    db.run('UPDATE journal SET seq = (SELECT max(seq) + 1 FROM journal) WHERE event_id = ?', eventId);
  }

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
    addFailed: (entry, reason) =>
      db.run(
        `INSERT INTO journal (event_id, room, sender, status, reason, sent_at, received_at, late, raw)
         VALUES (?, ?, ?, 'failed', ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING`,
        entry.eventId,
        entry.room,
        entry.sender,
        reason,
        entry.sentAt,
        entry.receivedAt,
        entry.late ? 1 : 0,
        entry.raw,
      ) > 0,
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
        .all(
          `SELECT * FROM journal WHERE status = 'waiting' AND seq > ?
             AND NOT EXISTS (SELECT 1 FROM gap
                             WHERE gap.room = journal.room AND gap.holds = 1 AND journal.seq > gap.after_seq)
           ORDER BY seq LIMIT ?`,
          after,
          limit,
        )
        .map(toEntry),
    readLastSeq: () => readCount(db.get('SELECT coalesce(max(seq), 0) AS n FROM journal')),
    moveToEnd(room, after, until, eventId) {
      const moved = db.all(
        `SELECT event_id FROM journal WHERE status = 'waiting' AND room = ? AND seq > ? AND seq <= ?
           AND event_id = coalesce(?, event_id) ORDER BY seq`,
        room,
        after,
        until,
        eventId ?? null,
      );
      for (const row of moved) giveLastSeq(readEventId(row, 'event_id'));
    },
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
        room: readErasable(row, 'room', readRoomId),
        conversation: readTextOrNull(row, 'conversation'),
        sender: readErasable(row, 'sender', readUserId),
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
        `UPDATE journal SET status = 'undecryptable', session = ?, reason = ?, attempts = 0 WHERE event_id = ?`,
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
    eraseText(turnId) {
      db.run(
        'UPDATE journal SET raw = NULL WHERE event_id = ? AND status NOT IN (?, ?)',
        turnId,
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
    countAttempt(eventId) {
      db.run('UPDATE journal SET attempts = attempts + 1 WHERE event_id = ?', eventId);
      return readNumber(
        db.get('SELECT attempts FROM journal WHERE event_id = ?', eventId) ?? { attempts: 1 },
        'attempts',
      );
    },
    giveAttemptBack(eventId) {
      db.run('UPDATE journal SET attempts = attempts - 1 WHERE event_id = ? AND attempts > 0', eventId);
    },
    listFailed: (limit) =>
      db
        .all(
          `SELECT room, raw, reason, received_at FROM journal WHERE status = 'failed' AND raw IS NOT NULL
           ORDER BY seq DESC LIMIT ?`,
          limit,
        )
        .map((row) => ({
          room: readRoomId(row, 'room'),
          type: readType(readText(row, 'raw')),
          reason: readTextOrNull(row, 'reason') ?? '',
          receivedAt: readNumber(row, 'received_at'),
        })),
    countFailed: () =>
      readCount(db.get(`SELECT count(*) AS n FROM journal WHERE status = 'failed' AND raw IS NOT NULL`)),
    retryFailed() {
      const failed = db.all(
        `SELECT event_id FROM journal WHERE status = 'failed' AND raw IS NOT NULL ORDER BY seq`,
      );
      for (const row of failed) {
        const id = readEventId(row, 'event_id');
        db.run(`UPDATE journal SET status = 'waiting', reason = NULL, attempts = 0 WHERE event_id = ?`, id);
        // Whoever reads in order has gone past the old number.
        giveLastSeq(id);
      }
      return failed.length;
    },
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
    eraseOf: (person, until, current) =>
      db.run(
        `UPDATE journal SET sender = '', raw = NULL,
           conversation = CASE WHEN instr(conversation, ?1) > 0 OR ${namesPerson('journal.room')} THEN NULL ELSE conversation END,
           room = CASE WHEN ${namesPerson('journal.room')} THEN '' ELSE room END,
           status = CASE status WHEN 'waiting' THEN 'done' ELSE status END
         WHERE sender = ?1 AND received_at <= ?2 AND (event_id = ?3 OR status NOT IN ('waiting', 'undecryptable'))`,
        person,
        until,
        current ?? '',
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
    eventId: readEventId(row, 'event_id'),
    room: readRoomId(row, 'room'),
    sender: readUserId(row, 'sender'),
    status: readText(row, 'status') as JournalStatus,
    session: readTextOrNull(row, 'session'),
    sentAt: readNumber(row, 'sent_at'),
    receivedAt: readNumber(row, 'received_at'),
    attempts: readNumber(row, 'attempts'),
    late: readFlag(row, 'late'),
    raw: readTextOrNull(row, 'raw') ?? '{}',
  };
}

/** '' when it was the event as a whole that could not be read. */
function readType(raw: string): string {
  try {
    const event = JSON.parse(raw) as { type?: unknown } | null;
    return typeof event?.type === 'string' ? event.type : '';
  } catch {
    return '';
  }
}
