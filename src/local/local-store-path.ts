import { join } from 'node:path';

/** The store of a bot without homeserver, apart from a connected bot's; `npm run questions` reads it in the same case. */
export function localStorePath(dataDir: string): string {
  return join(dataDir, 'local.db');
}
