import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RawEvent } from '../../src/encryption/encryption.ts';
import { makeRecoveryKey } from '../../src/encryption/recovery-key.ts';
import { type JsSdkAgent, startJsSdkAgent } from '../encryption/js-sdk-agent.ts';
import { createCall, quiet, type SmallBot, startSmallBot } from '../encryption/small-bot.ts';
import { type Account, type Synapse, startSynapse } from './homeserver/start-synapse.ts';

const recoveryKey = makeRecoveryKey();
let synapse: Synapse;
let directory: string;
let account: Account;
let bot: SmallBot | null = null;
let agent: JsSdkAgent;
let room: string;
let identity: string;

const storePath = () => join(directory, 'cles.sqlite');
const removeStore = () => {
  for (const suffix of ['', '-wal']) rmSync(storePath() + suffix, { force: true });
};
const start = async (given: object = {}): Promise<SmallBot> => {
  bot = await startSmallBot(synapse.url, account, {
    storePath: storePath(),
    recoveryKey,
    policy: 'signed',
    ...given,
  });
  return bot;
};
const stop = async () => {
  await bot?.stop();
  bot = null;
};
const logIn = async (): Promise<Account> => {
  const answer = (await createCall(synapse.url, '')('POST', '/_matrix/client/v3/login', undefined, {
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: account.userId },
    password: account.password,
  })) as { access_token: string; device_id: string };
  return { ...account, accessToken: answer.access_token, deviceId: answer.device_id };
};
const readMasterKey = async (): Promise<string> => {
  const call = createCall(synapse.url, agent.account.accessToken);
  const answer = (await call('POST', '/_matrix/client/v3/keys/query', undefined, {
    device_keys: { [account.userId]: [] },
  })) as { master_keys: Record<string, { keys: Record<string, string> }> };
  return Object.keys(answer.master_keys[account.userId]?.keys ?? {})[0] ?? '';
};

beforeAll(async () => {
  synapse = await startSynapse();
  directory = mkdtempSync(join(tmpdir(), 'encryption-recovery-'));
  account = await synapse.createUser('assistant');
  await start();
  agent = await startJsSdkAgent(synapse.url, await synapse.createUser('dominique'), { isolation: 'signed' });
  room = await agent.createEncryptedDirectRoom(account.userId);
  await agent.say(room, 'avant la perte');
  await bot?.waitForBody('avant la perte');
  await bot?.say(room, 'Bien reçu.');
  await agent.waitForBody(room, 'Bien reçu.');
  await bot?.encryption.flush();
  identity = await readMasterKey();
});

afterAll(async () => {
  await agent?.stop();
  await stop();
  await synapse?.remove();
  rmSync(directory, { recursive: true, force: true });
});

test('refuses a second bot on the same keys while the first one runs', async () => {
  await expect(
    startSmallBot(synapse.url, account, { storePath: storePath(), recoveryKey }),
  ).rejects.toMatchObject({
    code: 'store-in-use',
    exitCode: 5,
  });
});

test('refuses a wrong store key, a token of another device, and works again with the right ones', async () => {
  await stop();
  await expect(start({ storeKey: 'une autre clé, tout aussi longue, mais fausse' })).rejects.toMatchObject({
    code: 'store-key',
  });
  const right = account;
  account = await logIn();
  await expect(start()).rejects.toMatchObject({ code: 'store-other-device' });
  account = right;
  await start();
});

test('refuses an old copy of the store', async () => {
  await stop();
  cpSync(storePath(), join(directory, 'copie.sqlite'));
  await start();
  await stop();
  cpSync(storePath(), join(directory, 'vraie.sqlite'));
  removeStore();
  cpSync(join(directory, 'copie.sqlite'), storePath());
  await expect(start()).rejects.toMatchObject({ code: 'store-restored' });
  removeStore();
  cpSync(join(directory, 'vraie.sqlite'), storePath());
});

test('refuses to work on with a deleted store under the same device', async () => {
  removeStore();
  await expect(start()).rejects.toMatchObject({ code: 'store-lost' });
  removeStore();
});

test('never makes a second identity: without the recovery key, or with a wrong one, it says so', async () => {
  account = await logIn();
  await expect(startSmallBot(synapse.url, account, { storePath: storePath() })).rejects.toMatchObject({
    code: 'identity-elsewhere',
  });
  await expect(start({ recoveryKey: makeRecoveryKey() })).rejects.toMatchObject({ code: 'recovery-key' });
  await expect(start({ recoveryKey: 'pas une clé' })).rejects.toMatchObject({ code: 'recovery-key' });
  expect(await readMasterKey()).toBe(identity);
});

test('a lost store: a new device, signed with the recovery key, that the agent trusts and reads at once', async () => {
  const renewed = await start();
  expect(await renewed.encryption.readStatus()).toMatchObject({
    deviceSigned: true,
    identity: 'own',
    backup: 'on',
  });
  expect(await readMasterKey()).toBe(identity);
  await renewed.say(room, 'Me revoici, sur un nouvel appareil.');
  expect(await agent.waitForBody(room, 'Me revoici, sur un nouvel appareil.')).toMatchObject({
    failed: false,
    shield: 0,
  });
  expect(await agent.run('userTrust', { userId: account.userId })).toMatchObject({ needsApproval: false });
  await agent.say(room, 'bon retour');
  await renewed.waitForBody('bon retour');
});

test('the messages of before the loss are read with the backup', async () => {
  if (bot === null) throw new Error('the bot is not started');
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/messages`;
  const { chunk } = (await bot.call('GET', path, { dir: 'b', limit: '50' })) as { chunk: RawEvent[] };
  const keys: string[] = [];
  bot.encryption.onRoomKeys((sessions) => keys.push(...sessions.map(({ sessionId }) => sessionId)));
  const first = chunk.filter((event) => event.type === 'm.room.encrypted').at(-1);
  if (first === undefined) throw new Error('no encrypted event');
  const before = await bot.encryption.decrypt(room, first);
  // The loop of the bot may have read it by itself already.
  if (!before.ok) {
    expect(before, JSON.stringify([before, first])).toMatchObject({ waits: true });
    for (let wait = 0; wait < 100 && !keys.includes(before.sessionId ?? ''); wait += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const after = await bot.encryption.decrypt(room, first);
  expect(after.ok ? after.event.content['body'] : after.reason).toBe('avant la perte');
});

test('an identity replaced from another client is said in French, and the next start asks for the new recovery key', async () => {
  if (bot === null) throw new Error('the bot is not started');
  const lines: string[] = [];
  await stop();
  const running = await start({ log: { ...quiet, error: (line: string) => void lines.push(line) } });
  const web = await startJsSdkAgent(synapse.url, await logIn(), { sign: false });
  await web.run('resetIdentity', { userId: account.userId, password: account.password });
  await web.stop();
  await expect
    .poll(() => lines.join(), { timeout: 20_000 })
    .toContain('Mettez la nouvelle clé de récupération');
  expect(await running.encryption.readStatus()).toMatchObject({
    deviceSigned: false,
    identity: 'other',
    healthy: false,
  });
  expect(await readMasterKey()).not.toBe(identity);
  await stop();
  await expect(start()).rejects.toMatchObject({ exitCode: 5, code: expect.stringMatching(/^recovery-/) });
});

test('a panic of the crypto library is told in French, ends the process, and the next start works', async () => {
  const other = await synapse.createUser('panique');
  const folder = join(directory, 'panique');
  const script = fileURLToPath(new URL('../encryption/panic-process.ts', import.meta.url));
  const { userId, deviceId, accessToken } = other;
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', script, synapse.url, userId, deviceId, accessToken, folder],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(output).toContain('panic La bibliothèque de chiffrement s’est arrêtée sur une erreur interne');
  expect(output).not.toContain('sent');
  // 1 where Node itself ends the process on the uncaught exception, after the line.
  expect([1, 6]).toContain(code);
  const again = await startSmallBot(synapse.url, other, { storePath: join(folder, 'cles.sqlite') });
  expect(await again.encryption.readStatus()).toMatchObject({ healthy: true });
  await again.stop();
});
