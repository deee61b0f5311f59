import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parse } from 'dotenv';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createMatrixClient, type MatrixClient } from './homeserver/matrix-client.ts';
import { projectRoot } from './homeserver/python.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Account, type Synapse, startSynapse } from './homeserver/start-synapse.ts';
import { startWatchProxy, type WatchProxy } from './homeserver/watch-proxy.ts';

/** Milliseconds that an access token lives on this homeserver. */
const lifetime = 3_000;

let synapse: Synapse;
let proxy: WatchProxy;
let account: Account;
let agent: MatrixClient;
let bot: BotProcess | null = null;

beforeAll(async () => {
  synapse = await startSynapse({
    extraConfig: `refreshable_access_token_lifetime: ${lifetime}\nnonrefreshable_access_token_lifetime: 10m\n`,
  });
});

beforeEach(async ({ task }) => {
  const name = task.id.replace(/\W/g, '');
  account = await synapse.createUser(`assistant${name}`);
  agent = createMatrixClient(synapse.url, await synapse.createUser(`marie${name}`));
  proxy = await startWatchProxy(synapse.url);
});

afterEach(async () => {
  await bot?.remove();
  bot = null;
  await proxy.close();
});

afterAll(() => synapse?.remove());

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const count = (end: string) => proxy.sessions.filter(({ path }) => path.endsWith(end)).length;

function startWithPassword(): Promise<BotProcess> {
  const settings = {
    HOMESERVER_URL: proxy.url,
    ACCESS_TOKEN: '',
    BOT_USER: account.name,
    BOT_PASSWORD: account.password,
  };
  return startBot(synapse, { account, settings });
}

function readDevice(folder: string): unknown {
  const store = new DatabaseSync(join(folder, 'assistant.db'), { readOnly: true });
  const row = store.prepare("SELECT value FROM setting WHERE name = 'device-id'").get();
  store.close();
  return row?.['value'];
}

async function expectAnAnswer(room: string, question: string): Promise<void> {
  await waitForAnswer(room, await agent.send(room, question));
}

async function waitForAnswer(room: string, asked: string): Promise<void> {
  const isAnswer = ({ sender, content }: { sender: string; content: object }) =>
    sender === account.userId && JSON.stringify(content).includes(asked);
  await agent.waitFor(room, isAnswer);
}

async function openRoom(): Promise<string> {
  const room = await agent.createDirectRoom(account.userId);
  await agent.waitForMember(room, account.userId);
  return room;
}

test('a token of a few seconds is renewed by its refresh token, with no other login and on one device', async () => {
  bot = await startWithPassword();
  const device = readDevice(bot.dataFolder);
  const room = await openRoom();
  for (const question of ['mon vpn marche pas', 'mon écran est noir', 'je n’ai plus de son']) {
    await pause(lifetime + 500);
    await expectAnAnswer(room, question);
  }
  expect(count('/refresh')).toBeGreaterThanOrEqual(3);
  expect(count('/login')).toBe(1);
  expect(readDevice(bot.dataFolder)).toBe(device);
});

test('killed around a renewal, wherever it was, it goes on with the same session', async () => {
  bot = await startWithPassword();
  const running = bot;
  const device = readDevice(bot.dataFolder);
  const room = await openRoom();
  // Before the homeserver has renewed; renewed and not told; told a moment ago; each twice.
  for (const round of [0, 1, 2, 3, 4, 5]) {
    const killed = Promise.withResolvers<void>();
    proxy.onPass(async (path, moment) => {
      if (!path.endsWith('/refresh')) return;
      const kill = async () => {
        proxy.onPass(() => undefined);
        await running.stop('SIGKILL');
        killed.resolve();
      };
      if (round % 3 === 0 && moment === 'before') await kill();
      if (round % 3 === 1 && moment === 'answered') await kill();
      if (round % 3 === 2 && moment === 'answered') setTimeout(() => void kill(), round);
    });
    // An idle bot waits in a /sync that began with a good token; a question makes it call with one that has expired.
    await pause(lifetime + 500);
    const asked = await agent.send(room, `mon vpn marche pas ${round}`);
    await killed.promise;
    await bot.start();
    await waitForAnswer(room, asked);
  }
  expect(count('/login')).toBe(1);
  expect(readDevice(bot.dataFolder)).toBe(device);
});

test('an older copy of the store, whose refresh token has served, opens the session again with the password', async () => {
  bot = await startWithPassword();
  const device = readDevice(bot.dataFolder);
  const path = join(bot.dataFolder, 'assistant.db');
  await bot.stop();
  const store = new DatabaseSync(path);
  const old = store.prepare("SELECT name, value FROM setting WHERE name LIKE '%-token'").all();
  store.close();
  await bot.start();
  const room = await openRoom();
  // Two renewals: after the second, the refresh token of the first is good no more.
  for (const question of ['mon écran est noir', 'je n’ai plus de son']) {
    await pause(lifetime + 500);
    await expectAnAnswer(room, question);
  }
  await bot.stop();
  const restored = new DatabaseSync(path);
  for (const { name, value } of old) {
    if (name === 'sync-token') continue;
    restored.prepare('UPDATE setting SET value = ? WHERE name = ?').run(value ?? '', name ?? '');
  }
  restored.close();
  await bot.start();
  await expectAnAnswer(room, 'mon vpn marche pas');
  expect(count('/login')).toBe(2);
  expect(readDevice(bot.dataFolder)).toBe(device);
});

test('the set-up, which writes a token down, asks for none that has to be renewed, and leaves a password where tokens expire', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'setup-'));
  writeFileSync(join(folder, 'mot-de-passe'), account.password);
  const given = ['--serveur', proxy.url, '--compte', account.name, '--mot-de-passe', 'mot-de-passe'];
  const script = join(projectRoot, 'src/cli/setup.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...given], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  expect(await new Promise((resolve) => child.once('exit', resolve)), output).toBe(0);
  expect(proxy.sessions.map(({ body }) => body['refresh_token'])).toEqual([undefined]);
  const written = parse(readFileSync(join(folder, '.env')));
  expect(output).toMatch(/expire/);
  expect(written).toMatchObject({ BOT_USER: account.name, BOT_PASSWORD: account.password });
  expect(written['ACCESS_TOKEN']).toBeUndefined();
  // The device that the set-up has signed is the one that the bot goes on with.
  const dataFolder = join(folder, 'donnees');
  const device = readDevice(dataFolder);
  bot = await startBot(synapse, {
    account,
    settings: { ...written, ACCESS_TOKEN: '', DATA_DIR: dataFolder },
  });
  await expectAnAnswer(await openRoom(), 'mon vpn marche pas');
  expect(readDevice(dataFolder)).toBe(device);
  await bot.stop();
  rmSync(folder, { recursive: true, force: true });
});
