import { eraseOldData } from '../store/erase-old-data.ts';
import { type Assembled, type AssembleOptions, assemble } from './assemble.ts';
import { type ConnectOptions, connect } from './connect.ts';
import { pause } from './homeserver/back-off.ts';
import { readProblems } from './read-problems.ts';
import { setGauges } from './set-gauges.ts';
import { runSync } from './sync/run-sync.ts';
import { startTimers } from './timers.ts';

export interface MatrixBotOptions extends ConnectOptions, AssembleOptions {
  readonly retentionDays: number;
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

const day = 86_400_000;
/** Milliseconds that the bot's end waits for what is in hand. */
const longestStop = 8_000;
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

  async function work(parts: Assembled): Promise<void> {
    const { bot, intake, sendQueue, encryption, tokenRefused } = parts;
    // If we were killed after a key arrived but before its message was retried, no event announces that key again.
    if (encryption !== null) store.journal.retryUndecryptable(Date.now() - day);
    const timers = startTimers({
      log,
      unreadableNotice: config.unreadableNoticeSeconds * 1_000,
      eraseOldData: () => {
        eraseOld();
        if (synced) sendQueue.wake();
      },
      passTime: () => {
        // A ticket seems idle as long as what people wrote while the bot was away is not handled.
        if (synced && store.journal.countWaiting() === 0) bot.passTime();
      },
      tellUnreadable: intake.tellUnreadable,
    });
    try {
      await Promise.race([followHomeserver(parts), tokenRefused]);
    } catch (error) {
      tokenGood = false;
      throw error;
    } finally {
      timers.stop();
    }
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
      onStored: () => {
        intake.wake();
        housekeeping.wake();
        // Not earlier: the first sync may show that what seems unsent was sent before the bot was killed.
        if (!synced) sendQueue.wake();
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
      // A call into a crypto library that has failed may never end, and the bot's end must not wait for it.
      await withinTime(finish(), longestStop + 1_000);
      log.info('Arrêt terminé');
    },
    readProblems: () => readProblems(store, parts && { encryption: parts.encryption, tokenGood }),
    wakeSender: () => parts?.sendQueue.wake(),
  };
}

/** Resolves when the work is done, or the time is up. No timer is left: it would keep the process alive. */
async function withinTime(work: Promise<void>, milliseconds: number): Promise<void> {
  const finished = new AbortController();
  await Promise.race([work, pause(milliseconds, finished.signal)]);
  finished.abort();
}
