import { closeSync, fdatasync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const syncData = promisify(fdatasync);

/**
 * When commits reach the disk. SQLite in WAL mode with `synchronous = NORMAL` hands a commit to the kernel, where it
 * outlives the process (kill -9 included), and waits for the disk at checkpoints only. A power cut may then take the last
 * commits, always from the end: the store is intact, and older. That is harmless as long as nothing made with them has
 * left the machine; SECURITY: a ratchet that goes back after its output was sent would encrypt twice under one key. So
 * guard.ts waits here after each call into the crypto library, before anything is done with its result.
 *
 * One fdatasync serves every commit before it, and keeps a thread of Node's pool busy, not the event loop. With
 * `synchronous = FULL` each of the thousands of commits of a key share would wait for the disk by itself.
 */
export function createDurability(path: string) {
  // Only the -wal: closing any descriptor of the database file itself would drop SQLite's lock on it (POSIX).
  let log: number | null = null;
  let committed = 0;
  let onDisk = 0;
  let running: Promise<void> | null = null;

  function openLog(): number {
    log = openSync(`${path}-wal`, 'r');
    // SQLite has just made the -wal: its name has to reach the disk too, with the folder that holds it.
    const folder = openSync(dirname(path), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
    return log;
  }

  async function sync(): Promise<void> {
    const upTo = committed;
    try {
      await syncData(log ?? openLog());
      onDisk = upTo;
    } finally {
      running = null;
    }
  }

  return {
    noteCommit(): void {
      committed += 1;
    },
    async settle(): Promise<void> {
      const goal = committed;
      // An fdatasync that began before our last commit may have left that commit out: it takes another one.
      while (onDisk < goal) {
        running ??= sync();
        await running;
      }
    },
    close(): void {
      // The database is closed by now: SQLite has copied the log into the database file and waited for the disk.
      onDisk = committed;
      if (log !== null) closeSync(log);
      log = null;
    },
  };
}
