import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isContentFile } from './reading/read-folders.ts';

const folders = ['intents', 'knowledge'] as const;

export interface WatchOptions {
  /** Quiet time after the last change; a text editor writes a file in several goes. 300 by default. */
  readonly debounceMilliseconds?: number;
  /** How often to look at the files, for file systems that report no change (network shares, folders mounted in a container). 30 by default. */
  readonly pollSeconds?: number;
}

/** Calls `onChange` after files of `root`/intents or `root`/knowledge were saved; returns how to stop. */
export function watchContent(root: string, onChange: () => void, options: WatchOptions = {}): () => void {
  const { debounceMilliseconds = 300, pollSeconds = 30 } = options;
  let timer: NodeJS.Timeout | undefined;
  let signature: string | null = null;
  const changed = (): void => {
    clearTimeout(timer);
    timer = setTimeout(onChange, debounceMilliseconds);
  };
  const watchers = folders.flatMap((folder) => openWatcher(join(root, folder), changed));
  const look = async (): Promise<void> => {
    const found = await signFolders(root);
    if (signature !== null && found !== signature) changed();
    signature = found;
  };
  // A poll that fails (a folder is being replaced) is tried again at the next one.
  const poll = setInterval(() => void look().catch(() => undefined), pollSeconds * 1000);
  poll.unref();
  void look().catch(() => undefined);
  return () => {
    clearTimeout(timer);
    clearInterval(poll);
    for (const watcher of watchers) watcher.close();
  };
}

/** No watcher when the system refuses one (too many watches, no such folder): the poll still sees the changes. */
function openWatcher(folder: string, changed: () => void): FSWatcher[] {
  try {
    const watcher = watch(folder, (_event, name) => {
      if (name === null || /\.ya?ml$/.test(name)) changed();
    });
    watcher.on('error', () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}

async function signFolders(root: string): Promise<string> {
  const signed = await Promise.all(
    folders.map(async (folder) => {
      const names = (await readdir(join(root, folder))).filter(isContentFile).sort();
      return Promise.all(
        names.map(async (name) => {
          // A link that leads nowhere is a state like another: it must not hide the changes of the others.
          const found = await stat(join(root, folder, name)).catch(() => null);
          return `${folder}/${name} ${found?.mtimeMs} ${found?.size}`;
        }),
      );
    }),
  );
  return signed.flat().join('\n');
}
