import { DatabaseSync } from 'node:sqlite';

/**
 * Has another connection hold the write lock of the store at `path`, as a backup or an inspection by hand does. SQLite
 * waits 2 s for it, in our own thread, and then refuses: longer than that, or until `release`.
 */
export function lockStore(path: string, milliseconds = 2_500): { release(): void } {
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  let held = true;
  const release = (): void => {
    if (!held) return;
    held = false;
    clearTimeout(timer);
    other.exec('ROLLBACK');
    other.close();
  };
  const timer = setTimeout(release, milliseconds);
  return { release };
}
