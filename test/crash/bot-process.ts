import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../e2e/homeserver/python.ts';

export interface CrashingBot {
  readonly pid: number;
  readonly running: boolean;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
}

/** src/main.ts in a process of its own, not waited for: it may be killed at any instant of its start. */
export function spawnBot(settings: Readonly<Record<string, string>>, dataFolder: string): CrashingBot {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'src/main.ts'],
    {
      cwd: projectRoot,
      env: {
        PATH: process.env['PATH'] ?? '',
        DATA_DIR: dataFolder,
        HEALTH_PORT: '0',
        LOG_LEVEL: 'warn',
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => appendFileSync(join(dataFolder, '..', 'bot.log'), chunk));
  }
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    pid: child.pid ?? 0,
    get running() {
      return child.exitCode === null && child.signalCode === null;
    },
    kill(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
