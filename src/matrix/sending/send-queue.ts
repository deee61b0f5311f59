import { type Address, type EventId, isEventId, type RoomId, startsWith } from '../../messages/ids.ts';
import { describeError } from '../../operations/log.ts';
import type { Metrics } from '../../operations/metrics.ts';
import type { StoredOutgoing } from '../../store/outgoing-table.ts';
import { backOff, pause } from '../homeserver/back-off.ts';
import { classifyFailure, type Failure } from '../homeserver/failure.ts';
import type { Pace } from './pace.ts';
import { createUnexplainedRefusals, type UnexplainedRefusalsOptions } from './unexplained-refusals.ts';

/** Sends one stored message. `sent` and `dropped` are final and already in the store. */
export type SendOne = (message: StoredOutgoing, signal: AbortSignal) => Promise<SendResult>;
export type SendResult =
  | { readonly kind: 'sent'; readonly eventId: EventId; readonly room: RoomId }
  | { readonly kind: 'dropped'; readonly reason: string };

export interface SendQueueOptions extends UnexplainedRefusalsOptions {
  readonly sendOne: SendOne;
  readonly pace: Pace;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
  readonly onTokenRefused: (error: unknown) => void;
  readonly onSent: (message: StoredOutgoing, room: RoomId) => void;
  /** Rooms that are sent to at the same time; `pace` says how fast, this only how far a slow homeserver may lag. */
  readonly width?: number;
}

export interface SendQueue {
  /** There are new messages in the store. */
  wake(): void;
  isBusy(address: Address): boolean;
  /** Rooms with something to send. */
  readonly rooms: number;
  readonly idle: boolean;
  /** Resolves when no answer waits or is on its way, or when the signal ends; reactions may be left. */
  answersGone(): Promise<void>;
  /** Resolves when nothing is left, or when the signal ends. */
  drain(): Promise<void>;
}

const page = 500;
/** Refusals of a message in its thread, for no known reason, after which it goes beside it: Synapse has no code for that. */
const mostRefusalsInThread = 3;
/** Milliseconds after which a store that could not be read is read again. */
const readAgainAfter = 1_000;
/** Milliseconds between two tries while the account is refused, at most. */
const longestRefusal = 600_000;
/** Milliseconds that a reaction waits for the answers of others, at most. */
const longestReactionWait = 30_000;
/** Milliseconds between two looks at whether a reaction may go. */
const targetPoll = 250;
const reactionLane = 'reactions ';

/** What takes a reaction away goes after it, and no sooner than reactions do. */
function laneOf({ content, origin, address }: StoredOutgoing): string {
  return content.type === 'reaction' || origin === 'reaction' ? `${reactionLane}${address}` : address;
}

/** Whether the thread may be what is refused, and not the message. */
function isOfThread({ kind }: Failure, attempt: number): boolean {
  return kind === 'rejected' || (kind === 'unexplained' && attempt >= mostRefusalsInThread);
}

function isSaid({ content: { type } }: StoredOutgoing): boolean {
  return type === 'message' || type === 'media' || type === 'edit';
}

/**
 * What is stored goes out: in order within a room, each room in its turn (one message a turn, so that a long answer
 * holds nobody up), at the set pace; reactions when no answer waits. A message leaves the queue when the homeserver has
 * it, or will never take it.
 */
export function createSendQueue(options: SendQueueOptions): SendQueue {
  const { store, pace, log, metrics, signal } = options;
  const width = options.width ?? 32;
  const queues = new Map<string, StoredOutgoing[]>();
  /** Lanes whose first message may go, in the order of their turns. */
  const ready: string[] = [];
  /** The same for reactions, which go when no answer waits: people wait for words. */
  const readyReactions: string[] = [];
  /** Failures in a row of the first message of a lane. */
  const attempts = new Map<string, number>();
  /** Refusals in a row of the account as a whole. */
  let refusals = 0;
  const unexplained = createUnexplainedRefusals(options);
  let lastSeq = 0;
  let sending = 0;
  let pumping = false;
  let reacting = false;
  let answering = 0;
  /** One promise for all who wait for the same thing: under a load that never ends, one more a sync would pile up. */
  const waiters = new Map<() => boolean, PromiseWithResolvers<void>>();

  function wake(): void {
    try {
      readWaiting();
    } catch (error) {
      log.warn('Base de données : lecture impossible', { cause: describeError(error) });
      // Whoever wakes the queue need not come back soon, in a quiet night.
      void pause(readAgainAfter, signal).then(() => signal.aborted || wake());
    }
    void pump();
  }

  function readWaiting(): void {
    for (;;) {
      const messages = store.outgoing.readWaiting(lastSeq, page);
      for (const message of messages) {
        lastSeq = message.seq;
        const lane = laneOf(message);
        const queue = queues.get(lane);
        if (queue) queue.push(message);
        else {
          queues.set(lane, [message]);
          makeReady(lane);
        }
      }
      if (messages.length < page) return;
    }
  }

  async function pump(): Promise<void> {
    if (pumping) return;
    pumping = true;
    while (sending < width && !signal.aborted && (ready.length > 0 || reactionMayGo())) {
      await pace.take(signal);
      const lane = ready.shift() ?? (reactionMayGo() ? readyReactions.shift() : undefined);
      const message = lane === undefined ? undefined : queues.get(lane)?.[0];
      if (lane === undefined || message === undefined || signal.aborted) break;
      const isReaction = lane.startsWith(reactionLane);
      sending += 1;
      if (isReaction) reacting = true;
      else answering += 1;
      void sendFirst(lane, message).finally(() => {
        sending -= 1;
        if (isReaction) reacting = false;
        else answering -= 1;
        void pump();
        release();
      });
    }
    pumping = false;
  }

  /** Reactions go one at a time, when no answer waits or is on its way, or when the oldest reaction has waited long enough. */
  function reactionMayGo(): boolean {
    const [lane] = readyReactions;
    const first = lane === undefined ? undefined : queues.get(lane)?.[0];
    if (first === undefined || reacting) return false;
    return areAnswersGone() || Date.now() - first.createdAt > longestReactionWait;
  }

  function areAnswersGone(): boolean {
    return ready.length === 0 && answering === 0;
  }

  function isIdle(): boolean {
    return queues.size === 0 && sending === 0;
  }

  /** Never rejects: where the store fails nothing is settled, and the same message is tried again. */
  async function sendFirst(lane: string, message: StoredOutgoing): Promise<void> {
    try {
      await trySend(lane, message);
    } catch (error) {
      if (signal.aborted) return;
      const attempt = (attempts.get(lane) ?? 0) + 1;
      attempts.set(lane, attempt);
      log.warn('Base de données : envoi à reprendre', {
        envoi: log.hash(message.id),
        essai: attempt,
        cause: describeError(error),
      });
      retryLater(lane, backOff(attempt));
    }
  }

  async function trySend(lane: string, message: StoredOutgoing): Promise<void> {
    // The message was cancelled while it waited: its question was deleted, or the bot was shown out of the room.
    if (store.outgoing.find(message.id)?.status !== 'waiting') return next(lane);
    // The message that the reaction goes under is in the other lane, and has not been sent yet.
    const target = message.content.type === 'reaction' ? message.content.of : null;
    if (target !== null && !isEventId(target) && store.outgoing.find(target)?.status === 'waiting') {
      return retryLater(lane, targetPoll);
    }
    try {
      finish(message, await options.sendOne(message, signal));
      next(lane);
    } catch (error) {
      if (signal.aborted) return;
      const attempt = (attempts.get(lane) ?? 0) + 1;
      const failure = classifyFailure(error);
      metrics.count('assistant_send_failures_total', failure.kind);
      if (message.thread !== null && isOfThread(failure, attempt)) return putBesideThread(lane, message);
      const wait = react(lane, message, failure, error, attempt);
      if (wait === null) return next(lane);
      attempts.set(lane, attempt);
      retryLater(lane, wait);
    }
  }

  /**
   * No thread can start from a message that stands in one, or replaces one (client-server specification, « Threading »);
   * better beside it than not at all. A refused send leaves its transaction id free.
   */
  function putBesideThread(lane: string, message: StoredOutgoing): void {
    store.outgoing.leaveThread(message.id);
    queues.get(lane)?.splice(0, 1, { ...message, thread: null, encrypted: null });
    makeReady(lane);
  }

  /** The lane waits without holding one of the places: rooms in trouble must not stop the others. */
  function retryLater(lane: string, wait: number): void {
    void pause(wait, signal).then(() => {
      makeReady(lane);
      void pump();
    });
  }

  function makeReady(lane: string): void {
    (lane.startsWith(reactionLane) ? readyReactions : ready).push(lane);
  }

  /** Milliseconds to wait before trying again, or null when there is no use. */
  function react(
    lane: string,
    message: StoredOutgoing,
    failure: Failure,
    error: unknown,
    attempt: number,
  ): number | null {
    switch (failure.kind) {
      case 'rate-limited':
        // The limit is on the account: the other rooms wait as well.
        pace.hold(failure.retryAfter);
        return failure.retryAfter;
      case 'unexplained':
        return countRefusal(message, failure.reason);
      case 'trouble':
        if (failure.answered && unexplained.othersPass(lane)) return countRefusal(message, failure.reason);
        log.warn('Envoi impossible pour le moment, nouvel essai', {
          envoi: log.hash(message.id),
          essai: attempt,
          cause: describeError(error),
        });
        return backOff(attempt);
      case 'account': {
        // Every room would be refused alike: all of them wait, and one is asked later.
        refusals += 1;
        const wait = backOff(refusals, 5_000, longestRefusal);
        log.error('Le serveur refuse les envois du compte, nouvel essai plus tard', {
          code: failure.code,
          attente_ms: Math.round(wait),
        });
        pace.hold(wait);
        return wait;
      }
      case 'forbidden':
        if (isSaid(message)) {
          closeRoom(message, failure.reason);
          return null;
        }
        // A refused reaction or deletion (no right to it, nothing left to delete) does not mean that messages are refused.
        giveUp(message, failure.reason);
        return null;
      case 'rejected':
        giveUp(message, failure.reason);
        return null;
      case 'token':
        options.onTokenRefused(error);
        return backOff(attempt, 5_000);
    }
  }

  function countRefusal(message: StoredOutgoing, reason: string): number | null {
    const wait = unexplained.count(message, reason);
    // Administrators may have been told.
    if (wait === null) wake();
    return wait;
  }

  function giveUp(message: StoredOutgoing, reason: string): void {
    log.error('Message refusé par le serveur, abandonné', {
      envoi: log.hash(message.id),
      cause: reason,
    });
    store.outgoing.markFailed(message.id, reason);
  }

  function closeRoom(message: StoredOutgoing, reason: string): void {
    const { address } = message;
    log.warn('Salon fermé à l’assistant : plus rien n’y sera envoyé', {
      salon: log.hash(address),
      cause: reason,
    });
    store.transaction(() => {
      store.outgoing.markFailed(message.id, reason);
      store.outgoing.cancelAddress(address, 'room closed');
      if (startsWith(address, '!')) store.rooms.update(address, { note: 'forbidden' });
    });
  }

  /** A send that went through shows that the bot may speak in the room again, whatever it was refused before. */
  function reopenRoom(room: RoomId): void {
    if (store.rooms.read(room)?.note === 'forbidden') store.rooms.update(room, { note: null });
  }

  function finish(message: StoredOutgoing, result: SendResult): void {
    switch (result.kind) {
      case 'sent':
        refusals = 0;
        unexplained.notePassed();
        store.outgoing.markSent(message.id, result.eventId, result.room);
        if (isSaid(message)) reopenRoom(result.room);
        metrics.count('assistant_sent_total', message.content.type);
        options.onSent(message, result.room);
        break;
      case 'dropped':
        store.outgoing.markFailed(message.id, result.reason);
        metrics.count('assistant_send_failures_total', 'dropped');
        log.warn('Message abandonné', { envoi: log.hash(message.id), cause: result.reason });
        break;
    }
  }

  function next(lane: string): void {
    attempts.delete(lane);
    unexplained.forget(lane);
    const queue = queues.get(lane);
    queue?.shift();
    if (queue && queue.length > 0) makeReady(lane);
    else queues.delete(lane);
  }

  function until(done: () => boolean): Promise<void> {
    if (signal.aborted || done()) return Promise.resolve();
    const waiter = waiters.get(done) ?? Promise.withResolvers<void>();
    waiters.set(done, waiter);
    return waiter.promise;
  }

  function release(): void {
    for (const [done, { resolve }] of waiters) {
      if (!signal.aborted && !done()) continue;
      waiters.delete(done);
      resolve();
    }
  }
  signal.addEventListener('abort', release, { once: true });

  return {
    wake,
    isBusy: (address) => queues.has(address),
    get rooms() {
      return queues.size;
    },
    get idle() {
      return isIdle();
    },
    answersGone: () => until(areAnswersGone),
    drain: () => until(isIdle),
  };
}
