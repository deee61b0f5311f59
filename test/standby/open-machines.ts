import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { createLog } from '../../src/operations/log.ts';
import type { Leadership } from '../../src/standby/lead.ts';
import { openStandby, type Standby, type StandbyOptions } from '../../src/standby/open-standby.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';

/** A machine in this process: its part among the others, and its store once it leads. */
export interface Machine {
  readonly standby: Standby;
  readonly dataDir: string;
  readonly storePath: string;
  readonly lines: string[];
  /** Resolves once it leads, with its store open. */
  lead(): Promise<{ readonly leadership: Leadership; readonly store: Store }>;
  /** It follows, and never leads. */
  follow(): void;
  /** Ends as by kill -9: nothing is shipped or given back. */
  vanish(): Promise<void>;
}

export const storeKey = 'une clé de test, longue et au hasard : 8f3b0c';

export function createMachines(url: string) {
  const folder = mkdtempSync(join(tmpdir(), 'machines-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));

  return async function openMachine(name: string, more: Partial<StandbyOptions> = {}): Promise<Machine> {
    const dataDir = join(folder, name);
    mkdirSync(dataDir, { recursive: true });
    const storePath = join(dataDir, 'assistant.db');
    const lines: string[] = [];
    const standby = openStandby({
      url,
      storeKey,
      dataDir,
      paths: { store: storePath, keys: join(dataDir, 'chiffrement', 'cles.sqlite') },
      version: '1',
      storeVersion: 7,
      library: '18.9.0',
      content: () => 'c1',
      lookAtHomeserver: async () => undefined,
      log: createLog({ level: 'debug', secret: 's', write: (line) => void lines.push(line) }),
      foundingPause: 0,
      ...more,
    });
    const asked = new AbortController();
    let store: Store | null = null;
    let gone = false;
    let following: Promise<unknown> = Promise.resolve();

    async function vanish(): Promise<void> {
      if (gone) return;
      gone = true;
      asked.abort();
      await following.catch(() => undefined);
      store?.close();
      await standby.vanish();
    }
    onTestFinished(vanish);

    return {
      standby,
      dataDir,
      storePath,
      lines,
      async lead() {
        const turn = standby.lead(asked.signal);
        following = turn;
        const leadership = await turn;
        if (leadership === null) throw new Error('asked to stop');
        const opened = openStore(storePath, { record: leadership.recordStore });
        store = opened;
        return { leadership, store: opened };
      },
      follow() {
        following = standby.lead(asked.signal);
      },
      vanish,
    };
  };
}

/** Resolves when it holds; rejects with what was waited for. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limit = 10_000,
): Promise<void> {
  for (const end = Date.now() + limit; Date.now() < end; ) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`not within ${limit} ms: ${what}`);
}

/** What the store at this path has for a token; it may be in use. */
export function readToken(path: string): unknown {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return db.prepare(`SELECT value FROM setting WHERE name = 'sync-token'`).get()?.['value'];
  } finally {
    db.close();
  }
}
