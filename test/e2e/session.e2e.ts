import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createMatrixClient, type MatrixClient } from './homeserver/matrix-client.ts';
import { type BotProcess, type BotProcessOptions, startBot } from './homeserver/start-bot.ts';
import { type Account, type Synapse, startSynapse } from './homeserver/start-synapse.ts';

/** As Tchap's own module does: refuses everything to an account past its yearly renewal. */
const expiryModule = `class Expiry:
    def __init__(self, config, api):
        api.register_account_validity_callbacks(is_user_expired=self.is_expired)

    async def is_expired(self, user):
        return True if user.startswith('@perime') else None
`;

let synapse: Synapse;
let admin: MatrixClient;
let agent: MatrixClient;
let modules: string;
let bot: BotProcess | null = null;
let account: Account;

beforeAll(async () => {
  modules = mkdtempSync(join(tmpdir(), 'modules-'));
  writeFileSync(join(modules, 'expiry.py'), expiryModule);
  process.env['PYTHONPATH'] = modules;
  synapse = await startSynapse({
    extraConfig: 'session_lifetime: 20s\nmodules: [{module: expiry.Expiry, config: {}}]\n',
  });
});

beforeEach(async ({ task }) => {
  // Sessions end after 20 s here, those of the test's own people too.
  const name = task.id.replace(/\W/g, '');
  admin = createMatrixClient(synapse.url, await synapse.createUser(`admin${name}`, { admin: true }));
  agent = createMatrixClient(synapse.url, await synapse.createUser(`marie${name}`));
  account = await synapse.createUser(`assistant${name}`);
});

afterEach(async () => {
  await bot?.remove();
  bot = null;
});

afterAll(async () => {
  delete process.env['PYTHONPATH'];
  rmSync(modules, { recursive: true, force: true });
  await synapse?.remove();
});

/** The bot with its password, not with a token. */
const withPassword = (given: Account, password = given.password): BotProcessOptions => ({
  account: given,
  settings: { ACCESS_TOKEN: '', BOT_USER: given.name, BOT_PASSWORD: password },
});

function readSession(folder: string): { token: string; device: string } {
  const store = new DatabaseSync(join(folder, 'assistant.db'), { readOnly: true });
  const read = (name: string) =>
    String(store.prepare('SELECT value FROM setting WHERE name = ?').get(name)?.['value']);
  const session = { token: read('access-token'), device: read('device-id') };
  store.close();
  return session;
}

async function expectAnAnswer(client: MatrixClient, room: string, question: string): Promise<void> {
  const asked = await client.send(room, question);
  const answered = client.waitFor(
    room,
    ({ sender, content }) =>
      sender === account.userId && JSON.stringify(content['m.relates_to'] ?? {}).includes(asked),
    18_000,
  );
  answered.catch(() => undefined);
  const ended = bot?.waitForExit().then((code) => `the bot ended with code ${code}`);
  expect(await Promise.race([answered, ended])).toMatchObject({ type: 'm.room.message' });
}

/** The same person in a session that has just begun. */
async function logInAgain(client: MatrixClient): Promise<MatrixClient> {
  const { name, password } = client.account;
  const answer = await fetch(`${synapse.url}/_matrix/client/v3/login`, {
    method: 'POST',
    body: JSON.stringify({
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: name },
      password,
    }),
  });
  const { access_token } = (await answer.json()) as { access_token: string };
  return createMatrixClient(synapse.url, { ...client.account, accessToken: access_token });
}

test('a session that ends by its age is opened again by the running bot, on the same device', async () => {
  bot = await startBot(synapse, withPassword(account));
  const before = readSession(bot.dataFolder);
  const room = await agent.createDirectRoom(account.userId);
  await agent.waitForMember(room, account.userId);
  await new Promise((resolve) => setTimeout(resolve, 22_000));
  const again = await logInAgain(agent);
  await expectAnAnswer(again, room, 'mon vpn marche pas');
  const after = readSession(bot.dataFolder);
  expect(after.token).not.toBe(before.token);
  expect(after.device).toBe(before.device);
  // The process is the same one: its log shows one start.
  expect(bot.output().match(/Contenu chargé/g)).toHaveLength(1);
});

test('logged out from elsewhere, the running bot opens another session with its password', async () => {
  bot = await startBot(synapse, withPassword(account));
  const room = await agent.createDirectRoom(account.userId);
  await agent.waitForMember(room, account.userId);
  const { token } = readSession(bot.dataFolder);
  await fetch(`${synapse.url}/_matrix/client/v3/logout`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
  });
  await expectAnAnswer(await logInAgain(agent), room, 'mon vpn marche pas');
  expect(bot.output().match(/Contenu chargé/g)).toHaveLength(1);
});

test('the login of a deactivated account ends with words', async () => {
  await admin.call('POST', `/../../../_synapse/admin/v1/deactivate/${account.userId}`, { erase: false });
  await expect(startBot(synapse, withPassword(account))).rejects.toThrow(/code 3[\s\S]*désactivé/);
});

test('the login of a locked account ends with words', async () => {
  await admin.call('PUT', `/../../../_synapse/admin/v2/users/${account.userId}`, { locked: true });
  await expect(startBot(synapse, withPassword(account))).rejects.toThrow(/code 3[\s\S]*verrouillé/);
});

test('the login of an account past its yearly renewal ends with words', async () => {
  const expired = await synapse.createUser(`perime${account.name}`);
  await expect(startBot(synapse, withPassword(expired))).rejects.toThrow(
    /code 3[\s\S]*expiré[\s\S]*renouvel/,
  );
});

test('an account that is deactivated while the bot works ends it with words', async () => {
  bot = await startBot(synapse, withPassword(account));
  await admin.call('POST', `/../../../_synapse/admin/v1/deactivate/${account.userId}`, { erase: false });
  const late = new Promise<'still running'>((resolve) => setTimeout(resolve, 60_000, 'still running'));
  expect(await Promise.race([bot.waitForExit(), late]), bot.output().slice(-1_500)).toBe(3);
  expect(bot.output()).toMatch(/désactivé/);
});

test('a server that takes no password ends the login with words, and says what to ask for', async () => {
  const other = await startSynapse({ extraConfig: 'password_config: {enabled: false}\n' });
  try {
    const given = await other.createUser('assistant');
    await expect(startBot(other, withPassword(given))).rejects.toThrow(
      /code 3[\s\S]*jeton d’accès personnel/,
    );
  } finally {
    await other.remove();
  }
});
