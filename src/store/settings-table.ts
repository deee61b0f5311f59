import type { Database } from './open-database.ts';
import { readText } from './read-row.ts';

/** What the bot has to remember of itself: sync token, device id, the secret that hashes ids in the logs… */
export type SettingName =
  | 'sync-token'
  | 'last-sync'
  | 'resync-after'
  | 'access-token'
  | 'refresh-token'
  | 'user-id'
  | 'device-id'
  /** The last warning given of the account's expiry: its date and how many days before. */
  | 'expiry-told'
  /** The moment of the last report of the desk. */
  | 'weekly-report'
  | 'page-cookie-key'
  | 'log-secret';

export interface SettingsTable {
  read(name: SettingName): string | null;
  write(name: SettingName, value: string): void;
  erase(name: SettingName): void;
}

export function createSettingsTable(db: Database): SettingsTable {
  return {
    read(name) {
      const row = db.get('SELECT value FROM setting WHERE name = ?', name);
      return row ? readText(row, 'value') : null;
    },
    write(name, value) {
      db.run(
        'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
        name,
        value,
      );
    },
    erase(name) {
      db.run('DELETE FROM setting WHERE name = ?', name);
    },
  };
}
