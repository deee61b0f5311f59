import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process works on the data folder: `message` says it in French, with the remedy. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';

  constructor(dataDir: string, cause: unknown) {
    super(
      `Un autre processus utilise déjà le dossier des données ${dataDir}. Arrêtez-le avant de relancer celui-ci, ou donnez-lui un autre dossier (DATA_DIR) : deux assistants sur les mêmes données répondraient deux fois.`,
      { cause },
    );
  }
}

/** SQLITE_BUSY (https://sqlite.org/rescode.html#busy). */
const busy = 5;

/**
 * Keeps every other process off the data folder until `release`, or until this one ends, however it ends: the lock is
 * SQLite's, on a file of its own, and the kernel frees it. Waits 3 s for a process that is ending.
 * @throws DataFolderInUse
 */
export function lockDataFolder(dataDir: string): { release(): void } {
  const lock = new DatabaseSync(join(dataDir, 'verrou.sqlite'));
  try {
    lock.exec('PRAGMA busy_timeout = 3000; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw (error as { errcode?: unknown }).errcode === busy ? new DataFolderInUse(dataDir, error) : error;
  }
  return { release: () => lock.close() };
}
