import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadBrain } from '../../src/brain/load-brain.ts';
import { type MatrixConfig, readConfig } from '../../src/config.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { startMatrixBot } from '../../src/matrix/start-matrix-bot.ts';
import { createLog } from '../../src/operations/log.ts';
import { createMetrics } from '../../src/operations/metrics.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { type FakeHomeserver, startFakeHomeserver } from './fake-homeserver.ts';

const brain = await loadBrain(projectRoot);
let folder = '';
let store: Store;
let homeserver: FakeHomeserver;
let lines: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bot-'));
  store = openStore(join(folder, 'assistant.db'));
  homeserver = await startFakeHomeserver();
  lines = [];
});
afterEach(async () => {
  vi.useRealTimers();
  await homeserver.close();
  store.close();
  rmSync(folder, { recursive: true });
});

function matrixConfig(): MatrixConfig {
  const { matrix } = readConfig({
    HOMESERVER_URL: homeserver.url,
    BOT_USER: 'assistant',
    BOT_PASSWORD: 'mot de passe',
    ENCRYPTION: 'non',
    UNREADABLE_NOTICE_SECONDS: '1',
  });
  if (matrix === null) throw new Error('the test gives a homeserver');
  return matrix;
}

function start(given: Store = store) {
  return startMatrixBot({
    config: matrixConfig(),
    idleMinutes: 30,
    retentionDays: 30,
    store: given,
    brain: () => brain,
    log: createLog({ level: 'info', secret: 's', write: (line) => void lines.push(line) }),
    metrics: createMetrics(),
  });
}

const synced = () => vi.waitFor(() => expect(store.settings.read('sync-token')).not.toBeNull(), 5_000);

describe('readiness', () => {
  test('asking whether the bot is ready writes nothing', async () => {
    const bot = start();
    await bot.stop();
    const watcher = new DatabaseSync(join(folder, 'assistant.db'));
    // Changes whenever another connection has committed (https://sqlite.org/pragma.html#pragma_data_version).
    const version = () => watcher.prepare('PRAGMA data_version').get();
    const before = version();
    expect(await bot.readProblems()).not.toContain('la base de données n’accepte plus d’écriture');
    expect(version()).toEqual(before);
    watcher.close();
  });

  test('a store that takes no writes is told', async () => {
    const bot = start();
    await bot.stop();
    const other = new DatabaseSync(join(folder, 'assistant.db'));
    other.exec('BEGIN IMMEDIATE');
    expect(await bot.readProblems()).toContain('la base de données n’accepte plus d’écriture');
    other.exec('ROLLBACK');
    other.close();
  });
});

describe('timers', () => {
  /** What node:sqlite throws when the disk is full. */
  const fullDisk = () =>
    Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });

  test('a store failure while old data is erased, or unreadable messages are told, ends nothing', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    let full = false;
    const bot = start({
      ...store,
      transaction(work) {
        if (full) throw fullDisk();
        return store.transaction(work);
      },
      journal: {
        ...store.journal,
        readUnreadableSessions(since) {
          if (full) throw fullDisk();
          return store.journal.readUnreadableSessions(since);
        },
      },
    });
    await synced();
    full = true;
    // A callback that throws in Node's own timers ends the process; here it makes this call throw.
    expect(() => vi.advanceTimersByTime(1_000)).not.toThrow();
    expect(() => vi.advanceTimersByTime(3_600_000)).not.toThrow();
    full = false;
    expect(lines.filter((line) => line.includes('database or disk is full')).length).toBeGreaterThanOrEqual(
      2,
    );
    await bot.stop();
  });

  test('a store failure at the first erasure does not keep the bot from working', async () => {
    let refused = 0;
    const bot = start({
      ...store,
      conversations: {
        ...store.conversations,
        eraseIdle(before) {
          refused += 1;
          if (refused === 1) throw fullDisk();
          return store.conversations.eraseIdle(before);
        },
      },
    });
    await synced();
    expect(refused).toBe(1);
    await bot.stop();
  });
});

describe('a login that only a person can mend', () => {
  test('the data folder of another account is said by its code', async () => {
    store.settings.write('user-id', '@autre:faux.test');
    const bot = start();
    await expect(bot.done).rejects.toMatchObject({ code: 'other-account' });
    await bot.stop();
  });
});
