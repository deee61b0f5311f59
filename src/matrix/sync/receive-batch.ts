import type { RoomId, UserId } from '../../messages/ids.ts';
import { describeError } from '../../operations/log.ts';
import type { Gap } from '../../store/gap-table.ts';
import { isStoreFailure } from '../../store/is-store-failure.ts';
import type { JournalEntry } from '../../store/journal.ts';
import type { Store } from '../../store/open-store.ts';
import { isVerification, type RoomEvent } from '../reading/parse-event.ts';
import { type ReadingContext, readEvent, readRedacted } from '../reading/read-event.ts';
import { applyRoomState } from '../rooms/apply-room-state.ts';
import type { InvitedRoom, JoinedRoom, LeftRoom, SyncBatch } from './parse-sync.ts';
import { recoverAnswers } from './recover-answers.ts';
import { findLostRooms, isNewer } from './resync.ts';

/** Milliseconds after which an answer starts with an apology. */
const lateAfter = 15 * 60_000;

export interface BatchOptions {
  readonly store: Store;
  readonly botUserId: UserId;
  readonly contextOf: (roomId: RoomId) => ReadingContext;
  readonly now: number;
  /** The token that this batch was asked from; null at the very first sync. */
  readonly since: string | null;
  /** What `state` should say of rooms known before, by room (read-current-state.ts); null: it could not be read. */
  readonly states: ReadonlyMap<RoomId, readonly RoomEvent[] | null>;
  /** What is newer than the batch's timelines, oldest first, by room: in a resync alone (resync.ts). */
  readonly newer?: ReadonlyMap<RoomId, readonly RoomEvent[]>;
  /** The homeserver came back older: what is newer than this is taken of rooms known already (resync.ts). */
  readonly resyncAfter?: number | null;
  /** Called when an event is set aside. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * Stores one batch: room state, events meant for the bot, and the token to go on from. Call it inside a transaction.
 * From there on nothing can be lost: what is journalled is handled, now or after a restart.
 * Returns the clear in-room events of device verification, which are for the encryption alone.
 */
export function receiveBatch(batch: SyncBatch, options: BatchOptions): { room: RoomId; event: RoomEvent }[] {
  const { store, now } = options;
  const lastSync = Number(store.settings.read('last-sync') ?? now);
  const away = now - lastSync > lateAfter;
  const verification: { room: RoomId; event: RoomEvent }[] = [];
  for (const room of batch.invited) receiveInvitation(room, options);
  for (const room of batch.joined) {
    const events = receiveJoined(room, options);
    for (const event of events) {
      if (isVerification(event)) verification.push({ room: room.id, event });
      else receiveSafely(room.id, event, away, options);
    }
    recoverAnswers(room.id, events, options);
  }
  for (const room of batch.left) receiveLeft(room, options);
  if (typeof options.resyncAfter === 'number') {
    for (const id of findLostRooms(batch, store)) receiveLeft({ id, timeline: [] }, options);
    store.settings.erase('resync-after');
  }
  store.settings.write('sync-token', batch.next);
  store.settings.write('last-sync', String(now));
  return verification;
}

function receiveInvitation(room: InvitedRoom, { store, botUserId }: BatchOptions): void {
  const own = room.state.find((event) => event.type === 'm.room.member' && event.stateKey === botUserId);
  if (!own) return;
  store.rooms.update(room.id, {
    membership: 'invite',
    inviter: own.sender,
    note: null,
    direct: own.content['is_direct'] === true || undefined,
  });
}

/** Takes the room's state; returns the events to look at, oldest first. */
function receiveJoined(room: JoinedRoom, options: BatchOptions): readonly RoomEvent[] {
  const { store, botUserId, states, now, resyncAfter = null } = options;
  const first = options.since === null && resyncAfter === null;
  const newly = store.rooms.read(room.id)?.membership !== 'join';
  // Members who came after the homeserver's copy was made are in its state no more.
  if (resyncAfter !== null) store.rooms.forgetMembers(room.id);
  const current = states.get(room.id);
  for (const event of current ? [] : room.state) applyRoomState(store.rooms, room.id, event, botUserId);
  const given = [...(options.newer?.get(room.id) ?? []), ...room.timeline];
  noteGap(room, newly, options);
  for (const event of given) {
    if (event.stateKey !== null) applyRoomState(store.rooms, room.id, event, botUserId);
  }
  for (const event of current ?? []) applyRoomState(store.rooms, room.id, event, botUserId);
  if (current === null) store.rooms.update(room.id, { stateKnown: false });
  const timeline = resyncAfter === null ? given : given.filter((event) => isNewer(event, resyncAfter, now));
  if (!newly) return timeline;
  // A room that comes into view comes with its whole state (client-server specification, « Syncing »).
  store.rooms.update(room.id, { membership: 'join', stateKnown: true, note: null });
  // At the very first sync nothing says what was answered before, by another installation perhaps: nothing is answered.
  if (first) return [];
  const arrival = timeline.findLastIndex((event) => isArrival(event, botUserId));
  const joined = timeline[arrival];
  const spoke = hasSpoken(timeline.slice(arrival + 1), botUserId);
  if (joined && store.notices.claim(room.id, 'arrival', now) && !spoke)
    journal(room.id, joined, false, options);
  // What was said before the bot joined was not said to it.
  return timeline.slice(arrival + 1);
}

/**
 * What a limited timeline left out is read beside the sync (read-gap.ts), so that a room whose history hangs holds up no
 * other; what came after it in this room waits for it. When the bot's join is in the timeline, all of it came before.
 */
function noteGap(
  { id, limited, previous, timeline }: JoinedRoom,
  newly: boolean,
  { store, botUserId, since, now }: BatchOptions,
): void {
  if (!limited || previous === null || since === null) return;
  if (newly && timeline.some((event) => isArrival(event, botUserId))) return;
  const afterSeq = store.journal.readLastSeq();
  store.gaps.add({ room: id, from: previous, to: since, fromJoin: newly, since: now, afterSeq });
}

export type GapOptions = Pick<BatchOptions, 'store' | 'botUserId' | 'contextOf' | 'onFailed'>;

/** Journals what a gap held, oldest first, before what came after it. */
export function receiveGap(gap: Gap, events: readonly RoomEvent[], options: GapOptions): void {
  const { store, botUserId } = options;
  const now = Date.now();
  store.transaction(() => {
    // A later sync has made it longer meanwhile, or its wait is over: it is read anew as it is now.
    if (!store.gaps.has(gap)) return;
    const last = store.journal.readLastSeq();
    const arrival = gap.fromJoin ? events.findLastIndex((event) => isArrival(event, botUserId)) : -1;
    const joined = events[arrival];
    const given = events.slice(arrival + 1);
    const spoke = hasSpoken(given, botUserId);
    if (joined && store.notices.claim(gap.room, 'arrival', now) && !spoke)
      journal(gap.room, joined, false, { store, now });
    for (const event of given) {
      if (isVerification(event)) continue;
      // Of two gaps that became one, what lay between them is there already, and holds its place in the order.
      if (gap.holds) store.journal.moveToEnd(gap.room, gap.afterSeq, last, event.event_id);
      receiveSafely(gap.room, event, true, { ...options, now });
    }
    recoverAnswers(gap.room, given, { ...options, now });
    if (gap.holds) store.journal.moveToEnd(gap.room, gap.afterSeq, last);
    store.gaps.remove(gap);
  });
}

/** What came after a gap waits for it no longer. */
export function releaseGap(gap: Gap, store: Store): void {
  store.transaction(() => {
    store.gaps.release(gap);
    store.journal.moveToEnd(gap.room, gap.afterSeq, store.journal.readLastSeq());
  });
}

/** What the bot has said since it came in, before the store knew the room: a device that is lost has introduced it. */
function hasSpoken(events: readonly RoomEvent[], botUserId: UserId): boolean {
  return events.some(({ sender, stateKey }) => sender === botUserId && stateKey === null);
}

/** The bot's own join, and not a change of its name, which is a membership event too. */
export function isArrival(event: RoomEvent, botUserId: UserId): boolean {
  if (event.type !== 'm.room.member' || event.stateKey !== botUserId) return false;
  const unsigned = event['unsigned'] as { prev_content?: { membership?: unknown } } | undefined;
  return event.content['membership'] === 'join' && unsigned?.prev_content?.membership !== 'join';
}

/**
 * One bad event is set aside with its error, and leaves nothing else behind: it must not hold up the batch, which would
 * come again and again. Where the store fails, on the contrary, the batch has to come again.
 */
export function receiveSafely(
  room: RoomId,
  event: RoomEvent,
  away: boolean,
  options: Pick<BatchOptions, 'store' | 'botUserId' | 'contextOf' | 'now' | 'onFailed'>,
): void {
  const { store } = options;
  try {
    store.transaction(() => receiveEvent(room, event, away, options));
  } catch (error) {
    if (isStoreFailure(error)) throw error;
    options.onFailed(error);
    store.journal.addFailed(toEntry(room, event, away, options.now), describeError(error));
  }
}

/** One event of a timeline: journalled if it is meant for the bot, or may prove to be once decrypted. */
function receiveEvent(
  room: RoomId,
  event: RoomEvent,
  away: boolean,
  options: Pick<BatchOptions, 'store' | 'botUserId' | 'contextOf' | 'now'>,
): void {
  const { store, botUserId, contextOf } = options;
  if (event.sender === botUserId) {
    // Our own message comes back in the timeline: it was sent, even if we were killed before the answer to the send.
    const sent = event.transactionId === null ? null : store.outgoing.find(event.transactionId);
    if (sent?.status === 'waiting') store.outgoing.markSent(sent.id, event.event_id, room);
    return;
  }
  if (event.stateKey !== null) return;
  if (event.type === 'm.room.encrypted') {
    if (!event.redacted && Object.keys(event.content).length > 0) journal(room, event, away, options);
    return;
  }
  if (event.type === 'm.room.redaction') dropUnansweredQuestion(room, event, store);
  if (readEvent(room, event, contextOf(room)).ok) journal(room, event, away, options);
}

/** A question deleted before it was answered is neither answered nor kept. */
function dropUnansweredQuestion(room: RoomId, event: RoomEvent, store: Store): void {
  const target = readRedacted(event);
  const question = target === null ? null : store.journal.find(target);
  if (target === null || question?.room !== room) return;
  const { status } = question;
  if (status === 'waiting' || status === 'undecryptable') store.journal.finish(target, 'ignored', 'redacted');
}

function journal(
  room: RoomId,
  event: RoomEvent,
  away: boolean,
  { store, now }: Pick<BatchOptions, 'store' | 'now'>,
): void {
  store.journal.add(toEntry(room, event, away, now));
}

function toEntry(room: RoomId, event: RoomEvent, away: boolean, now: number): JournalEntry {
  // The homeserver measures the age by its own clock, which need not agree with ours: the age is preferred to the date.
  const age = Math.min(event.age ?? Math.max(0, now - event.origin_server_ts), now);
  return {
    eventId: event.event_id,
    room,
    sender: event.sender,
    sentAt: Math.round(now - age),
    receivedAt: now,
    late: away && age > lateAfter,
    raw: JSON.stringify(event),
  };
}

function receiveLeft(room: LeftRoom, { store, botUserId }: BatchOptions): void {
  if (!store.rooms.read(room.id)) return;
  const own = room.timeline.findLast(
    (event) => event.type === 'm.room.member' && event.stateKey === botUserId,
  );
  const membership = own?.content['membership'] === 'ban' ? 'ban' : 'leave';
  const reason = membership === 'ban' ? 'banned' : 'left';
  store.rooms.update(room.id, { membership, stateKnown: false });
  store.rooms.forgetMembers(room.id);
  store.outgoing.cancelAddress(room.id, reason);
  store.journal.ignoreRoom(room.id, reason);
}
