import { describeError } from '../../operations/log.ts';
import { isStoreFailure } from '../../store/is-store-failure.ts';
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
  readonly botUserId: string;
  readonly contextOf: (roomId: string) => ReadingContext;
  readonly now: number;
  /** The very first sync: what it gives is history, and gets no answer. */
  readonly first: boolean;
  /** Events that a limited timeline left out, oldest first, by room. */
  readonly gaps: ReadonlyMap<string, readonly RoomEvent[]>;
  /** What `state` should say of rooms known before, by room (read-current-state.ts); null: it could not be read. */
  readonly states: ReadonlyMap<string, readonly RoomEvent[] | null>;
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
export function receiveBatch(batch: SyncBatch, options: BatchOptions): { room: string; event: RoomEvent }[] {
  const { store, now } = options;
  const lastSync = Number(store.settings.read('last-sync') ?? now);
  const away = now - lastSync > lateAfter;
  const verification: { room: string; event: RoomEvent }[] = [];
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
  const { store, botUserId, first, gaps, states, now, resyncAfter = null } = options;
  const newly = store.rooms.read(room.id)?.membership !== 'join';
  // Members who came after the homeserver's copy was made are in its state no more.
  if (resyncAfter !== null) store.rooms.forgetMembers(room.id);
  const current = states.get(room.id);
  for (const event of current ? [] : room.state) applyRoomState(store.rooms, room.id, event, botUserId);
  const given = [...(gaps.get(room.id) ?? []), ...room.timeline];
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
  // What the bot has said since it came in, before the store knew the room: a device that is lost has introduced it.
  const hasSpoken = timeline.some(({ sender, stateKey }, index) => {
    return index > arrival && sender === botUserId && stateKey === null;
  });
  if (joined && store.notices.claim(room.id, 'arrival', now) && !hasSpoken)
    journal(room.id, joined, false, options);
  // What was said before the bot joined was not said to it.
  return timeline.slice(arrival + 1);
}

/** The bot's own join, and not a change of its name, which is a membership event too. */
function isArrival(event: RoomEvent, botUserId: string): boolean {
  if (event.type !== 'm.room.member' || event.stateKey !== botUserId) return false;
  const unsigned = event['unsigned'] as { prev_content?: { membership?: unknown } } | undefined;
  return event.content['membership'] === 'join' && unsigned?.prev_content?.membership !== 'join';
}

/**
 * One bad event is set aside with its error, and leaves nothing else behind: it must not hold up the batch, which would
 * come again and again. Where the store fails, on the contrary, the batch has to come again.
 */
function receiveSafely(room: string, event: RoomEvent, away: boolean, options: BatchOptions): void {
  const { store } = options;
  try {
    store.transaction(() => receiveEvent(room, event, away, options));
  } catch (error) {
    if (isStoreFailure(error)) throw error;
    options.onFailed(error);
    store.journal.addFailed(event.event_id, room, event.sender, options.now, describeError(error));
  }
}

/** One event of a timeline: journalled if it is meant for the bot, or may prove to be once decrypted. */
export function receiveEvent(
  room: string,
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
function dropUnansweredQuestion(room: string, event: RoomEvent, store: Store): void {
  const target = readRedacted(event);
  const question = target === null ? null : store.journal.find(target);
  if (target === null || question?.room !== room) return;
  const { status } = question;
  if (status === 'waiting' || status === 'undecryptable') store.journal.finish(target, 'ignored', 'redacted');
}

function journal(
  room: string,
  event: RoomEvent,
  away: boolean,
  { store, now }: Pick<BatchOptions, 'store' | 'now'>,
): void {
  // The homeserver measures the age by its own clock, which need not agree with ours: the age is preferred to the date.
  const age = Math.min(event.age ?? Math.max(0, now - event.origin_server_ts), now);
  store.journal.add({
    eventId: event.event_id,
    room,
    sender: event.sender,
    sentAt: Math.round(now - age),
    receivedAt: now,
    late: away && age > lateAfter,
    raw: JSON.stringify(event),
  });
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
  store.outgoing.cancelRoom(room.id, reason);
  store.journal.ignoreRoom(room.id, reason);
}
