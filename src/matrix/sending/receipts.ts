import type { EventId, RoomId, UserId } from '../../messages/ids.ts';
import type { IncomingMessage } from '../../messages/incoming-message.ts';
import type { Homeserver } from '../homeserver/homeserver.ts';
import type { Pace } from './pace.ts';
import type { SendQueue } from './send-queue.ts';

/** Milliseconds after which an answer that has not been sent is announced by a typing notice. */
const typingAfter = 400;
/** Rooms waiting for an answer above which no typing notice is sent: it would be one more call before their answers. */
const busyAbove = 4;
/** Milliseconds from a message to its receipt, at least: the answer itself may come sooner. */
const receiptAfter = 1_000;
/** Milliseconds without a message taken or sent before the receipts of answered messages go. */
const quietTime = 2_000;
const receiptPoll = 250;

interface Unread {
  readonly event: EventId;
  readonly at: number;
  answered: boolean;
}

/**
 * Read receipts and typing notices: nice to have, never at the cost of an answer. They go one at a time, when nothing
 * else has to, and are forgotten when they fail. An answer shows that the question was read (clients move the reader's
 * mark to what they wrote last): its receipt waits for a moment of quiet.
 */
export function createReceipts(options: {
  readonly homeserver: Homeserver;
  readonly botUserId: UserId;
  readonly pace: Pace;
  readonly sendQueue: SendQueue;
  readonly signal: AbortSignal;
}): { taken(message: IncomingMessage): void; sent(room: RoomId): void } {
  const { homeserver, botUserId, pace, sendQueue, signal } = options;
  /** Latest event read, by room; oldest first. */
  const unread = new Map<RoomId, Unread>();
  let timer: NodeJS.Timeout | null = null;
  let lastActivity = 0;
  let calling = false;

  function taken(message: IncomingMessage): void {
    if (message.input.type === 'arrival' || message.input.type === 'deletion') return;
    lastActivity = performance.now();
    unread.delete(message.room);
    unread.set(message.room, { event: message.id, at: lastActivity, answered: false });
    schedule();
    setTimeout(() => announceTyping(message.room), typingAfter).unref();
  }

  function sent(room: RoomId): void {
    lastActivity = performance.now();
    const mark = unread.get(room);
    if (mark) mark.answered = true;
  }

  function schedule(): void {
    if (timer !== null || signal.aborted) return;
    timer = setTimeout(sendReceipt, receiptPoll);
    timer.unref();
  }

  function sendReceipt(): void {
    timer = null;
    const due = findDue(performance.now());
    if (due && !calling && sendQueue.idle && !signal.aborted && pace.takeSpare()) {
      const [room, { event }] = due;
      unread.delete(room);
      const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/receipt/m.read/${encodeURIComponent(event)}`;
      makeCall(homeserver.call('POST', path, undefined, {}, { signal }));
    }
    if (unread.size > 0) schedule();
  }

  function findDue(now: number): [RoomId, Unread] | undefined {
    const quiet = now - lastActivity > quietTime;
    for (const entry of unread) {
      const [, { at, answered }] = entry;
      // The map is in order of age: the entries after this one are younger still.
      if (now - at < receiptAfter) return undefined;
      if (quiet || !answered) return entry;
    }
    return undefined;
  }

  function announceTyping(room: RoomId): void {
    if (calling || sendQueue.rooms > busyAbove || !sendQueue.isBusy(room) || signal.aborted) return;
    if (!pace.takeSpare()) return;
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/typing/${encodeURIComponent(botUserId)}`;
    makeCall(homeserver.call('PUT', path, undefined, { typing: true, timeout: 10_000 }, { signal }));
  }

  function makeCall(call: Promise<unknown>): void {
    calling = true;
    call
      .catch(() => undefined)
      .finally(() => {
        calling = false;
      });
  }

  return { taken, sent };
}
