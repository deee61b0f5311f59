import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Desk } from '../../src/bot/desk.ts';
import type { Brain } from '../../src/brain/brain.ts';
import { type MatrixConfig, readConfig } from '../../src/config.ts';
import { renderReply } from '../../src/conversation/rendering/render-reply.ts';
import { EncryptionError } from '../../src/encryption/encryption-error.ts';
import { createBotEncryption } from '../../src/matrix/create-bot-encryption.ts';
import { SessionError } from '../../src/matrix/homeserver/failure.ts';
import { type MatrixBot, startMatrixBot } from '../../src/matrix/start-matrix-bot.ts';
import { createLog } from '../../src/operations/log.ts';
import { createMetrics } from '../../src/operations/metrics.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { prepareDataFolder } from '../../src/store/prepare-data-folder.ts';
import { createDesk } from '../../src/tickets/create-desk.ts';
import type { Caller } from './network.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface BotLifeOptions {
  readonly time: VirtualTime;
  readonly brain: Brain;
  /** Where the data folders go: a killed process leaves its files to the next under another name. */
  readonly folder: string;
  /** The settings besides HOMESERVER_URL. */
  readonly settings: Readonly<Record<string, string>>;
  /** Closes the SQLite files of this process. */
  readonly closeFiles: () => void;
  /** Puts a bug into what the bot is given; nothing by default. */
  readonly spoilStore?: ((store: Store) => Store) | undefined;
  readonly write: (line: string) => void;
}

/** Why a process ended: a kill, the end of a SIGTERM, or an exit of its own. */
export interface End {
  readonly at: number;
  readonly why: string;
  /** Milliseconds since it said that it could not go on; null: it did not say so. */
  readonly agony: number | null;
}

/** Milliseconds that a supervisor waits before it starts a process again. */
const supervisorPause = 5_000;
/** The same where a person has to act first: more disk, a login. */
const personPause = 30_000;
const longestStop = 9_500;
const minute = 60_000;
/** Minutes. Clocks jump by a day in these plans: nothing is closed or forgotten for having been idle. */
const farAway = 1_000_000;

/** The bot as src/main.ts runs it, one process after the other on the same data, and a supervisor over it. */
export function createBotLife(options: BotLifeOptions) {
  const { time, brain } = options;
  const ends: End[] = [];
  let lives = 0;
  let opened: Store | null = null;
  /** When the process said that it could not go on. */
  let doomedAt: number | null = null;
  let current: { readonly origin: string; readonly caller: Caller } | null = null;
  let supervised = true;

  const folderOf = (life: number): string => join(options.folder, `donnees-${life}`);
  mkdirSync(folderOf(0), { recursive: true });
  /** The data folder as the last process left it. */
  let data = folderOf(0);

  function start(): void {
    lives += 1;
    const origin = `https://processus-${lives}.test`;
    const { matrix } = readConfig({ ...options.settings, HOMESERVER_URL: origin });
    if (matrix === null) throw new Error('the plan gives a homeserver');
    let ended = false;
    doomedAt = null;
    const asked = Promise.withResolvers<'terminated'>();

    /** Nothing is flushed, nothing more is sent: what the kernel has of the files is what the next process finds. */
    function end(pause: number, why: string): void {
      if (ended) return;
      ended = true;
      current = null;
      opened = null;
      ends.push({ at: time.now, why, agony: doomedAt === null ? null : time.now - doomedAt });
      options.write(`— ${time.now} ms : processus ${lives} fini (${why})`);
      const left = folderOf(lives);
      cpSync(data, left, { recursive: true, filter: (path) => !path.endsWith('-shm') });
      options.closeFiles();
      rmSync(data, { recursive: true, force: true });
      data = left;
      process.removeAllListeners('uncaughtExceptionMonitor');
      time.dropTimers();
      if (supervised) time.at(pause, () => void revive());
    }

    const caller: Caller = {
      get ended() {
        return ended;
      },
      end: (pause, why = 'killed') => end(pause, why),
      terminate(pause) {
        asked.resolve('terminated');
        time.at(longestStop, () => end(pause, 'stopped by force'));
        pauseAfterStop = pause;
      },
    };
    let pauseAfterStop = supervisorPause;
    current = { origin, caller };
    options.write(`— ${time.now} ms : processus ${lives}`);
    serve(matrix, asked.promise).then(
      () => end(pauseAfterStop, 'terminated'),
      (error: unknown) => {
        if (!ended) options.write(`sortie : ${String(error)}`);
        end(isForPerson(error) ? personPause : supervisorPause, describeExit(error));
      },
    );
  }

  /** What is left of the process before has no timers and no files; its promises come to rest before the next begins. */
  async function revive(): Promise<void> {
    await time.settle();
    time.dropTimers();
    if (supervised) start();
  }

  async function serve(config: MatrixConfig, asked: Promise<unknown>): Promise<void> {
    prepareDataFolder(data);
    opened = openStore(join(data, 'assistant.db'));
    const store = options.spoilStore?.(opened) ?? opened;
    if (store.settings.read('log-secret') === null) store.settings.write('log-secret', 'secret');
    const log = createLog({ level: 'info', secret: 'secret', write: options.write });
    const fatal = Promise.withResolvers<never>();
    fatal.promise.catch(() => undefined);
    const bot: MatrixBot = startMatrixBot({
      config,
      idleMinutes: farAway,
      retentionDays: 30,
      store,
      brain: () => brain,
      log,
      metrics: createMetrics(),
      desk: openDesk(config, store),
      ...createBotEncryption({
        config,
        dataDir: data,
        store,
        log,
        content: () => brain.content,
        onFatal(error) {
          doomedAt = time.now;
          fatal.reject(error);
        },
        onOutgoing: () => bot.wakeSender(),
      }),
    });
    try {
      await Promise.race([bot.done, fatal.promise, asked]);
    } finally {
      await bot.stop();
      store.close();
    }
  }

  function openDesk(config: MatrixConfig, store: Store): Desk | undefined {
    if (config.supportRoom === null) return undefined;
    return createDesk({
      hours: null,
      delays: { claim: farAway * minute, idle: farAway * minute, close: farAway * minute },
      store,
      content: () => brain.content,
      render: renderReply,
      supportRoom: config.supportRoom,
      replies: new Map([['prete', 'réponse prête.']]),
    });
  }

  return {
    start,
    ends,
    get lives() {
      return lives;
    },
    get current() {
      return current?.caller ?? null;
    },
    get data() {
      return data;
    },
    /** Something is left in the store: to be handled, to be decrypted, or to be sent. */
    hasWork(): boolean {
      if (opened === null) return true;
      const { journal, outgoing } = opened;
      return journal.countWaiting() + journal.countUndecryptable() + outgoing.countWaiting() > 0;
    },
    callerOf: (origin: string): Caller | null => (current?.origin === origin ? current.caller : null),
    /** An exception that nobody takes ends the process. */
    crash(why: string): void {
      current?.caller.end(supervisorPause, why);
    },
    /** No process is started any more. */
    retire(): void {
      supervised = false;
      current?.caller.end(0);
    },
  };
}

function isForPerson(error: unknown): boolean {
  if (error instanceof EncryptionError) return error.exitCode === 5;
  return error instanceof SessionError && error.code !== 'token-refused';
}

function describeExit(error: unknown): string {
  if (error instanceof EncryptionError || error instanceof SessionError) return `exit: ${error.code}`;
  return `exit: ${error instanceof Error ? error.message.slice(0, 80) : 'unknown'}`;
}

export type BotLife = ReturnType<typeof createBotLife>;
