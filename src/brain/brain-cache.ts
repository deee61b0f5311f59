import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Content } from '../knowledge/content.ts';
import { projectRoot } from '../knowledge/project-root.ts';
import type { Models } from './train-brain.ts';

export interface SavedBrain {
  readonly content: Content;
  readonly models: Models;
}

/** The cache stands beside the packages: other accounts can't write there, and `npm ci` makes it anew. */
export const cacheFolder = join(projectRoot, 'node_modules/.cache/assistant-teletravail');
/** The code that reads the YAML files and learns from them: with the files and the packages, all that a brain depends on. */
const codeFolders = ['src/knowledge', 'src/understanding', 'src/conversation', 'src/text', 'src/brain'];

/** A name that changes with every file that the brain depends on; null when one of them can't be read, so that nothing is kept. */
export async function fingerprintBrain(root: string): Promise<string | null> {
  const hash = createHash('sha256').update(process.version);
  try {
    const folders = [
      join(root, 'intents'),
      join(root, 'knowledge'),
      ...codeFolders.map((folder) => join(projectRoot, folder)),
    ];
    for (const folder of folders) {
      for (const file of await listFiles(folder)) {
        hash.update(`\0${file}\0`).update(await readFile(join(folder, file)));
      }
    }
    hash.update(await readFile(join(projectRoot, 'package-lock.json')));
    return hash.digest('hex').slice(0, 32);
  } catch {
    return null;
  }
}

/** Files of a folder and of those inside it, in one order everywhere. */
async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

export interface BrainCache {
  /** Null when no brain was kept under this name, or when its file cannot be read: the caller then makes it again. */
  read(fingerprint: string): Promise<SavedBrain | null>;
  /** Replaces the brain kept before. A folder that cannot be written is no error: the next start makes the brain again. */
  write(fingerprint: string, brain: SavedBrain): Promise<void>;
}

export function openBrainCache(folder = cacheFolder): BrainCache {
  return {
    async read(fingerprint) {
      try {
        return deserialize(await readFile(join(folder, fingerprint))) as SavedBrain;
      } catch {
        return null;
      }
    },
    async write(fingerprint, brain) {
      const file = join(folder, fingerprint);
      const unfinished = `${file}.${process.pid}`;
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const former = (await readdir(folder)).filter((name) => name !== fingerprint);
        await writeFile(unfinished, serialize(brain), { mode: 0o600 });
        await rename(unfinished, file);
        for (const name of former) await rm(join(folder, name), { force: true });
      } catch {
        await rm(unfinished, { force: true }).catch(() => undefined);
      }
    },
  };
}
