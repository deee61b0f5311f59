import { type Bot, createBot } from '../bot/bot.ts';
import type { Desk } from '../bot/desk.ts';
import type { Brain } from '../brain/brain.ts';
import type { Administration } from '../chat-commands/create-administration.ts';
import type { MatrixConfig } from '../config.ts';
import { renderReply } from '../conversation/rendering/render-reply.ts';
import { respond } from '../conversation/respond.ts';
import type { Encryption, HomeserverCall, RoomDirectory } from '../encryption/encryption.ts';
import { isEventId, isRoomId, type RoomId } from '../messages/ids.ts';
import type { Log } from '../operations/log.ts';
import type { Metrics } from '../operations/metrics.ts';
import type { Store } from '../store/open-store.ts';
import { type AnnounceSetAside, createAnnounceSetAside } from './announce-set-aside.ts';
import { createAccountWatch } from './homeserver/account-watch.ts';
import { refuseToken } from './homeserver/failure.ts';
import { countRateLimits, type Homeserver, toHomeserverCall } from './homeserver/homeserver.ts';
import type { Session } from './homeserver/log-in.ts';
import type { ReadingContext } from './reading/read-event.ts';
import { createReadingContext } from './reading/reading-context.ts';
import { reportHandled } from './report-handled.ts';
import { createAccess } from './rooms/access.ts';
import { createHousekeeping, type Housekeeping } from './rooms/housekeeping.ts';
import { createRoomDirectory } from './rooms/room-directory.ts';
import { createPace } from './sending/pace.ts';
import { createReceipts } from './sending/receipts.ts';
import { createSendOne } from './sending/send-one.ts';
import { createSendQueue, type SendQueue } from './sending/send-queue.ts';
import { createIntake, type Intake } from './sync/intake.ts';
import { createFloodLimit } from './sync/limit-flood.ts';
import type { BeforeAccess } from './sync/take-before-access.ts';

export interface AssembleOptions {
  readonly config: MatrixConfig;
  readonly idleMinutes: number;
  readonly store: Store;
  readonly brain: () => Brain;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly desk?: Desk | undefined;
  /** Who the administrators are and what their commands use; no administrators by default. */
  readonly administration?: Administration | undefined;
  /** Left out: rooms that are encrypted get nothing, and nothing is ever sent there in clear. */
  readonly openEncryption?:
    | ((
        session: Session,
        call: HomeserverCall,
        directory: RoomDirectory,
        signal: AbortSignal,
      ) => Promise<Encryption>)
    | undefined;
  /** What the commands for the verification of devices use; undefined while encryption is not open. */
  readonly verification?: BeforeAccess['verification'] | undefined;
}

/** The parts of a bot that has a session. Nothing moves yet: `wake` and runSync set them going. */
export interface Assembled {
  readonly session: Session;
  readonly homeserver: Homeserver;
  readonly encryption: Encryption | null;
  readonly contextOf: (roomId: RoomId) => ReadingContext;
  readonly bot: Bot;
  readonly intake: Intake;
  readonly sendQueue: SendQueue;
  readonly housekeeping: Housekeeping;
  readonly announceSetAside: AnnounceSetAside;
  /** What the homeserver refuses to the account as a whole, in French, or null. */
  readonly readRefusal: () => string | null;
  /** Rejects with a SessionError when a send is refused for its token. */
  readonly tokenRefused: Promise<never>;
  /** Cuts short what the sends and the housekeeping are waiting for. */
  stopSending(): void;
}

/** Makes the parts on one session and ties them together. Rejects when encryption cannot be opened. */
export async function assemble(
  session: Session,
  options: AssembleOptions,
  signal: AbortSignal,
): Promise<Assembled> {
  const { config, store, brain, desk, log, metrics } = options;
  const { userId } = session;
  const account = createAccountWatch();
  const homeserver = account.watch(countRateLimits(session.homeserver, metrics));
  const directory = createRoomDirectory(store, homeserver, userId);
  const encryption =
    (await options.openEncryption?.(session, toHomeserverCall(homeserver), directory, signal)) ?? null;
  const salons = desk?.salons ?? [config.supportRoom].filter((room) => room !== null);
  const contextOf = createReadingContext(store, session, salons);
  const decideAccess = createAccess({ ...config, salons, botUserId: userId });
  const content = () => brain().content;
  const announceSetAside = createAnnounceSetAside(store, config.adminRoom ?? config.supportRoom);
  const sending = new AbortController();
  const refused = Promise.withResolvers<never>();
  // The sync races it later: until then, nobody listens.
  refused.promise.catch(() => undefined);

  const pace = createPace(config.sendRate);
  const sendQueue = createSendQueue({
    store,
    sendOne: createSendOne({ store, homeserver, directory, encryption, content }),
    pace,
    log,
    metrics,
    signal: sending.signal,
    onTokenRefused: (cause) => refused.reject(refuseToken(cause)),
    announceSetAside,
    onSent: (message, room) => {
      if (message.content.type !== 'message') return;
      receipts.sent(room);
      // What a timer or an operator made the bot say answers no event.
      const asked = isEventId(message.turnId) ? store.journal.find(message.turnId) : null;
      metrics.observe(
        'assistant_reply_seconds',
        (Date.now() - (asked?.receivedAt ?? message.createdAt)) / 1000,
      );
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
    desk,
    administration: options.administration,
    onOutgoing: sendQueue.wake,
    onHandled: (message, handled, milliseconds) =>
      reportHandled(message, handled, milliseconds, log, metrics),
  });
  const intake = createIntake({
    store,
    bot,
    encryption,
    contextOf,
    decideAccess,
    decideFlood: createFloodLimit(store, { perPerson: config.floodPerPerson, perRoom: config.floodPerRoom }),
    isHeld: (agent) => desk?.isHeld(agent) ?? false,
    content,
    render: renderReply,
    log,
    metrics,
    onOutgoing: sendQueue.wake,
    onTaken: receipts.taken,
    announceSetAside,
    beforeAccess: options.verification && {
      isAdmin: (userId) => config.adminUsers.includes(userId),
      adminRoom: config.adminRoom,
      verification: options.verification,
    },
  });
  const housekeeping = createHousekeeping({
    store,
    homeserver,
    botUserId: userId,
    contextOf,
    decideAccess,
    keptRooms: new Set([...salons, config.adminRoom].filter((room) => room !== null)),
    content,
    log,
    metrics,
    signal: sending.signal,
    announceSetAside,
    readState: async (room) => {
      await directory.readRoom(room);
    },
    onJournalled: () => {
      intake.wake();
      sendQueue.wake();
    },
  });
  encryption?.onRoomKeys((sessions) => {
    for (const { roomId, sessionId } of sessions) if (isRoomId(roomId)) intake.retry(roomId, sessionId);
  });
  return {
    session,
    homeserver,
    encryption,
    contextOf,
    bot,
    intake,
    sendQueue,
    housekeeping,
    announceSetAside,
    readRefusal: account.readProblem,
    tokenRefused: refused.promise,
    stopSending: () => sending.abort(),
  };
}
