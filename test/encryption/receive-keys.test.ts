import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEncryption } from '../../src/encryption/create-encryption.ts';
import type { HomeserverCall } from '../../src/encryption/encryption.ts';
import { createKeyDirectory, type KeyDirectory } from './key-directory.ts';
import { startMachinePeer } from './machine-peer.ts';
import { quiet } from './small-bot.ts';

const botId = '@assistant:interieur.test';
const agentId = '@dominique:interieur.test';
const roomId = '!message-prive:interieur.test';
const device = 'ASSISTANT';

/** The bot's encryption on the keys in `folder`, against an account of `directory`. */
function open(folder: string, call: HomeserverCall, onCommit?: () => void) {
  return createEncryption({
    userId: botId,
    deviceId: device,
    call,
    rooms: {
      readRoom: async () => ({
        encryption: { algorithm: 'm.megolm.v1.aes-sha2' },
        joined: [botId, agentId],
        invited: [],
        historyVisibility: 'invited',
      }),
    },
    storePath: join(folder, 'cles.sqlite'),
    storeKey: 'une clé de test, longue et au hasard : 8f3b0c',
    policy: 'all',
    log: quiet,
    onCommit,
    onFatal: (error) => {
      throw error;
    },
  });
}

const withKeys = (toDevice: readonly object[]) => ({
  toDevice,
  changed: [],
  left: [],
  oneTimeKeyCounts: { signed_curve25519: 50 },
  unusedFallbackKeyTypes: undefined,
});

test('wherever a kill falls while keys are taken in, the same keys given again open the message', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cles-'));
  const directory = createKeyDirectory();
  const account = callWithAccount(directory);
  let reachable = true;
  const call: HomeserverCall = (...given) =>
    reachable ? account(...given) : Promise.reject(new Error('no network'));
  /** The files as a kill after each commit would leave them. */
  const copies: string[] = [];
  let copying = false;
  const encryption = await open(folder, call, () => {
    if (!copying) return;
    const copy = join(folder, `tuee-${copies.length}`);
    mkdirSync(copy);
    for (const name of ['cles.sqlite', 'cles.sqlite-wal', 'cle-de-recuperation'])
      if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name));
    copies.push(copy);
  });
  const agent = await startMachinePeer(directory, agentId, 'TELEPHONE');
  const question = await agent.say(roomId, 'mon vpn marche pas', [botId, agentId]);
  const keys = directory.takeInbox(botId, device);
  reachable = false;
  copying = true;
  await encryption.receiveSync(withKeys(keys));
  copying = false;
  await encryption.close();
  reachable = true;

  expect(copies.length).toBeGreaterThan(0);
  for (const copy of copies) {
    const next = await open(copy, call);
    await next.receiveSync(withKeys(keys));
    expect(await next.decrypt(roomId, question), copy.slice(folder.length)).toMatchObject({ ok: true });
    await next.close();
  }
  rmSync(folder, { recursive: true });
});

test('a key that came twice while the bot was away opens the first message as well as the last', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cles-'));
  const directory = createKeyDirectory();
  const encryption = await open(folder, callWithAccount(directory));
  const agent = await startMachinePeer(directory, agentId, 'TELEPHONE');

  const first = await agent.say(roomId, 'mon vpn marche pas', [botId, agentId]);
  // The bot opens an Olm session of its own: the agent's library takes that for the need of the key once more, and gives
  // it as it stands at the second message.
  await encryption.encrypt('!entraide:interieur.test', 'm.room.message', {
    msgtype: 'm.text',
    body: 'bonjour',
  });
  await agent.pump();
  const second = await agent.say(roomId, 'et le wifi ?', [botId, agentId]);
  const keys = directory.takeInbox(botId, device);
  expect(keys.length).toBeGreaterThan(1);
  await encryption.receiveSync(withKeys(keys));

  expect(await encryption.decrypt(roomId, second)).toMatchObject({ ok: true });
  expect(await encryption.decrypt(roomId, first)).toMatchObject({ ok: true });
  await encryption.close();
  rmSync(folder, { recursive: true });
});

/** What the directory lacks of an account: its data, and the version of its key backup. */
function callWithAccount(directory: KeyDirectory): HomeserverCall {
  const data = new Map<string, object>();
  const toDirectory = directory.callAs(botId, device);
  const notFound = { statusCode: 404, body: { errcode: 'M_NOT_FOUND', error: '' } };
  return async (method, path, query, body) => {
    if (path.includes('/account_data/')) {
      if (method === 'PUT') data.set(path, body ?? {});
      const known = data.get(path);
      if (known === undefined) throw Object.assign(new Error('no such data'), notFound);
      return known;
    }
    if (path.endsWith('/room_keys/version')) {
      if (method === 'POST') return { version: '1' };
      throw Object.assign(new Error('no backup'), notFound);
    }
    return toDirectory(method, path, query, body);
  };
}
