import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';
import { createExpiryWarning } from '../../src/matrix/expiry-warning.ts';
import { createLog } from '../../src/operations/log.ts';
import { openStore } from '../../src/store/open-store.ts';

const connected = { HOMESERVER_URL: 'https://matrix.test', ACCESS_TOKEN: 'jeton' };

test('in a year of hours, six warnings, each with the days that are left', () => {
  const store = openStore(':memory:');
  store.rooms.update('!admins:t', { membership: 'join' });
  const lines: string[] = [];
  const log = createLog({ level: 'info', secret: 's', write: (line) => void lines.push(line) });
  const config = { accountExpiry: '2027-10-31', adminRoom: '!admins:t', supportRoom: null } as const;
  const end = Date.parse('2027-11-05T00:00:00Z');
  let now = Date.parse('2027-01-01T00:00:00Z');
  const warn = createExpiryWarning({ config, store, log, clock: () => now, onOutgoing: () => undefined });
  for (; now < end; now += 3_600_000) warn();
  const said = lines.map((line) => /dans \d+.jours?|aujourd’hui/u.exec(line)?.[0].replace('\u00A0', ' '));
  expect(said).toEqual([
    'dans 30 jours',
    'dans 14 jours',
    'dans 7 jours',
    'dans 3 jours',
    'dans 1 jour',
    'aujourd’hui',
  ]);
  expect(lines[0]).toContain('31\u00A0octobre\u00A02027');
  expect(store.outgoing.countWaiting()).toBe(6);
});

test('a date that is none is refused with its remedy', () => {
  for (const date of ['31/10/2027', '2027-02-31', 'bientôt']) {
    expect(() => readConfig({ ...connected, ACCOUNT_EXPIRY: date })).toThrow(ConfigError);
  }
  expect(readConfig({ ...connected, ACCOUNT_EXPIRY: '2028-02-29' }).matrix?.accountExpiry).toBe('2028-02-29');
});
