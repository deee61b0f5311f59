import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** What a data folder is made of, and how each part is copied while it is in use. */
export interface BackUpParts {
  readonly copyStore: (to: string) => Promise<void>;
  /** null: the bot has no keys (ENCRYPTION=non). */
  readonly copyKeys: ((to: string) => Promise<void>) | null;
  readonly recoveryKeyFile: string;
}

/** Paths in a data folder, and in a copy of one. */
export const storeFile = 'assistant.db';
export const keysFile = join('chiffrement', 'cles.sqlite');

const unfinished = '.en-cours-';
const nameShape = /^\d{4}-\d\d-\d\dT[\d-]+$/;

/**
 * Copies the data folder into a folder of its own, named after the moment, under `into`; returns its path. There is such a
 * folder once it is whole, and none otherwise. The keys are copied last: keys that are newer than the store read what it
 * has still to read, and older ones would not.
 */
export async function backUp(into: string, parts: BackUpParts, now: number): Promise<string> {
  const name = new Date(now).toISOString().slice(0, 23).replace(/[:.]/g, '-');
  mkdirSync(into, { recursive: true, mode: 0o700 });
  const folder = join(into, unfinished + name);
  try {
    mkdirSync(join(folder, dirname(keysFile)), { recursive: true, mode: 0o700 });
    await parts.copyStore(makePrivate(join(folder, storeFile)));
    if (existsSync(parts.recoveryKeyFile)) {
      const copy = join(folder, dirname(keysFile), 'cle-de-recuperation');
      copyFileSync(parts.recoveryKeyFile, makePrivate(copy));
    }
    await parts.copyKeys?.(makePrivate(join(folder, keysFile)));
    const whole = join(into, name);
    renameSync(folder, whole);
    return whole;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Made with its mode, so that there is no moment at which others could read it. */
function makePrivate(path: string): string {
  closeSync(openSync(path, 'ax', 0o600));
  return path;
}

/** The copies of a folder, oldest first. */
export function listBackUps(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => nameShape.test(name))
    .sort();
}

/** Removes the oldest copies beyond `kept`, and what a process killed in the middle of one has left. */
export function cutBackUps(folder: string, kept: number): void {
  const old = listBackUps(folder).slice(0, -kept);
  const left = readdirSync(folder).filter((name) => name.startsWith(unfinished));
  for (const name of [...old, ...left]) rmSync(join(folder, name), { recursive: true, force: true });
}
