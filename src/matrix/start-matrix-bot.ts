import { type BotOptions, createBot, type Handled } from '../bot/bot.ts';
import type { Desk } from '../bot/desk.ts';
import type { Brain } from '../brain/brain.ts';
import type { MatrixConfig } from '../config.ts';
import { renderReply } from '../conversation/rendering/render-reply.ts';
import { respond } from '../conversation/respond.ts';
import type { Encryption, HomeserverCall, RawEvent, RoomDirectory } from '../encryption/encryption.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import { describeError, type Log } from '../operations/log.ts';
import type { Metrics } from '../operations/metrics.ts';
import { eraseOldData } from '../store/erase-old-data.ts';
import type { Store } from '../store/open-store.ts';
import { backOff, pause } from './homeserver/back-off.ts';
import { classifyFailure, refuseToken, SessionError } from './homeserver/failure.ts';
import { type BeforeRequest, countRateLimits, toHomeserverCall } from './homeserver/homeserver.ts';
import { logIn, type Session } from './homeserver/log-in.ts';
import { createReadingContext } from './reading/reading-context.ts';
import { createAccess } from './rooms/access.ts';
import { createHousekeeping } from './rooms/housekeeping.ts';
import { createRoomDirectory } from './rooms/room-directory.ts';
import { createPace } from './sending/pace.ts';
import { createReceipts } from './sending/receipts.ts';
import { createSendOne } from './sending/send-one.ts';
import { createSendQueue } from './sending/send-queue.ts';
import { createIntake } from './sync/intake.ts';
import { createFloodLimit } from './sync/limit-flood.ts';
import { runSync } from './sync/run-sync.ts';
import { startTimers } from './timers.ts';

export interface MatrixBotOptions {
  readonly config: MatrixConfig;
  readonly idleMinutes: number;
  readonly retentionDays: number;
  readonly store: Store;
  readonly brain: () => Brain;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly desk?: Desk;
  /** Awaited before each request to the homeserver leaves. */
  readonly beforeRequest?: BeforeRequest | undefined;
  /** `!version`, `!recharger`: see admin-commands.ts. */
  readonly takeAdminCommand?: BotOptions['takeCommand'];
  /** Left out: rooms that are encrypted get nothing, and nothing is ever sent there in clear. */
  readonly openEncryption?: (
    session: Session,
    call: HomeserverCall,
    directory: RoomDirectory,
    signal: AbortSignal,
  ) => Promise<Encryption>;
  /** Encryption could not be opened: true when another login, as a new device, may do. */
  readonly renewDevice?: (error: unknown, session: Session) => Promise<boolean>;
  /** Takes an administrator's command about devices; false when the event is none. */
  readonly takeCommand?: (event: RawEvent, fromSignedDevice: boolean) => boolean;
}

export interface MatrixBot {
  /** Resolves after `stop`; rejects with a SessionError, or when encryption cannot be opened. */
  readonly done: Promise<void>;
  /** Finishes what is in hand, in 8 s at most; what is left is in the store. */
  stop(): Promise<void>;
  /** What keeps the bot from working now, in French. */
  readProblems(): Promise<readonly string[]>;
  /** There are new messages in the store (from a timer of the desk, for instance). */
  wakeSender(): void;
}

const longestStop = 8_000;
/**
 * Milliseconds that the next /sync waits for the answers to this one. Asked for before, it would be worked on by the
 * homeserver in front of them, and be woken by them a moment later: two calls for one.
 */
const longestHold = 100;
/** A sync may last 30 s when nothing happens. */
const staleSync = 120_000;

/** The bot on its homeserver: login, sync → journal → intake → bot → store → send. */
export function startMatrixBot(options: MatrixBotOptions): MatrixBot {
  const { store, log } = options;
  const stopping = new AbortController();
  let running: Running | null = null;

  async function run(): Promise<void> {
    const session = await logInPatiently(options, stopping.signal);
    if (session === null) return;
    try {
      running = await assemble(session, options, stopping.signal);
    } catch (error) {
      if (!(await options.renewDevice?.(error, session))) throw error;
      const renewed = await logInPatiently(options, stopping.signal);
      if (renewed === null) return;
      running = await assemble(renewed, options, stopping.signal);
    }
    if (stopping.signal.aborted) return;
    await running.run(stopping.signal);
  }

  const done = run();
  // Whoever awaits `done` sees the rejection; nobody may be doing so yet.
  done.catch(() => undefined);

  return {
    done,
    async stop() {
      stopping.abort();
      await done.catch(() => undefined);
      await running?.close();
      log.info('Arrêt terminé');
    },
    async readProblems() {
      const problems = running ? await running.readProblems() : ['pas encore connecté au serveur Matrix'];
      return store.isWritable() ? problems : [...problems, "la base de données n'accepte plus d'écriture"];
    },
    wakeSender: () => running?.wakeSender(),
  };
}

/** Waits for a homeserver that is down; null when asked to stop meanwhile. */
async function logInPatiently(
  { config, store, log, beforeRequest }: MatrixBotOptions,
  signal: AbortSignal,
): Promise<Session | null> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      return await logIn({
        url: config.homeserverUrl,
        credentials: config.credentials,
        store,
        beforeRequest,
        signal,
      });
    } catch (error) {
      if (signal.aborted) return null;
      if (error instanceof SessionError) throw error;
      const failure = classifyFailure(error);
      log.warn('Connexion au serveur Matrix impossible pour le moment, nouvel essai', {
        essai: attempt,
        cause: describeError(error),
      });
      await pause(failure.kind === 'rate-limited' ? failure.retryAfter : backOff(attempt), signal);
    }
  }
  return null;
}

interface Running {
  run(signal: AbortSignal): Promise<void>;
  readProblems(): Promise<readonly string[]>;
  wakeSender(): void;
  close(): Promise<void>;
}

async function assemble(session: Session, options: MatrixBotOptions, signal: AbortSignal): Promise<Running> {
  const { config, store, brain, log, metrics } = options;
  const { userId } = session;
  const homeserver = countRateLimits(session.homeserver, metrics);
  const sending = new AbortController();
  const refused = Promise.withResolvers<never>();
  refused.promise.catch(() => undefined);
  let tokenGood = true;
  let synced = false;

  const directory = createRoomDirectory(store, homeserver, userId);
  const encryption =
    (await options.openEncryption?.(session, toHomeserverCall(homeserver), directory, signal)) ?? null;
  const contextOf = createReadingContext(store, session, config.supportRoom);
  const decideAccess = createAccess({ ...config, botUserId: userId });
  const pace = createPace(config.sendRate);
  const sendQueue = createSendQueue({
    store,
    sendOne: createSendOne({ store, homeserver, directory, encryption }),
    pace,
    log,
    metrics,
    signal: sending.signal,
    onTokenRefused: (cause) => refused.reject(refuseToken(cause)),
    onSent: (message, room) => {
      if (message.content.type !== 'message') return;
      receipts.sent(room);
      // What a timer or an operator made the bot say answers no event.
      const asked = store.journal.find(message.turnId)?.receivedAt ?? message.createdAt;
      metrics.observe('assistant_reply_seconds', (Date.now() - asked) / 1000);
    },
  });
  const receipts = createReceipts({
    homeserver,
    botUserId: userId,
    pace,
    sendQueue,
    signal: sending.signal,
  });
  const bot = createBot({
    store,
    brain,
    respond,
    render: renderReply,
    idleMinutes: options.idleMinutes,
    ...(options.desk ? { desk: options.desk } : {}),
    ...(options.takeAdminCommand ? { takeCommand: options.takeAdminCommand } : {}),
    onOutgoing: sendQueue.wake,
    onHandled: (message, handled, milliseconds) => report(message, handled, milliseconds, log, metrics),
  });
  const intake = createIntake({
    store,
    bot,
    encryption,
    contextOf,
    decideAccess,
    decideFlood: createFloodLimit(store, { perPerson: config.floodPerPerson, perRoom: config.floodPerRoom }),
    isHeld: (person) => options.desk?.isHeld(person) ?? false,
    content: () => brain().content,
    render: renderReply,
    log,
    metrics,
    onOutgoing: sendQueue.wake,
    onTaken: receipts.taken,
    ...(options.takeCommand ? { takeCommand: options.takeCommand } : {}),
  });
  const housekeeping = createHousekeeping({
    store,
    homeserver,
    botUserId: userId,
    contextOf,
    decideAccess,
    keptRooms: new Set([config.supportRoom, config.adminRoom].filter((room) => room !== null)),
    content: () => brain().content,
    log,
    metrics,
    signal: sending.signal,
    onJournalled: intake.wake,
  });
  encryption?.onRoomKeys((sessions) => {
    for (const { roomId, sessionId } of sessions) intake.retry(roomId, sessionId);
  });
  setGauges(store, metrics);
  metrics.setGauge('assistant_unsigned_recipients', () => encryption?.countUnsignedRecipients() ?? 0);
  metrics.setGauge('assistant_tickets_open', () => options.desk?.countOpen() ?? 0);
  log.info('Connecté au serveur Matrix', {
    compte: log.hash(userId),
    appareil: log.hash(session.deviceId),
    chiffrement: encryption !== null,
  });

  return {
    async run(signal) {
      const timers = startTimers({
        log,
        unreadableNotice: config.unreadableNoticeSeconds * 1_000,
        eraseOldData: eraseOld,
        passTime,
        tellUnreadable: intake.tellUnreadable,
      });
      // Killed between a key's arrival and the message it opens: nobody will say again that the key is there.
      if (encryption !== null) store.journal.retryUndecryptable(Date.now() - 86_400_000);
      const sync = runSync({
        homeserver,
        store,
        botUserId: userId,
        contextOf,
        encryption,
        log,
        metrics,
        signal,
        onStored: () => {
          intake.wake();
          housekeeping.wake();
          // Only now: the first sync may show that what seems unsent was sent before the bot was killed.
          if (!synced) sendQueue.wake();
          synced = true;
          return withinTime(intake.settled().then(sendQueue.answersGone), longestHold);
        },
      });
      try {
        await Promise.race([sync, refused.promise]);
      } catch (error) {
        tokenGood = false;
        throw error;
      } finally {
        timers.stop();
      }
    },
    async readProblems() {
      const problems: string[] = [];
      const age = Date.now() - Number(store.settings.read('last-sync') ?? 0);
      if (!tokenGood) problems.push("le jeton d'accès est refusé");
      if (age > staleSync) problems.push('pas de synchronisation récente avec le serveur Matrix');
      if (encryption !== null) {
        const healthy = await encryption.readStatus().then(
          (status) => status.healthy,
          () => false,
        );
        if (!healthy) problems.push('le chiffrement ne fonctionne pas');
      }
      return problems;
    },
    wakeSender: sendQueue.wake,
    async close() {
      const inHand = intake
        .drain()
        .then(() => bot.drain())
        .then(() => sendQueue.drain());
      await withinTime(inHand, longestStop);
      sending.abort();
      await withinTime(housekeeping.drain(), 1_000);
      await encryption?.close();
    },
  };

  /** Together: what the desk deletes from the support salon is found in the rows that are erased here. */
  function eraseOld(): void {
    store.transaction(() => {
      const now = Date.now();
      const deletions = options.desk?.eraseOld(now - options.retentionDays * 86_400_000, now) ?? [];
      for (const message of deletions) store.outgoing.add(message, now);
      eraseOldData(store, now, options.retentionDays);
    });
    if (synced) sendQueue.wake();
  }

  /** Not before what people wrote while the bot was away is known: a ticket would seem idle. */
  function passTime(): void {
    if (synced && store.journal.countWaiting() === 0) bot.passTime();
  }
}

/** Resolves when the work is done, or the time is up. No timer is left: it would keep the process alive. */
async function withinTime(work: Promise<void>, milliseconds: number): Promise<void> {
  const finished = new AbortController();
  await Promise.race([work, pause(milliseconds, finished.signal)]);
  finished.abort();
}

function report(
  message: IncomingMessage,
  handled: Handled,
  milliseconds: number,
  log: Log,
  metrics: Metrics,
): void {
  const outcome = handled.turn?.outcome ?? (handled.error ? 'error' : 'other');
  metrics.count('assistant_messages_total', outcome);
  if (handled.turn?.understanding) metrics.observe('assistant_confidence', handled.turn.confidence);
  if (handled.error) log.error('La conversation a échoué', { cause: describeError(handled.error) });
  log.info('Message traité', {
    evenement: log.hash(message.id),
    personne: log.hash(message.sender),
    lieu: message.place,
    geste: message.input.type,
    issue: outcome,
    fiche: handled.turn?.fiche ?? null,
    confiance: handled.turn ? Math.round(handled.turn.confidence * 1_000) / 1_000 : null,
    reponses: handled.outgoing.length,
    ms: Math.round(milliseconds * 10) / 10,
  });
}

function setGauges(store: Store, metrics: Metrics): void {
  metrics.setGauge('assistant_queue_length', () => store.outgoing.countWaiting());
  metrics.setGauge('assistant_journal_waiting', () => store.journal.countWaiting());
  metrics.setGauge('assistant_undecryptable_events', () => store.journal.countUndecryptable());
  metrics.setGauge('assistant_sync_age_seconds', () => {
    const last = store.settings.read('last-sync');
    return last === null ? -1 : Math.round((Date.now() - Number(last)) / 1_000);
  });
}
