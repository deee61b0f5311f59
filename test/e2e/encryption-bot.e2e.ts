import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeRecoveryKey } from '../../src/encryption/recovery-key.ts';
import { encrypted, type JsSdkAgent, type SeenEvent, startJsSdkAgent } from '../encryption/js-sdk-agent.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

// The bot as it ships, in a process of its own, with a password and a recovery key; agents on matrix-js-sdk in the mode that
// excludes devices not signed by their owner.
let synapse: Synapse;
let secrets: string;
let bot: BotProcess;
let agent: JsSdkAgent;
let room: string;

beforeAll(async () => {
  synapse = await startSynapse();
  secrets = mkdtempSync(join(tmpdir(), 'secrets-'));
  const admin = await synapse.createUser('camille');
  const account = await synapse.createUser('assistant', { displayName: 'Assistant télétravail [Intérieur]' });
  bot = await startBot(synapse, {
    account,
    settings: {
      ACCESS_TOKEN: '',
      BOT_USER: account.name,
      BOT_PASSWORD: account.password,
      RECOVERY_KEY: makeRecoveryKey(),
      ADMIN_USERS: admin.userId,
      UNREADABLE_NOTICE_SECONDS: '2',
    },
  });
  agent = await startJsSdkAgent(synapse.url, admin, { isolation: 'signed' });
});

afterAll(async () => {
  await agent?.stop();
  await bot?.remove();
  await synapse?.remove();
  rmSync(secrets, { recursive: true, force: true });
});

/** The bot's answer to one question, as the agent's own client shows it. */
async function waitForAnswer(reader: JsSdkAgent, salon: string, question: string): Promise<SeenEvent> {
  for (let wait = 0; wait < 300; wait += 1) {
    const events = await reader.run<SeenEvent[]>('timeline', { room: salon });
    const answer = events.find((event) => {
      const relation = event.content['m.relates_to'] as
        | { 'm.in_reply_to'?: { event_id?: string } }
        | undefined;
      return (
        event.sender === bot.account.userId &&
        relation?.['m.in_reply_to']?.event_id === question &&
        !event.failed
      );
    });
    if (answer?.type === 'm.room.message') return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no answer to ${question}:\n${bot.output().slice(-2000)}`);
}

test('answers an encrypted question in a direct message, and again after being killed', async () => {
  room = await agent.createEncryptedDirectRoom(bot.account.userId);
  await agent.run('waitForMember', { room, userId: bot.account.userId, membership: 'join' });
  const answer = await waitForAnswer(agent, room, await agent.say(room, 'mon vpn marche pas sur mon noemi'));
  expect(answer).toMatchObject({ encrypted: true, shield: 0 });
  expect(answer.content['body']).toContain('ResetVPN');
  await bot.stop('SIGKILL');
  const question = await agent.say(room, 'comment chiffrer une clé USB avec BitLocker ?');
  await bot.start();
  expect((await waitForAnswer(agent, room, question)).content['body']).toContain('BitLocker');
});

test('answers in an encrypted salon of ten, and everybody there reads it', async () => {
  const colleagues: JsSdkAgent[] = [];
  try {
    for (let index = 0; index < 8; index += 1) {
      colleagues.push(
        await startJsSdkAgent(synapse.url, await synapse.createUser(`agent${index}`), {
          isolation: 'signed',
        }),
      );
    }
    const salon = await agent.createRoom({
      preset: 'private_chat',
      name: 'Service informatique',
      invite: [bot.account.userId, ...colleagues.map(({ account }) => account.userId)],
      initial_state: [encrypted],
    });
    for (const colleague of colleagues) await colleague.run('join', { room: salon });
    for (const member of [bot.account.userId, ...colleagues.map(({ account }) => account.userId)]) {
      await agent.run('waitForMember', { room: salon, userId: member, membership: 'join' });
    }
    const question = await agent.send(salon, {
      msgtype: 'm.text',
      body: 'Assistant télétravail : mon vpn marche pas sur mon noemi',
      'm.mentions': { user_ids: [bot.account.userId] },
    });
    const answer = await waitForAnswer(agent, salon, question);
    expect(answer.content['body']).toContain('ResetVPN');
    for (const reader of colleagues) {
      expect(await reader.waitForBody(salon, String(answer.content['body']))).toMatchObject({
        failed: false,
        shield: 0,
      });
    }
  } finally {
    await Promise.all(colleagues.map((colleague) => colleague.stop()));
  }
}, 240_000);

test('an administrator verifies the bot: emoji in the log, confirmed by a command', async () => {
  const emoji = await agent.run<[string, string][]>('startVerification', {
    userId: bot.account.userId,
    room,
  });
  const command = await waitForLog(/!verifier ([0-9a-f]{6})/u);
  for (const [symbol] of emoji) expect(bot.output()).toContain(symbol);
  await agent.say(room, `!verifier ${command}`);
  await agent.run('confirmVerification', { userId: bot.account.userId });
  expect(await agent.run('userTrust', { userId: bot.account.userId })).toMatchObject({ verified: true });
});

test('a lost key store: a new device by itself, signed with the recovery key, still verified for the administrator', async () => {
  await bot.stop('SIGKILL');
  rmSync(join(bot.dataFolder, 'chiffrement'), { recursive: true });
  await bot.start();
  expect(bot.output()).toContain('Identité de chiffrement reprise avec la clé de récupération');
  const answer = await waitForAnswer(agent, room, await agent.say(room, 'mon vpn marche pas sur mon noemi'));
  expect(answer).toMatchObject({ encrypted: true, shield: 0 });
  expect(await agent.run('userTrust', { userId: bot.account.userId })).toMatchObject({ verified: true });
});

test('a second process on the same data says so in French and ends, the first works on', async () => {
  const second = startBot(synapse, {
    account: bot.account,
    settings: { ...settingsOf(bot), DATA_DIR: bot.dataFolder },
  });
  await expect(second).rejects.toThrow(/Un autre processus utilise déjà|est déjà/u);
  const answer = await waitForAnswer(agent, room, await agent.say(room, 'comment lancer une visio comu ?'));
  expect(answer).toMatchObject({ encrypted: true, shield: 0 });
});

test('writes no secret and no message in its log', () => {
  expect(bot.output()).not.toContain(bot.account.password);
  expect(bot.output()).not.toContain('mon vpn marche pas');
  expect(existsSync(join(bot.dataFolder, 'chiffrement', 'cles.sqlite'))).toBe(true);
  expect(readFileSync(join(bot.dataFolder, 'chiffrement', 'cles.sqlite')).includes('ResetVPN')).toBe(false);
});

function settingsOf(started: BotProcess): Record<string, string> {
  return { ACCESS_TOKEN: '', BOT_USER: started.account.name, BOT_PASSWORD: started.account.password };
}

async function waitForLog(wanted: RegExp): Promise<string> {
  for (let wait = 0; wait < 300; wait += 1) {
    const found = wanted.exec(bot.output())?.[1];
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not in the log: ${wanted}`);
}
