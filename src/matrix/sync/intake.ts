import { createHash } from 'node:crypto';
import { setImmediate as nextLoop } from 'node:timers/promises';
import type { Bot } from '../../bot/bot.ts';
import { createKeyedQueue } from '../../bot/keyed-queue.ts';
import { say } from '../../conversation/rendering/say.ts';
import type { Encryption } from '../../encryption/encryption.ts';
import { EncryptionError, type EncryptionErrorCode } from '../../encryption/encryption-error.ts';
import type { Content } from '../../knowledge/content.ts';
import type { SentenceId } from '../../knowledge/sentence-catalogue.ts';
import { composeNotice, type Render } from '../../messages/compose.ts';
import type { RoomId, UserId } from '../../messages/ids.ts';
import type { IncomingMessage } from '../../messages/incoming-message.ts';
import { describeError, type Log } from '../../operations/log.ts';
import type { Metrics } from '../../operations/metrics.ts';
import { isStoreFailure } from '../../store/is-store-failure.ts';
import type { StoredEntry } from '../../store/journal.ts';
import type { Store } from '../../store/open-store.ts';
import type { AnnounceSetAside } from '../announce-set-aside.ts';
import { backOff, pause } from '../homeserver/back-off.ts';
import type { RoomEvent } from '../reading/parse-event.ts';
import { type ReadingContext, type ReadMessage, readEvent } from '../reading/read-event.ts';
import type { DecideAccess } from '../rooms/access.ts';
import { createTries, type Try } from './create-tries.ts';
import type { createFloodLimit } from './limit-flood.ts';
import { createReadEntry } from './read-entry.ts';
import { type BeforeAccess, takeBeforeAccess } from './take-before-access.ts';

export interface IntakeOptions {
  readonly store: Store;
  readonly bot: Bot;
  readonly encryption: Encryption | null;
  readonly contextOf: (roomId: RoomId) => ReadingContext;
  readonly decideAccess: DecideAccess;
  readonly decideFlood: ReturnType<typeof createFloodLimit>;
  /** A human has taken over from the bot for this person. */
  readonly isHeld: (agent: UserId) => boolean;
  readonly content: () => Content;
  readonly render: Render;
  readonly log: Log;
  readonly metrics: Metrics;
  /** There are messages to send that the bot did not make. */
  readonly onOutgoing: () => void;
  /** The bot has taken this message in hand. */
  readonly onTaken: (message: IncomingMessage) => void;
  /** For the chat commands that run before access is checked; none by default. */
  readonly beforeAccess?: BeforeAccess | undefined;
  readonly announceSetAside?: AnnounceSetAside | undefined;
  readonly clock?: (() => number) | undefined;
}

/** Takes journalled events to the bot: decrypts, reads, checks access and floods. Rooms side by side, each in order. */
export interface Intake {
  /** There are new entries in the journal. */
  wake(): void;
  /** The keys of a session have come. */
  retry(room: RoomId, session: string): void;
  /** Tells people whose messages have stayed unreadable for so long; once a session, and now and then a person. */
  tellUnreadable(olderThan: number): void;
  /** Resolves when nothing is in hand. */
  settled(): Promise<void>;
  /** Begins nothing more, and resolves when nothing is in hand. */
  drain(): Promise<void>;
}

const page = 500;
/** Milliseconds after which a journal that could not be read is read again. */
const readAgainAfter = 1_000;
/** Tries of one event, over all starts, before it is set aside. */
const mostAttempts = 5;
/** Ends of the encryption that the event in hand may have caused. The others (a full disk, a lost session) say nothing of it. */
const causedByEvents: ReadonlySet<EncryptionErrorCode> = new Set(['panic', 'stuck', 'unsupported']);
/** Entries in hand, at most: the rest waits in the journal. */
const mostInHand = 2_000;

/** Milliseconds between two sentences to one person about what cannot be read. */
const noticeEvery = 5 * 60_000;

export function createIntake(options: IntakeOptions): Intake {
  const { store, bot, encryption, contextOf, log, metrics, onOutgoing } = options;
  const clock = options.clock ?? Date.now;
  const rooms = createKeyedQueue();
  const stopping = new AbortController();
  const readEntry = createReadEntry({ encryption, log, metrics, stopping: stopping.signal });
  const tries = createTries(store.journal, (error) =>
    log.error('Base de données : écriture impossible', { cause: describeError(error) }),
  );
  let lastSeq = 0;
  let inHand = 0;
  let turn: Promise<void> = Promise.resolve();
  /** Shared by all who wait for `settled`: under a load that never ends, one more promise a sync would pile up. */
  let settling: Promise<void> | null = null;

  function wake(): void {
    try {
      readWaiting();
    } catch (error) {
      log.error('Base de données : lecture impossible', { cause: describeError(error) });
      // Whoever wakes the intake need not come back soon, in a quiet night.
      setTimeout(wake, readAgainAfter).unref();
    }
  }

  function readWaiting(): void {
    while (!stopping.signal.aborted && inHand < mostInHand) {
      const entries = store.journal.readWaiting(lastSeq, page);
      for (const entry of entries) {
        lastSeq = entry.seq;
        enqueue(entry);
      }
      if (entries.length < page) return;
    }
  }

  function enqueue(entry: StoredEntry): void {
    inHand += 1;
    void rooms
      .run(entry.room, () => takeInPatiently(entry))
      .finally(() => {
        inHand -= 1;
        if (inHand === mostInHand / 2) wake();
      });
  }

  /**
   * Trouble of ours (a full disk, a lock, the crypto library) is no fault of the event: it waits, and those of its room
   * behind it. It is set aside, where administrators can look at it, when it goes on failing by itself. Never rejects.
   */
  async function takeInPatiently(entry: StoredEntry): Promise<void> {
    for (let attempt = 1; !stopping.signal.aborted; attempt += 1) {
      const tried = tries.start(entry.eventId);
      try {
        return await takeIn(entry, tried).finally(tried.end);
      } catch (error) {
        if (stopping.signal.aborted && error === stopping.signal.reason) return;
        if (error instanceof EncryptionError) return endWithEncryption(entry, error, tried);
        if (isOver(entry, error, tried)) return;
        await pause(backOff(attempt), stopping.signal);
      }
    }
  }

  /** The encryption has failed as a whole, and the bot is about to end (docs/encryption.md): nothing more is begun. */
  function endWithEncryption(entry: StoredEntry, error: EncryptionError, tried: Try): void {
    stopping.abort();
    log.warn('Message laissé pour le prochain démarrage : le chiffrement s’est arrêté', {
      evenement: log.hash(entry.eventId),
      code: error.code,
    });
    if (!causedByEvents.has(error.code)) tried.giveBack();
  }

  /** After a failure: true when the event is set aside, false when it is to be tried again. */
  function isOver(entry: StoredEntry, error: unknown, tried: Try): boolean {
    try {
      if (isStoreFailure(error)) tried.giveBack();
      else if (tried.count() >= mostAttempts) {
        setAside(entry, describeError(error));
        return true;
      }
      log.error(
        isStoreFailure(error) ? 'Base de données : écriture impossible' : 'Événement : échec, nouvel essai',
        { evenement: log.hash(entry.eventId), cause: describeError(error) },
      );
    } catch (cause) {
      log.error('Base de données : écriture impossible', { cause: describeError(cause) });
    }
    return false;
  }

  function setAside(entry: StoredEntry, reason: string): void {
    metrics.count('assistant_failed_events_total');
    log.error('Événement mis de côté : son traitement a échoué', {
      evenement: log.hash(entry.eventId),
      cause: reason,
    });
    store.transaction(() => {
      store.journal.finish(entry.eventId, 'failed', reason);
      options.announceSetAside?.(clock());
    });
    onOutgoing();
  }

  /** Resolves in the next turn of the event loop, for one entry at a time: between two, answers leave, and /healthz is answered. */
  function takeTurn(): Promise<void> {
    turn = turn.then(() => nextLoop());
    return turn;
  }

  async function takeIn(entry: StoredEntry, tried: Try): Promise<void> {
    await takeTurn();
    // An entry that is not begun when the bot stops waits in the journal for the next start.
    if (stopping.signal.aborted) return;
    if (entry.attempts >= mostAttempts) return setAside(entry, 'the bot ended each time that it was read');
    const read = await readEntry(entry, tried);
    switch (read.kind) {
      case 'malformed':
        return setAside(entry, read.reason);
      case 'ignored':
        return ignore(entry, read.reason);
      case 'undecryptable':
        return store.journal.markUndecryptable(entry.eventId, read.session, read.reason);
      case 'clear':
        return takeEvent(entry, read.event, read.fromSignedDevice);
    }
  }

  async function takeEvent(entry: StoredEntry, event: RoomEvent, fromSignedDevice: boolean): Promise<void> {
    // The event may have been deleted while it was decrypted.
    if (store.journal.find(entry.eventId)?.status !== 'waiting') return;
    if (options.beforeAccess && takeCommand(entry, event, fromSignedDevice, options.beforeAccess)) return;
    const reading = readEvent(entry.room, event, contextOf(entry.room));
    if (!reading.ok) return ignore(entry, reading.reason);
    const sender = findSender(reading.message);
    if (sender === '') return ignore(entry, 'nobody to talk to');
    const message = { ...reading.message, sender, sentAt: entry.sentAt, late: isLate(entry) };
    // In one transaction: what is said once counts as said when it is stored, and not before.
    const turnedAway = store.transaction(() => turnAway(entry, message));
    if (turnedAway) return onOutgoing();
    options.onTaken(message);
    await bot.handle(message);
  }

  /** Runs a chat command that asks for no access, or says why not; false when the event is no such command. */
  function takeCommand(
    entry: StoredEntry,
    event: RoomEvent,
    fromSignedDevice: boolean,
    beforeAccess: BeforeAccess,
  ): boolean {
    const found = takeBeforeAccess(event, fromSignedDevice, beforeAccess);
    switch (found.type) {
      case 'none':
        return false;
      case 'refused': {
        const { id, values } = found.sentence;
        store.transaction(() => turnDown(entry, messageOf(entry), id, 'admin command', values));
        // Somebody may be writing in their name: the other administrators are told too.
        if (entry.room !== beforeAccess.adminRoom)
          beforeAccess.verification()?.tell(say(options.content(), id, values));
        onOutgoing();
        return true;
      }
      case 'command':
        void found.run();
        ignore(entry, 'admin command');
        return true;
    }
  }

  /** True when the message goes no further: its sender has no access, or writes too much. */
  function turnAway(entry: StoredEntry, message: IncomingMessage): boolean {
    const access = options.decideAccess(message.sender, message.room);
    if (!access.allowed) {
      refuse(entry, message, access.refusal);
      return true;
    }
    if (!isLimited(message)) return false;
    switch (options.decideFlood({ ...message, text: fingerprint(message) })) {
      case 'fine':
        return false;
      case 'warn':
        turnDown(entry, message, 'trop-de-messages', 'flood', { minutes: 10 });
        return true;
      case 'silent':
        ignore(entry, 'flood');
        return true;
    }
  }

  /** Not limited: deletions, which are always obeyed, and what operators and agents tell each other, which must all arrive. */
  function isLimited({ input, room, place, sender }: IncomingMessage): boolean {
    if (input.type === 'deletion' || input.type === 'arrival' || contextOf(room).alwaysCalled) return false;
    return !(place === 'dm' && options.isHeld(sender));
  }

  /** On its arrival the bot talks to the person who invited it. */
  function findSender({ input, room, sender }: ReadMessage): UserId | '' {
    return input.type === 'arrival' ? (store.rooms.read(room)?.inviter ?? '') : sender;
  }

  function isLate(entry: StoredEntry): boolean {
    return entry.late || clock() - entry.receivedAt > 15 * 60_000;
  }

  function ignore(entry: StoredEntry, reason: string): void {
    metrics.count('assistant_ignored_total', reason);
    store.journal.finish(entry.eventId, 'ignored', reason);
  }

  function refuse(entry: StoredEntry, message: IncomingMessage, refusal: SentenceId): void {
    metrics.count('assistant_refused_total', refusal);
    if (message.input.type === 'text' && store.notices.claim(message.sender, 'refused', clock())) {
      turnDown(entry, message, refusal, 'refused');
    } else ignore(entry, 'refused');
  }

  /** Answers with one sentence, without asking the conversation. */
  function turnDown(
    entry: StoredEntry,
    message: IncomingMessage,
    id: SentenceId,
    reason: string,
    values: Readonly<Record<string, string | number>> = {},
  ): void {
    metrics.count('assistant_ignored_total', reason);
    answerWith(message, id, values);
    store.journal.finish(entry.eventId, 'ignored', reason);
  }

  function answerWith(
    message: IncomingMessage,
    id: SentenceId,
    values: Readonly<Record<string, string | number>> = {},
  ): void {
    const text = say(options.content(), id, values);
    store.outgoing.add(composeNotice(message, [{ type: 'paragraph', text }], options.render), clock());
  }

  /** The crypto library announces a key once, and an exception would end the process: the store is asked until it answers. */
  async function retryPatiently(room: RoomId, session: string): Promise<void> {
    for (let attempt = 1; !stopping.signal.aborted; attempt += 1) {
      try {
        const entries = store.journal.readUndecryptable(room, session);
        store.transaction(() => {
          for (const { eventId } of entries) store.journal.markWaiting(eventId);
        });
        for (const entry of entries) enqueue(entry);
        return;
      } catch (error) {
        log.error('Base de données : écriture impossible', { cause: describeError(error), essai: attempt });
        await pause(backOff(attempt), stopping.signal);
      }
    }
  }

  /** What an answer needs to know of an event whose text does not matter. */
  function messageOf(entry: StoredEntry): IncomingMessage {
    return {
      id: entry.eventId,
      conversation: entry.room,
      room: entry.room,
      place: contextOf(entry.room).place,
      sender: entry.sender,
      thread: null,
      sentAt: entry.sentAt,
      late: false,
      input: { type: 'text', text: '' },
    };
  }

  function tellUnreadable(olderThan: number): void {
    const now = clock();
    for (const entry of store.journal.readUnreadableSessions(now - olderThan)) {
      const { place } = contextOf(entry.room);
      // In a salon, nobody knows whether an unreadable message was meant for the bot.
      if (place !== 'dm' || !options.decideAccess(entry.sender, entry.room).allowed) continue;
      const message = messageOf(entry);
      store.transaction(() => {
        const session = `${entry.room} ${entry.session ?? entry.eventId}`;
        if (!store.notices.claim(session, 'undecryptable', now)) return;
        // Sessions are the sender's to make, as many as they like.
        if (store.notices.claim(entry.sender, 'unreadable', now, now - noticeEvery)) {
          answerWith(message, 'message-illisible');
        }
      });
      onOutgoing();
    }
  }

  return {
    wake,
    retry: (room, session) => void retryPatiently(room, session),
    tellUnreadable,
    settled() {
      settling ??= rooms.drain().finally(() => {
        settling = null;
      });
      return settling;
    },
    async drain() {
      stopping.abort();
      tries.giveBackAll();
      await rooms.drain();
    },
  };
}

/** Equal for equal words, so that a repetition is noticed without keeping the text in memory. */
function fingerprint(message: IncomingMessage): string | null {
  if (message.input.type !== 'text') return null;
  return createHash('sha256').update(message.input.text.toLowerCase()).digest('base64url');
}
