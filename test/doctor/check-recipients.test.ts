import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkRecipients } from '../../src/doctor/check-recipients.ts';
import type { SharingPolicy } from '../../src/encryption/share-room-key.ts';
import { isUserId } from '../../src/messages/ids.ts';
import { openStore } from '../../src/store/open-store.ts';

const bot = '@assistant:ici';
const signed = (user: string) => ({ signatures: { [user]: { 'ed25519:A': 'x', 'ed25519:SELF': 'y' } } });
const unsigned = (user: string) => ({ signatures: { [user]: { 'ed25519:A': 'x' } } });

function makeDataFolder(people: Readonly<Record<string, string>>): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'destinataires-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const store = openStore(join(dataDir, 'assistant.db'));
  store.rooms.update('!chiffre:ici', { membership: 'join', encryption: { algorithm: 'm.megolm' } });
  store.rooms.update('!clair:ici', { membership: 'join' });
  store.rooms.setMember('!clair:ici', { user: '@ailleurs:ici', membership: 'join', displayName: null });
  for (const [user, membership] of Object.entries({ [bot]: 'join', ...people })) {
    if (!isUserId(user)) throw new Error(`${user} is no user id`);
    store.rooms.setMember('!chiffre:ici', { user, membership, displayName: null });
  }
  store.close();
  return dataDir;
}

const check = (dataDir: string, devices: Readonly<Record<string, object>>, policy: SharingPolicy) =>
  checkRecipients({
    dataDir,
    user: bot,
    policy,
    call: async (_method, _path, _query, body) => {
      const asked = Object.keys((body as { device_keys: object }).device_keys);
      return {
        device_keys: Object.fromEntries(asked.map((user) => [user, { A: devices[user] }])),
        self_signing_keys: Object.fromEntries(
          asked.map((user) => [user, { keys: { 'ed25519:SELF': 'SELF' } }]),
        ),
      };
    },
  });

test('counts the people of encrypted rooms whose device is unsigned, and says whether they read the bot', async () => {
  const dataDir = makeDataFolder({ '@a:ici': 'join', '@b:ici': 'invite', '@parti:ici': 'leave' });
  const devices = {
    '@a:ici': unsigned('@a:ici'),
    '@b:ici': signed('@b:ici'),
    '@parti:ici': unsigned('@parti:ici'),
  };
  expect(await check(dataDir, devices, 'all')).toMatchObject({
    state: 'doubtful',
    message: '1 personne sur 2 a un appareil non vérifié, et y lit l’assistant (KEY_SHARING=all)',
  });
  expect(await check(dataDir, devices, 'signed')).toMatchObject({
    state: 'doubtful',
    message: '1 personne sur 2 a un appareil non vérifié, et n’y lit pas l’assistant (KEY_SHARING=signed)',
    remedy: expect.stringContaining('Mettez KEY_SHARING=all'),
  });
});

test('all is well when every device is signed, or when nobody is there', async () => {
  const dataDir = makeDataFolder({ '@b:ici': 'join' });
  expect(await check(dataDir, { '@b:ici': signed('@b:ici') }, 'signed')).toMatchObject({ state: 'good' });
  expect(await check(makeDataFolder({}), {}, 'signed')).toMatchObject({ state: 'good' });
});
