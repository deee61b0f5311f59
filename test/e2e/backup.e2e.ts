import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeRecoveryKey } from '../../src/encryption/recovery-key.ts';
import { type JsSdkAgent, type SeenEvent, startJsSdkAgent } from '../encryption/js-sdk-agent.ts';
import { projectRoot } from './homeserver/python.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;
let bot: BotProcess;
let agent: JsSdkAgent;
let room: string;
const folder = mkdtempSync(join(tmpdir(), 'sauvegardes-'));
const hourly = join(folder, 'chaque-heure');
const asked = join(folder, 'demandees');

beforeAll(async () => {
  synapse = await startSynapse();
  const account = await synapse.createUser('assistant', { displayName: 'Assistant télétravail' });
  bot = await startBot(synapse, {
    account,
    settings: {
      ACCESS_TOKEN: '',
      BOT_USER: account.name,
      BOT_PASSWORD: account.password,
      RECOVERY_KEY: makeRecoveryKey(),
      BACKUP_DIR: hourly,
    },
  });
  agent = await startJsSdkAgent(synapse.url, await synapse.createUser('marie'));
  room = await agent.createEncryptedDirectRoom(account.userId);
  await agent.run('waitForMember', { room, userId: account.userId, membership: 'join' });
});

afterAll(async () => {
  await agent?.stop();
  await bot?.remove();
  await synapse?.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function findAnswers(question: string): Promise<SeenEvent[]> {
  const events = await agent.run<SeenEvent[]>('timeline', { room });
  return events.filter(({ sender, content, failed }) => {
    const relation = content['m.relates_to'] as { 'm.in_reply_to'?: { event_id?: string } } | undefined;
    return sender === bot.account.userId && relation?.['m.in_reply_to']?.event_id === question && !failed;
  });
}

async function ask(text: string): Promise<string> {
  const question = await agent.say(room, text);
  await vi.waitFor(async () => expect(await findAnswers(question)).toHaveLength(1), { timeout: 30_000 });
  return question;
}

function backUp(...args: string[]) {
  return spawnSync(join(projectRoot, 'bin/assistant'), ['backup', ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', DATA_DIR: bot.dataFolder },
    timeout: 90_000,
  });
}

test('the running bot is copied, both stores, and the copy restored goes on without a second answer', async () => {
  const first = await ask('mon vpn marche pas sur mon noemi');
  const { status, stdout, stderr } = backUp(asked);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const [name = ''] = readdirSync(asked);
  expect(stdout).toContain(join(asked, name));
  const copy = join(asked, name);
  expect(readdirSync(join(bot.dataFolder, '.sauvegardes-demandees'))).toEqual([]);
  expect(readdirSync(bot.dataFolder).filter((file) => file.startsWith('sauvegarde'))).toEqual([]);
  expect(statSync(copy).mode & 0o777).toBe(0o700);
  for (const file of ['assistant.db', 'chiffrement/cles.sqlite']) {
    expect(statSync(join(copy, file)).mode & 0o777).toBe(0o600);
    using database = new DatabaseSync(join(copy, file), { readOnly: true });
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  }

  const second = await ask('comment chiffrer une clé USB avec BitLocker ?');
  await bot.stop('SIGKILL');
  rmSync(bot.dataFolder, { recursive: true });
  cpSync(copy, bot.dataFolder, { recursive: true });
  const third = await agent.say(room, 'c’est quoi tchap ?');
  await bot.start();
  await vi.waitFor(async () => expect(await findAnswers(third)).toHaveLength(1), { timeout: 60_000 });
  // SECURITY: the copied ratchets have been used since: the device is given up, and a new one is signed.
  expect(bot.output()).toContain('Un nouvel appareil est créé');
  await ask('merci');
  for (const question of [first, second, third]) expect(await findAnswers(question)).toHaveLength(1);
});

test('the bot makes a copy by itself, and the next in an hour', async () => {
  await vi.waitFor(() => expect(readdirSync(hourly)).toHaveLength(1), { timeout: 10_000 });
  const [name = ''] = readdirSync(hourly);
  expect(existsSync(join(hourly, name, 'chiffrement/cles.sqlite'))).toBe(true);
  expect((await fetch(`${bot.healthUrl}/readyz`)).status).toBe(200);
});

test('once it is stopped, the command copies the files itself', async () => {
  await bot.stop('SIGTERM');
  const other = join(folder, 'a-l-arret');
  expect(backUp(other)).toMatchObject({ status: 0, stderr: '' });
  const [name = ''] = readdirSync(other);
  expect(existsSync(join(other, name, 'assistant.db'))).toBe(true);
  await bot.start();
});

test('a folder that cannot be written is said in French', () => {
  writeFileSync(join(folder, 'fichier'), '');
  expect(backUp(join(folder, 'fichier', 'sauvegardes'))).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('Impossible'),
  });
});
