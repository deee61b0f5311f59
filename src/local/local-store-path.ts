import { join } from 'node:path';

/** Kept apart from a connected bot's: `npm run questions` reads it when there is no homeserver. */
export function localStorePath(dataDir: string): string {
  return join(dataDir, 'local.db');
}
