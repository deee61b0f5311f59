import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { loadBrain } from '../../src/brain/load-brain.ts';
import { readConfig } from '../../src/config.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { createBotEncryption } from '../../src/matrix/create-bot-encryption.ts';
import { createHomeserver, type HomeserverRequest } from '../../src/matrix/homeserver/homeserver.ts';
import { type MatrixBot, startMatrixBot } from '../../src/matrix/start-matrix-bot.ts';
import { createLog } from '../../src/operations/log.ts';
import { createMetrics } from '../../src/operations/metrics.ts';
import { openStore } from '../../src/store/open-store.ts';
import { startFakeHomeserver } from './fake-homeserver.ts';

const agent = '@marie:faux.test';
const room = '!message-prive:faux.test';

/** What each request of the bot is for: an id, a type or a key in its path stands for any. */
function nameOf({ method, path }: { readonly method: string; readonly path: string }): string {
  const parts = path.replace('/_matrix/client/v3', '').split('/');
  const kept = parts.map((part) => (/^(%|[!@$]|m\.room|m\.|fr\.|t?\d|.{24,})/.test(part) ? '…' : part));
  return `${method} ${kept.join('/')}`;
}

test('every request of the bot, encryption and login included, passes through beforeRequest', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bot-'));
  const homeserver = await startFakeHomeserver();
  const store = openStore(join(folder, 'assistant.db'));
  const log = createLog({ level: 'error', secret: 's', write: () => undefined });
  const { matrix } = readConfig({
    HOMESERVER_URL: homeserver.url,
    BOT_USER: 'assistant',
    BOT_PASSWORD: 'mot de passe',
    STORE_KEY: 'une clé de test, longue et au hasard : 8f3b0c',
  });
  if (matrix === null) throw new Error('the test gives a homeserver');
  const brain = await loadBrain(projectRoot);
  const passed: HomeserverRequest[] = [];
  const fatal: unknown[] = [];
  const bot: MatrixBot = startMatrixBot({
    config: matrix,
    idleMinutes: 30,
    retentionDays: 30,
    store,
    brain: () => brain,
    log,
    metrics: createMetrics(),
    ...createBotEncryption({
      config: matrix,
      dataDir: folder,
      store,
      log,
      content: () => brain.content,
      onFatal: (error) => void fatal.push(error),
      onOutgoing: () => bot.wakeSender(),
    }),
    beforeRequest: async (request) => {
      passed.push(request);
    },
  });
  const sends = () => homeserver.requests.filter(({ path }) => path.includes('/send/')).length;

  await vi.waitFor(() => expect(store.settings.read('sync-token')).not.toBeNull(), 20_000);
  homeserver.giveRooms({
    invite: { [room]: { invite_state: { events: [member(homeserver.userId, 'invite')] } } },
  });
  await vi.waitFor(
    () => expect(homeserver.requests.some(({ path }) => path.includes('/join/'))).toBe(true),
    5_000,
  );
  const algorithm = 'm.megolm.v1.aes-sha2';
  homeserver.giveRooms({
    join: {
      [room]: {
        state: {
          events: [
            member(agent, 'join'),
            {
              ...member(agent, ''),
              type: 'm.room.encryption',
              state_key: '',
              content: { algorithm },
              event_id: '$chiffre',
            },
          ],
        },
        timeline: { events: [member(homeserver.userId, 'join')] },
      },
    },
  });
  await vi.waitFor(() => expect(sends()).toBeGreaterThan(0), 10_000);
  const greeted = sends();
  homeserver.giveRooms({
    join: {
      [room]: {
        timeline: {
          events: [
            {
              ...member(agent, ''),
              event_id: '$question',
              type: 'm.room.message',
              state_key: undefined,
              content: { msgtype: 'm.text', body: 'mon vpn marche pas' },
            },
          ],
        },
      },
    },
  });
  await vi.waitFor(() => expect(sends()).toBeGreaterThan(greeted), 10_000);
  await bot.stop();
  store.close();
  await homeserver.close();
  rmSync(folder, { recursive: true });

  expect(fatal).toEqual([]);
  // One by one: a request may be ended by the stop after it has passed, and before it has left.
  const unseen = passed.map(({ method, path }) => `${method} ${path}`);
  for (const { method, path } of homeserver.requests) {
    const at = unseen.indexOf(`${method} ${path}`);
    expect(at, `${method} ${path} has not passed`).toBeGreaterThanOrEqual(0);
    unseen.splice(at, 1);
  }
  const kinds = new Set(homeserver.requests.map(nameOf));
  for (const kind of [
    'POST /login',
    'GET /account/whoami',
    'GET /sync',
    'POST /keys/upload',
    'POST /keys/query',
    'POST /keys/device_signing/upload',
    'POST /keys/signatures/upload',
    'POST /room_keys/version',
    'PUT /user/…/account_data/…',
    'POST /join/…',
    'PUT /rooms/…/send/…/…',
  ])
    expect(kinds).toContain(kind);
  expect(new Set(passed.filter((request) => request.hasTransactionId).map(nameOf))).toEqual(
    new Set([...kinds].filter((kind) => /\/(send|redact|sendToDevice)\//.test(kind))),
  );

  function member(user: string, membership: string) {
    const content = { membership, is_direct: true };
    const at = { origin_server_ts: Date.now(), unsigned: { age: 5 } };
    return { event_id: `$${user}`, type: 'm.room.member', sender: agent, state_key: user, content, ...at };
  }
}, 60_000);

test('a request that beforeRequest refuses does not leave', async () => {
  const homeserver = await startFakeHomeserver();
  const { call } = createHomeserver(homeserver.url, 'jeton', {
    beforeRequest: () => Promise.reject(new Error('not now')),
  });
  await expect(call('GET', '/_matrix/client/v3/account/whoami')).rejects.toThrow('not now');
  expect(homeserver.requests).toEqual([]);
  await homeserver.close();
});

test('no other file of the bot can start a request', () => {
  const starters = ['matrix', 'encryption', 'bot', 'tickets', 'chat-commands'].flatMap((folder) =>
    readdirSync(join(projectRoot, 'src', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name))
      .filter((name) =>
        /\bfetch\(|doHttpRequest|from '(node:https?|undici|request)'/.test(
          readFileSync(join(projectRoot, 'src', name), 'utf8'),
        ),
      ),
  );
  expect(starters).toEqual(['matrix/homeserver/homeserver.ts']);
});
