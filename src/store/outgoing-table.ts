import type { Origin, OutgoingContent, OutgoingMessage } from '../messages/outgoing-message.ts';
import { namesPerson } from './names-person.ts';
import type { Database } from './open-database.ts';
import {
  type Row,
  readCount,
  readFlag,
  readJson,
  readJsonOrNull,
  readNumber,
  readText,
  readTextOrNull,
} from './read-row.ts';

export interface StoredOutgoing extends OutgoingMessage {
  readonly seq: number;
  readonly createdAt: number;
  /** A send may have reached the homeserver, though we never knew. */
  readonly attempted: boolean;
  /** Exactly what was, or will be, sent in an encrypted room: a resend must be the same bytes. */
  readonly encrypted: { readonly type: string; readonly content: object } | null;
}

export interface SentMessage {
  readonly id: string;
  readonly kind: OutgoingContent['type'];
  readonly origin: Origin;
  readonly turnId: string;
  readonly conversation: string;
  readonly agent: string;
  readonly thread: string | null;
  readonly eventId: string | null;
  readonly room: string | null;
  readonly status: 'waiting' | 'sent' | 'failed' | 'cancelled';
  readonly attempted: boolean;
  readonly address: string;
}

export interface OutgoingTable {
  /** Ignored when the id is already there. */
  add(message: OutgoingMessage, now: number): void;
  /** In order; `after` is the last `seq` already known. */
  readWaiting(after: number, limit: number): StoredOutgoing[];
  countWaiting(): number;
  find(id: string): SentMessage | null;
  findByEvent(eventId: string): SentMessage | null;
  findByTurn(turnId: string): SentMessage[];
  /** Before the send: from here on, the message may be in the room. */
  markAttempted(id: string, encrypted: { readonly type: string; readonly content: object } | null): void;
  /** Refused in its thread: what was made for it is forgotten, and it goes into the room. */
  leaveThread(id: string): void;
  /** After the send: what was said is erased, the ids stay. */
  markSent(id: string, eventId: string, room: string): void;
  markFailed(id: string, reason: string): void;
  /** Not sent yet and never tried: will not be. True when it was so. */
  cancel(id: string): boolean;
  cancelRoom(room: string, reason: string): number;
  /** Of what was made until then; what is still to be sent stays, and `awaits` tells whether there is any. */
  eraseOf(agent: string, until: number): number;
  awaits(agent: string, until: number): boolean;
  eraseOld(before: number): number;
}

const sentColumns =
  'id, kind, origin, turn, conversation, person, thread, event_id, room, status, attempted, address';

export function createOutgoingTable(db: Database): OutgoingTable {
  return {
    add(message, now) {
      db.run(
        `INSERT INTO outgoing (id, kind, origin, turn, conversation, address, person, thread, content, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
        message.id,
        message.content.type,
        message.origin,
        message.turnId,
        message.conversation,
        message.address,
        message.agent,
        message.thread,
        JSON.stringify(message.content),
        now,
      );
    },
    readWaiting: (after, limit) =>
      db
        .all(`SELECT * FROM outgoing WHERE status = 'waiting' AND seq > ? ORDER BY seq LIMIT ?`, after, limit)
        .map(toStored),
    countWaiting: () => readCount(db.get(`SELECT count(*) AS n FROM outgoing WHERE status = 'waiting'`)),
    find: (id) => toSent(db.get(`SELECT ${sentColumns} FROM outgoing WHERE id = ?`, id)),
    findByEvent: (eventId) =>
      toSent(db.get(`SELECT ${sentColumns} FROM outgoing WHERE event_id = ?`, eventId)),
    findByTurn: (turn) =>
      db
        .all(`SELECT ${sentColumns} FROM outgoing WHERE turn = ? ORDER BY seq`, turn)
        .map((row) => toSent(row))
        .filter((sent) => sent !== null),
    markAttempted(id, encrypted) {
      db.run(
        'UPDATE outgoing SET attempted = 1, encrypted = coalesce(?, encrypted) WHERE id = ?',
        encrypted === null ? null : JSON.stringify(encrypted),
        id,
      );
    },
    leaveThread(id) {
      db.run('UPDATE outgoing SET thread = NULL, encrypted = NULL WHERE id = ?', id);
    },
    markSent(id, eventId, room) {
      db.run(
        `UPDATE outgoing SET status = 'sent', event_id = ?, room = ?, content = NULL, encrypted = NULL WHERE id = ?`,
        eventId,
        room,
        id,
      );
    },
    markFailed(id, reason) {
      db.run(
        `UPDATE outgoing SET status = 'failed', reason = ?, content = NULL, encrypted = NULL WHERE id = ?`,
        reason,
        id,
      );
    },
    cancel: (id) =>
      db.run(
        `UPDATE outgoing SET status = 'cancelled', content = NULL WHERE id = ? AND status = 'waiting' AND attempted = 0`,
        id,
      ) > 0,
    cancelRoom: (room, reason) =>
      db.run(
        `UPDATE outgoing SET status = 'cancelled', reason = ?, content = NULL, encrypted = NULL
         WHERE address = ? AND status = 'waiting'`,
        reason,
        room,
      ),
    eraseOf: (person, until) =>
      db.run(
        // The key of a conversation in a salon, an address that no room was found for, and a direct message name the person.
        `UPDATE outgoing SET person = '', content = NULL, encrypted = NULL,
           conversation = CASE WHEN instr(conversation, ?1) > 0 OR ${namesPerson('outgoing.conversation')} THEN '' ELSE conversation END,
           address = CASE WHEN instr(address, ?1) > 0 OR ${namesPerson('outgoing.address')} THEN '' ELSE address END,
           room = CASE WHEN ${namesPerson('outgoing.room')} THEN NULL ELSE room END
         WHERE person = ?1 AND created_at <= ?2 AND status <> 'waiting'`,
        person,
        until,
      ),
    awaits: (person, until) =>
      db.get(
        `SELECT 1 FROM outgoing WHERE person = ? AND created_at <= ? AND status = 'waiting' LIMIT 1`,
        person,
        until,
      ) !== undefined,
    eraseOld: (before) => db.run(`DELETE FROM outgoing WHERE created_at < ? AND status <> 'waiting'`, before),
  };
}

function toStored(row: Row): StoredOutgoing {
  return {
    seq: readNumber(row, 'seq'),
    id: readText(row, 'id'),
    origin: readText(row, 'origin') as Origin,
    turnId: readText(row, 'turn'),
    conversation: readText(row, 'conversation'),
    address: readText(row, 'address'),
    agent: readText(row, 'person'),
    thread: readTextOrNull(row, 'thread'),
    content: readJson<OutgoingContent>(row, 'content'),
    createdAt: readNumber(row, 'created_at'),
    attempted: readFlag(row, 'attempted'),
    encrypted: readJsonOrNull(row, 'encrypted'),
  };
}

function toSent(row: Row | undefined): SentMessage | null {
  if (!row) return null;
  return {
    id: readText(row, 'id'),
    kind: readText(row, 'kind') as SentMessage['kind'],
    origin: readText(row, 'origin') as Origin,
    turnId: readText(row, 'turn'),
    conversation: readText(row, 'conversation'),
    agent: readText(row, 'person'),
    thread: readTextOrNull(row, 'thread'),
    eventId: readTextOrNull(row, 'event_id'),
    room: readTextOrNull(row, 'room'),
    status: readText(row, 'status') as SentMessage['status'],
    attempted: readFlag(row, 'attempted'),
    address: readText(row, 'address'),
  };
}
