import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, type Log } from '../operations/log.ts';
import { type BackUpParts, backUp, cutBackUps, listBackUps } from '../store/back-up.ts';
import { answerRequest, requestedBackUps, takeRequests } from '../store/backup-request.ts';

export interface BackupOptions {
  readonly dataDir: string;
  /** Where a copy goes every hour; null: none is made. */
  readonly folder: string | null;
  /** How many of these are kept. */
  readonly kept: number;
  readonly parts: BackUpParts;
  readonly log: Log;
}

const hour = 3_600_000;
const tenMinutes = 600_000;

/** Copies the data every hour, where a folder is set, and when `npm run backup` asks for it. One copy at a time. */
export function createBackups({ dataDir, folder, kept, parts, log }: BackupOptions): {
  /** Never rejects; call it every few seconds. */
  tick(): void;
  settled(): Promise<void>;
} {
  let running: Promise<void> | null = null;
  /** After a failure, the next try waits as long as after a copy. */
  let lastTry = folder === null ? Number.POSITIVE_INFINITY : readLast(folder);

  async function work(): Promise<void> {
    dropLeft(requestedBackUps(dataDir));
    for (const id of takeRequests(dataDir)) {
      try {
        answerRequest(dataDir, id, { folder: await backUp(requestedBackUps(dataDir), parts, Date.now()) });
      } catch (error) {
        answerRequest(dataDir, id, { problem: describeError(error) });
      }
    }
    if (folder === null || Date.now() - lastTry < hour) return;
    lastTry = Date.now();
    await backUp(folder, parts, lastTry);
    cutBackUps(folder, kept);
  }

  return {
    tick() {
      running ??= work()
        .catch((error: unknown) => log.error('Sauvegarde impossible', { cause: describeError(error) }))
        .finally(() => {
          running = null;
        });
    },
    settled: async () => {
      await running;
    },
  };
}

/** The command takes its copy at once: one that stays was made for a command that was stopped. */
function dropLeft(folder: string): void {
  if (!existsSync(folder)) return;
  for (const path of readdirSync(folder).map((name) => join(folder, name))) {
    if (Date.now() - statSync(path).mtimeMs > tenMinutes) rmSync(path, { recursive: true, force: true });
  }
}

/** When the latest copy was made: a restart makes no other. */
function readLast(folder: string): number {
  const name = listBackUps(folder).at(-1);
  return name === undefined ? 0 : statSync(join(folder, name)).mtimeMs;
}
