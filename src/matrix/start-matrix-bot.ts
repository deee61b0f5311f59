import { recoveryKeyPath } from '../encryption/prepare-account.ts';
import { composeForRoom } from '../messages/compose.ts';
import { eraseOldData } from '../store/erase-old-data.ts';
import { createErasures } from '../store/finish-erasures.ts';
import { type Assembled, type AssembleOptions, assemble } from './assemble.ts';
import { type ConnectOptions, connect } from './connect.ts';
import { keyStorePath } from './create-bot-encryption.ts';
import { createExpiryWarning } from './expiry-warning.ts';
import { backOff, pause } from './homeserver/back-off.ts';
import { SessionError } from './homeserver/failure.ts';
import { createBackups } from './keep-backups.ts';
import { readProblems } from './read-problems.ts';
import { setGauges } from './set-gauges.ts';
import { runSync } from './sync/run-sync.ts';
import { startTimers } from './timers.ts';

export interface MatrixBotOptions extends ConnectOptions, AssembleOptions {
  readonly retentionDays: number;
  /** The data folder, and the copies that are made of it; without it, none is. */
  readonly dataDir?: string;
  readonly backupDir?: string | null;
  readonly backupsKept?: number;
  /** Copies the keys into an empty file. */
  readonly backUpKeys?: (to: string) => Promise<void>;
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
  /** There are events in the journal that wait again. */
  wakeIntake(): void;
}

const day = 86_400_000;
/** Milliseconds that the bot's end waits for what is in hand. */
const longestStop = 7_000;
/**
 * Milliseconds that the next /sync waits for the answers to this one. Asked for before, it would be worked on by the
 * homeserver in front of them, and be woken by them a moment later: two calls for one.
 */
const longestHold = 100;

/** The bot on its homeserver: login, sync → journal → intake → bot → store → send. */
export function startMatrixBot(options: MatrixBotOptions): MatrixBot {
  const { config, store, log, metrics, desk } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let parts: Assembled | null = null;
  let tokenGood = true;
  /** The first /sync of this process has been stored. */
  let synced = false;

  async function run(): Promise<void> {
    for (let losses = 0; !signal.aborted; ) {
      try {
        return await serve();
      } catch (error) {
        if (!(error instanceof SessionError) || error.code !== 'token-refused') throw error;
        if (config.credentials.type !== 'password' || signal.aborted) throw error;
        // A session that is refused as soon as it is opened must not become a storm of logins.
        losses = synced ? 1 : losses + 1;
        log.warn('La session de l’assistant a été fermée : il en ouvre une autre avec son mot de passe', {
          essai: losses,
        });
        await leaveSession();
        await pause(backOff(losses, 1_000, 600_000), signal);
      }
    }
  }

  async function serve(): Promise<void> {
    parts = await connect(options, (session) => assemble(session, options, signal), signal);
    if (parts === null) return;
    const { session, encryption } = parts;
    setGauges(metrics, { store, encryption, desk });
    log.info('Connecté au serveur Matrix', {
      compte: log.hash(session.userId),
      appareil: log.hash(session.deviceId),
      chiffrement: encryption !== null,
    });
    if (!signal.aborted) await work(parts);
  }

  /** Nothing of the old session may be at work beside the new one: two intakes would answer one question twice. */
  async function leaveSession(): Promise<void> {
    const left = parts;
    parts = null;
    synced = false;
    tokenGood = true;
    if (left === null) return;
    const { bot, intake, housekeeping, encryption, stopSending } = left;
    stopSending();
    await intake.drain().then(bot.drain);
    await housekeeping.drain();
    await encryption?.close();
  }

  async function work(parts: Assembled): Promise<void> {
    const { bot, intake, sendQueue, encryption, tokenRefused } = parts;
    // If we were killed after a key arrived but before its message was retried, no event announces that key again.
    if (encryption !== null) store.journal.retryUndecryptable(Date.now() - day);
    const erasures = createErasures(store);
    const timers = startTimers({
      log,
      unreadableNotice: config.unreadableNoticeSeconds * 1_000,
      eraseOldData: () => {
        eraseOld();
        erasures.noteErased();
        if (synced) sendQueue.wake();
      },
      warnOfExpiry: createExpiryWarning({
        config,
        store,
        log,
        onOutgoing: () => {
          if (synced) sendQueue.wake();
        },
      }),
      finishErasures: erasures.finish,
      passTime: () => {
        // A ticket seems idle as long as what people wrote while the bot was away is not handled.
        if (synced && store.journal.countWaiting() === 0) bot.passTime();
      },
      tellUnreadable: intake.tellUnreadable,
    });
    const backups = openBackups(parts);
    const backupTimer = setInterval(() => backups?.tick(), 1_000);
    try {
      await Promise.race([followHomeserver(parts), tokenRefused]);
    } catch (error) {
      tokenGood = false;
      throw error;
    } finally {
      timers.stop();
      clearInterval(backupTimer);
      await backups?.settled();
    }
  }

  function openBackups({ encryption }: Assembled): ReturnType<typeof createBackups> | null {
    const { dataDir, backupDir = null, backupsKept = 24 } = options;
    if (dataDir === undefined) return null;
    const parts = {
      copyStore: store.backUp,
      copyKeys: encryption === null ? null : (options.backUpKeys ?? null),
      recoveryKeyFile: recoveryKeyPath(keyStorePath(dataDir)),
    };
    return createBackups({ dataDir, folder: backupDir, kept: backupsKept, parts, log });
  }

  /** Together: what the desk deletes from the support salon is found in the rows that are erased here. */
  function eraseOld(): void {
    store.transaction(() => {
      const now = Date.now();
      const deletions = desk?.eraseOld(now - options.retentionDays * day, now) ?? [];
      for (const message of deletions) store.outgoing.add(message, now);
      eraseOldData(store, now, options.retentionDays);
    });
  }

  function tellAdmins(text: string): void {
    if (config.adminRoom === null) return;
    const now = Date.now();
    store.outgoing.add(composeForRoom(config.adminRoom, text, { now }), now);
  }

  function followHomeserver(parts: Assembled): Promise<void> {
    const { session, homeserver, contextOf, encryption, intake, housekeeping, sendQueue } = parts;
    return runSync({
      homeserver,
      store,
      botUserId: session.userId,
      contextOf,
      encryption,
      log,
      metrics,
      signal,
      announceSetAside: parts.announceSetAside,
      onRollback: () => {
        tellAdmins(
          'Le serveur Matrix est revenu à un état plus ancien : une sauvegarde y a sans doute été restaurée. Je relis mes salons et je réponds à ce que je n’avais pas vu. Ce qui s’était dit entre cette sauvegarde et la restauration est perdu pour le serveur.',
        );
        if (synced) sendQueue.wake();
      },
      onStored: () => {
        intake.wake();
        housekeeping.wake();
        // Not earlier: the first sync may show that what seems unsent was sent before the bot was killed.
        sendQueue.wake();
        synced = true;
        return withinTime(intake.settled().then(sendQueue.answersGone), longestHold);
      },
    });
  }

  async function close({ bot, intake, sendQueue, housekeeping, encryption, stopSending }: Assembled) {
    const inHand = intake.drain().then(bot.drain).then(sendQueue.drain);
    await withinTime(inHand, longestStop);
    stopSending();
    await withinTime(housekeeping.drain(), 1_000);
    await encryption?.close();
  }

  const done = run();
  async function finish(): Promise<void> {
    await done.catch(() => undefined);
    if (parts !== null) await close(parts);
  }

  // `done` is awaited by main.ts a little later; until then its rejection would be an unhandled one.
  done.catch(() => undefined);

  return {
    done,
    async stop() {
      stopping.abort();
      // A call into a crypto library that has failed may never end, and the bot's end must not wait for it. A second is left
      // to close the key store: unclosed, its log would keep the space that the next start needs on a full disk.
      await withinTime(finish(), longestStop + 2_000);
      log.info('Arrêt terminé');
    },
    readProblems: () =>
      readProblems(store, parts && { encryption: parts.encryption, tokenGood, refusal: parts.readRefusal() }),
    wakeSender: () => parts?.sendQueue.wake(),
    wakeIntake: () => parts?.intake.wake(),
  };
}

/** Resolves when the work is done, or the time is up. No timer is left: it would keep the process alive. */
async function withinTime(work: Promise<void>, milliseconds: number): Promise<void> {
  const finished = new AbortController();
  await Promise.race([work, pause(milliseconds, finished.signal)]);
  finished.abort();
}
