import type { IncomingMessage } from '../incoming-message.ts';
import type { Homeserver } from './homeserver.ts';
import type { Pace } from './pace.ts';
import type { SendQueue } from './send-queue.ts';

/** An answer that has not gone by then is announced by a typing notice. */
const typingAfter = 400;
const receiptAfter = 250;

/**
 * Read receipts and typing notices: nice to have, never at the cost of an answer. They go when nothing else has to, and
 * are forgotten when they fail.
 */
export function createCourtesies(options: {
  readonly homeserver: Homeserver;
  readonly botUserId: string;
  readonly pace: Pace;
  readonly sendQueue: SendQueue;
  readonly signal: AbortSignal;
}): { taken(message: IncomingMessage): void } {
  const { homeserver, botUserId, pace, sendQueue, signal } = options;
  /** Latest event read, by room. */
  const unread = new Map<string, string>();
  let timer: NodeJS.Timeout | null = null;

  function taken(message: IncomingMessage): void {
    if (message.input.type === 'arrival' || message.input.type === 'deletion') return;
    unread.set(message.room, message.id);
    schedule();
    const announce = setTimeout(() => announceTyping(message.room), typingAfter);
    announce.unref();
  }

  function schedule(): void {
    if (timer !== null || signal.aborted) return;
    timer = setTimeout(sendReceipts, receiptAfter);
    timer.unref();
  }

  function sendReceipts(): void {
    timer = null;
    for (const [room, event] of unread) {
      if (!sendQueue.idle || signal.aborted || !pace.takeSpare()) break;
      unread.delete(room);
      const at = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}`;
      forget(
        homeserver.call(
          'POST',
          `${at}/receipt/m.read/${encodeURIComponent(event)}`,
          undefined,
          {},
          { signal },
        ),
      );
    }
    if (unread.size > 0) schedule();
  }

  function announceTyping(room: string): void {
    if (!sendQueue.isBusy(room) || signal.aborted || !pace.takeSpare()) return;
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/typing/${encodeURIComponent(botUserId)}`;
    forget(homeserver.call('PUT', path, undefined, { typing: true, timeout: 10_000 }, { signal }));
  }

  return { taken };
}

function forget(call: Promise<unknown>): void {
  call.catch(() => undefined);
}
