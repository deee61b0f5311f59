import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from './find-free-port.ts';
import { projectRoot } from './python.ts';
import type { Account, Synapse } from './start-synapse.ts';

export interface BotProcess {
  readonly account: Account;
  readonly dataFolder: string;
  readonly healthUrl: string;
  /** Everything it wrote so far, logs included. */
  output(): string;
  /** Ends it; the data stay. Resolves with the exit code (null after a signal). */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  /** Starts it again on the same data. */
  start(): Promise<void>;
  /** Resolves with the exit code when it ends by itself. */
  waitForExit(): Promise<number | null>;
  remove(): Promise<void>;
}

export interface BotProcessOptions {
  readonly name?: string;
  readonly displayName?: string;
  /** Settings on top of HOMESERVER_URL, ACCESS_TOKEN, DATA_DIR, HEALTH_PORT and SEND_RATE=1000. */
  readonly settings?: Readonly<Record<string, string>>;
  /** An account made before, instead of a new one. */
  readonly account?: Account;
}

/** The bot as it is shipped, `src/main.ts` in a process of its own, connected and synced (GET /readyz says 200). */
export async function startBot(synapse: Synapse, options: BotProcessOptions = {}): Promise<BotProcess> {
  const account =
    options.account ??
    (await synapse.createUser(options.name ?? 'assistant', {
      displayName: options.displayName ?? 'Assistant télétravail [Intérieur]',
    }));
  const dataFolder = mkdtempSync(join(tmpdir(), 'bot-'));
  const healthPort = await findFreePort();
  const healthUrl = `http://127.0.0.1:${healthPort}`;
  let child: ChildProcess | null = null;
  let written = '';

  const start = async (): Promise<void> => {
    const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts'], {
      cwd: projectRoot,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOMESERVER_URL: synapse.url,
        ACCESS_TOKEN: account.accessToken,
        DATA_DIR: dataFolder,
        HEALTH_PORT: String(healthPort),
        SEND_RATE: '1000',
        STORE_KEY: 'cle-de-test-cle-de-test-cle-de-test',
        ...options.settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        written += chunk.toString('utf8');
      });
    }
    const limit = Date.now() + 60_000;
    while (Date.now() < limit) {
      if (started.exitCode !== null || started.signalCode !== null) {
        throw new Error(`the bot ended with code ${started.exitCode} at start:\n${written.slice(-3000)}`);
      }
      const ready = await fetch(`${healthUrl}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (ready) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    started.kill('SIGKILL');
    throw new Error(`the bot is not ready after 60 s:\n${written.slice(-3000)}`);
  };

  const waitForExit = (): Promise<number | null> => {
    const running = child;
    if (!running || running.exitCode !== null || running.signalCode !== null)
      return Promise.resolve(running?.exitCode ?? null);
    return new Promise((resolve) => running.once('exit', (code) => resolve(code)));
  };

  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> => {
    const ended = waitForExit();
    child?.kill(signal);
    const late = setTimeout(() => child?.kill('SIGKILL'), 15_000);
    const code = await ended;
    clearTimeout(late);
    return code;
  };

  await start();
  return {
    account,
    dataFolder,
    healthUrl,
    output: () => written,
    stop,
    start,
    waitForExit,
    remove: async () => {
      await stop('SIGKILL');
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
