import type { ShownReaction } from '../messages/compose.ts';
import type { Address, EventId, MessageReference, OutgoingId, RoomId, UserId } from '../messages/ids.ts';
import type { Origin, OutgoingContent, OutgoingMessage } from '../messages/outgoing-message.ts';
import { namesPerson } from './names-person.ts';
import type { Database } from './open-database.ts';
import {
  type Row,
  readAddress,
  readCount,
  readErasable,
  readEventId,
  readFlag,
  readJson,
  readJsonOrNull,
  readMessageReference,
  readNumber,
  readOrNull,
  readOutgoingId,
  readRoomId,
  readText,
  readUserId,
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
  readonly id: OutgoingId;
  readonly kind: OutgoingContent['type'];
  readonly origin: Origin;
  readonly turnId: string;
  readonly conversation: string;
  /** Empty when it is nobody's, or is no longer kept. */
  readonly agent: UserId | '';
  readonly thread: MessageReference | null;
  readonly eventId: EventId | null;
  readonly room: RoomId | null;
  readonly status: 'waiting' | 'sent' | 'failed' | 'cancelled';
  readonly attempted: boolean;
  /** Empty once forgotten, if it named the person. */
  readonly address: Address | '';
}

/** A message that the homeserver would not take, without saying why: kept for whoever repairs the cause. */
export interface SetAsideMessage {
  readonly address: Address;
  readonly reason: string;
  readonly createdAt: number;
}

export interface OutgoingTable {
  /** Ignored when the id is already there. */
  add(message: OutgoingMessage, now: number): void;
  /** In order; `after` is the last `seq` already known. */
  readWaiting(after: number, limit: number): StoredOutgoing[];
  countWaiting(): number;
  find(id: OutgoingId): SentMessage | null;
  findByEvent(eventId: EventId): SentMessage | null;
  findByTurn(turnId: string): SentMessage[];
  /** The reactions of the bot that are under the answer of this turn, or will be. */
  readShownReactions(turn: string): ShownReaction[];
  /** Before the send: from here on, the message may be in the room. */
  markAttempted(id: OutgoingId, encrypted: { readonly type: string; readonly content: object } | null): void;
  /** Refused in its thread: what was made for it is forgotten, and it goes into the room. */
  leaveThread(id: OutgoingId): void;
  /** After the send: what was said is erased, the ids stay, and the signs that the bot put under its own answers. */
  markSent(id: OutgoingId, eventId: EventId, room: RoomId): void;
  markFailed(id: OutgoingId, reason: string): void;
  /** Refused for no known reason, once more: how often, over all starts. */
  countRefusal(id: OutgoingId): number;
  /** Will not be sent before somebody asks for it; its text stays until its retention. */
  setAside(id: OutgoingId, reason: string): void;
  /** Latest first. */
  listSetAside(limit: number): SetAsideMessage[];
  countSetAside(): number;
  /** All of them wait again, after what waits; returns how many. */
  retrySetAside(): number;
  /** Not sent yet and never tried: will not be. True when it was so. */
  cancel(id: OutgoingId): boolean;
  /** What waits for this room, or for this person, is not sent. */
  cancelAddress(address: Address, reason: string): number;
  /** Of what was made until then; what is still to be sent stays, and `awaits` tells whether there is any. */
  eraseOf(agent: UserId, until: number): number;
  awaits(agent: UserId, until: number): boolean;
  eraseOld(before: number): number;
}

const sentColumns =
  'id, kind, origin, turn, conversation, person, thread, event_id, room, status, attempted, address';

const isSetAside = `status = 'failed' AND content IS NOT NULL`;

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
    readShownReactions(turn) {
      const shown = new Map<string, ShownReaction>();
      const rows = db.all(
        `SELECT id, kind, content FROM outgoing
         WHERE turn = ? AND origin = 'reaction' AND status IN ('waiting', 'sent') ORDER BY seq`,
        turn,
      );
      for (const row of rows) {
        const content = readJsonOrNull<OutgoingContent>(row, 'content');
        if (content?.type === 'redaction') shown.delete(content.of);
        // The versions before erased the sign of a reaction once it was sent.
        if (readText(row, 'kind') !== 'reaction') continue;
        const id = readOutgoingId(row, 'id');
        shown.set(id, { id, key: content?.type === 'reaction' ? content.key : null });
      }
      return [...shown.values()];
    },
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
        `UPDATE outgoing SET status = 'sent', event_id = ?, room = ?, encrypted = NULL,
           content = CASE origin WHEN 'reaction' THEN content END WHERE id = ?`,
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
    countRefusal(id) {
      db.run('UPDATE outgoing SET refusals = refusals + 1 WHERE id = ?', id);
      return readNumber(
        db.get('SELECT refusals FROM outgoing WHERE id = ?', id) ?? { refusals: 1 },
        'refusals',
      );
    },
    setAside(id, reason) {
      // What was encrypted for the members of then is made anew for those of later.
      db.run(`UPDATE outgoing SET status = 'failed', reason = ?, encrypted = NULL WHERE id = ?`, reason, id);
    },
    listSetAside: (limit) =>
      db
        .all(
          `SELECT address, reason, created_at FROM outgoing WHERE ${isSetAside} ORDER BY seq DESC LIMIT ?`,
          limit,
        )
        .map((row) => ({
          address: readAddress(row, 'address'),
          reason: readText(row, 'reason'),
          createdAt: readNumber(row, 'created_at'),
        })),
    countSetAside: () => readCount(db.get(`SELECT count(*) AS n FROM outgoing WHERE ${isSetAside}`)),
    retrySetAside() {
      const rows = db.all(`SELECT id FROM outgoing WHERE ${isSetAside} ORDER BY seq`);
      for (const row of rows) {
        // Whoever reads in order has gone past the old number.
        db.run(
          `UPDATE outgoing SET status = 'waiting', reason = NULL, refusals = 0,
             seq = (SELECT max(seq) + 1 FROM outgoing) WHERE id = ?`,
          readOutgoingId(row, 'id'),
        );
      }
      return rows.length;
    },
    cancel: (id) =>
      db.run(
        `UPDATE outgoing SET status = 'cancelled', content = NULL WHERE id = ? AND status = 'waiting' AND attempted = 0`,
        id,
      ) > 0,
    cancelAddress: (address, reason) =>
      db.run(
        `UPDATE outgoing SET status = 'cancelled', reason = ?, content = NULL, encrypted = NULL
         WHERE address = ? AND status = 'waiting'`,
        reason,
        address,
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
    id: readOutgoingId(row, 'id'),
    origin: readText(row, 'origin') as Origin,
    turnId: readText(row, 'turn'),
    conversation: readText(row, 'conversation'),
    address: readAddress(row, 'address'),
    agent: readErasable(row, 'person', readUserId),
    thread: readOrNull(row, 'thread', readMessageReference),
    content: readJson<OutgoingContent>(row, 'content'),
    createdAt: readNumber(row, 'created_at'),
    attempted: readFlag(row, 'attempted'),
    encrypted: readJsonOrNull(row, 'encrypted'),
  };
}

function toSent(row: Row | undefined): SentMessage | null {
  if (!row) return null;
  return {
    id: readOutgoingId(row, 'id'),
    kind: readText(row, 'kind') as SentMessage['kind'],
    origin: readText(row, 'origin') as Origin,
    turnId: readText(row, 'turn'),
    conversation: readText(row, 'conversation'),
    agent: readErasable(row, 'person', readUserId),
    thread: readOrNull(row, 'thread', readMessageReference),
    eventId: readOrNull(row, 'event_id', readEventId),
    room: readOrNull(row, 'room', readRoomId),
    status: readText(row, 'status') as SentMessage['status'],
    attempted: readFlag(row, 'attempted'),
    address: readErasable(row, 'address', readAddress),
  };
}
