import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type JsSdkAgent, startJsSdkAgent } from '../encryption/js-sdk-agent.ts';
import { type SmallBot, startSmallBot } from '../encryption/small-bot.ts';
import { type Account, type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;
let directory: string;
let account: Account;
let bot: SmallBot;
let agent: JsSdkAgent;
let room: string;

beforeAll(async () => {
  synapse = await startSynapse();
  directory = mkdtempSync(join(tmpdir(), 'encryption-'));
  account = await synapse.createUser('assistant');
  bot = await startSmallBot(synapse.url, account, { storePath: join(directory, 'bot.sqlite') });
  agent = await startJsSdkAgent(synapse.url, await synapse.createUser('camille'), { isolation: 'signed' });
});

afterAll(async () => {
  await agent?.stop();
  await bot?.stop();
  await synapse?.remove();
  rmSync(directory, { recursive: true, force: true });
});

test('signs its device at the first start, and has identity, vault and backup', async () => {
  expect(await bot.encryption.readStatus()).toMatchObject({
    deviceSigned: true,
    identity: 'own',
    backup: 'on',
    healthy: true,
  });
});

test('reads an agent who excludes unsigned devices, and is read, in a direct message', async () => {
  room = await agent.createEncryptedDirectRoom(account.userId);
  await agent.say(room, 'je n’arrive plus à me connecter au VPN');
  const { signed } = await bot.waitForBody('je n’arrive plus à me connecter au VPN');
  expect(signed).toBe(true);
  await bot.say(room, 'Ouvrez d’abord le portail captif.');
  const seen = await agent.waitForBody(room, 'Ouvrez d’abord le portail captif.');
  expect(seen).toMatchObject({ encrypted: true, failed: false, shield: 0 });
  expect(await agent.run('deviceSigned', { userId: account.userId, deviceId: account.deviceId })).toBe(true);
});
