import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RawEvent } from '../../src/encryption/encryption.ts';
import { encrypted, type JsSdkAgent, type SeenEvent, startJsSdkAgent } from '../encryption/js-sdk-agent.ts';
import { type SmallBot, startSmallBot } from '../encryption/small-bot.ts';
import { type Account, type Synapse, startSynapse } from './homeserver/start-synapse.ts';

// The encryption module alone, under a small sync loop, against matrix-js-sdk in the mode that excludes devices not
// signed by their owner. The bot as it ships is in encryption-bot.e2e.ts.
let synapse: Synapse;
let directory: string;
let account: Account;
let bot: SmallBot;
let agent: JsSdkAgent;
let room: string;

const restart = async (): Promise<void> => {
  await bot.stop();
  bot = await startSmallBot(synapse.url, account, {
    storePath: join(directory, 'bot.sqlite'),
    policy: 'signed',
  });
};

beforeAll(async () => {
  synapse = await startSynapse();
  directory = mkdtempSync(join(tmpdir(), 'encryption-'));
  account = await synapse.createUser('assistant');
  bot = await startSmallBot(synapse.url, account, {
    storePath: join(directory, 'bot.sqlite'),
    policy: 'signed',
  });
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

test('keeps the relation of an edit, a thread and a reaction, and its own edit replaces in the other client', async () => {
  const first = await agent.say(room, 'mon noemi est bloqué');
  await bot.waitForBody('mon noemi est bloqué');
  const relation = {
    rel_type: 'm.thread',
    event_id: first,
    is_falling_back: true,
    'm.in_reply_to': { event_id: first },
  };
  const reply = await bot.send(room, {
    msgtype: 'm.text',
    body: 'Avez-vous redémarré ?',
    'm.relates_to': relation,
  });
  const seen = await agent.waitForBody(room, 'Avez-vous redémarré ?');
  expect(seen.content['m.relates_to']).toMatchObject(relation);
  await bot.send(room, {
    msgtype: 'm.text',
    body: '* Avez-vous redémarré le poste ?',
    'm.new_content': { msgtype: 'm.text', body: 'Avez-vous redémarré le poste ?' },
    'm.relates_to': { rel_type: 'm.replace', event_id: reply },
  });
  expect((await agent.waitForBody(room, 'Avez-vous redémarré le poste ?')).id).toBe(reply);
  await agent.send(room, {
    msgtype: 'm.text',
    body: '* mon noemi2 est bloqué',
    'm.new_content': { msgtype: 'm.text', body: 'mon noemi2 est bloqué' },
    'm.relates_to': { rel_type: 'm.replace', event_id: first },
  });
  const edit = await bot.waitForBody('* mon noemi2 est bloqué');
  expect(edit.event.content['m.relates_to']).toEqual({ rel_type: 'm.replace', event_id: first });
  await bot.send(
    room,
    { 'm.relates_to': { rel_type: 'm.annotation', event_id: first, key: '👀' } },
    'm.reaction',
  );
  const file = {
    msgtype: 'm.file',
    body: 'capture.png',
    file: { url: 'mxc://x/y', v: 'v2', key: {}, iv: 'a', hashes: {} },
  };
  await bot.send(room, file);
  expect((await agent.waitForBody(room, 'capture.png')).content['file']).toMatchObject({ v: 'v2' });
});

test('goes on with the same device after a restart, both ways', async () => {
  await restart();
  await agent.say(room, 'vous êtes toujours là ?');
  await bot.waitForBody('vous êtes toujours là ?');
  await bot.say(room, 'Toujours.');
  expect(await agent.waitForBody(room, 'Toujours.')).toMatchObject({ failed: false, shield: 0 });
});

test('an agent invited by the bot reads what was said before joining', async () => {
  const { room_id: salon } = (await bot.call('POST', '/_matrix/client/v3/createRoom', undefined, {
    preset: 'private_chat',
    invite: [agent.account.userId],
    initial_state: [
      encrypted,
      { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'invited' } },
    ],
  })) as { room_id: string };
  await bot.say(salon, 'Écrit avant votre arrivée.');
  await new Promise((resolve) => setTimeout(resolve, 500));
  await agent.run('join', { room: salon });
  expect(await agent.waitForBody(salon, 'Écrit avant votre arrivée.')).toMatchObject({ failed: false });
});

test('an invited agent gets no key where history begins at joining', async () => {
  const { room_id: salon } = (await bot.call('POST', '/_matrix/client/v3/createRoom', undefined, {
    preset: 'private_chat',
    invite: [agent.account.userId],
    initial_state: [
      encrypted,
      { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'joined' } },
    ],
  })) as { room_id: string };
  await bot.say(salon, 'Entre nous.');
  await agent.run('join', { room: salon });
  await bot.say(salon, 'Bienvenue.');
  await agent.waitForBody(salon, 'Bienvenue.');
  const events = await agent.run<SeenEvent[]>('timeline', { room: salon });
  expect(events.filter((event) => event.content['body'] === 'Entre nous.')).toEqual([]);
});

test('catches up on a message whose key comes after it', async () => {
  bot.holdKeys = true;
  await agent.run('forgetKeys', { room });
  const sent = await agent.say(room, 'clé en retard');
  for (let wait = 0; wait < 100 && !bot.undecryptable.has(sent); wait += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(bot.undecryptable.get(sent)?.reason).toBe('MissingRoomKey');
  bot.holdKeys = false;
  await bot.waitForBody('clé en retard');
  expect(bot.undecryptable.size).toBe(0);
});

test('a device that the agent adds and signs reads the next answer; an unsigned one gets no key', async () => {
  const key = await agent.run<string>('setUpRecovery');
  const logIn = async () => {
    const answer = (await bot.call('POST', '/_matrix/client/v3/login', undefined, {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: agent.account.userId },
      password: agent.account.password,
    })) as { access_token: string; device_id: string };
    return { ...agent.account, accessToken: answer.access_token, deviceId: answer.device_id };
  };
  const phone = await startJsSdkAgent(synapse.url, await logIn(), { isolation: 'signed', sign: false });
  const kiosk = await startJsSdkAgent(synapse.url, await logIn(), { isolation: 'all', sign: false });
  try {
    await phone.run('setRecoveryKey', { key });
    await phone.run('recoverWithKey');
    await bot.say(room, 'Lu aussi sur le téléphone.');
    expect(await phone.waitForBody(room, 'Lu aussi sur le téléphone.')).toMatchObject({
      failed: false,
      shield: 0,
    });
    await expect(kiosk.waitForBody(room, 'Lu aussi sur le téléphone.', 1500)).rejects.toThrow('no message');
  } finally {
    await phone.stop();
    await kiosk.stop();
  }
});

test('changes the key as the room asks, and at once when somebody leaves', async () => {
  const colleague = await startJsSdkAgent(synapse.url, await synapse.createUser('dominique'), {
    isolation: 'signed',
  });
  const { room_id: salon } = (await bot.call('POST', '/_matrix/client/v3/createRoom', undefined, {
    preset: 'private_chat',
    invite: [agent.account.userId, colleague.account.userId],
    initial_state: [{ ...encrypted, content: { ...encrypted.content, rotation_period_msgs: 4 } }],
  })) as { room_id: string };
  await agent.run('join', { room: salon });
  const say = async (count: number): Promise<void> => {
    for (let message = 0; message < count; message += 1) await bot.say(salon, `Message ${message}`);
  };
  const readSessions = async (): Promise<string[]> => {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(salon)}/messages`;
    const { chunk } = (await bot.call('GET', path, { dir: 'b', limit: '50' })) as { chunk: RawEvent[] };
    return chunk
      .filter((event) => event.type === 'm.room.encrypted')
      .map((event) => String(event.content['session_id']));
  };
  await say(9);
  const uses = Object.values(Object.groupBy(await readSessions(), (session) => session)).map(
    (sent) => sent?.length ?? 0,
  );
  expect(uses.reduce((total, sent) => total + sent, 0)).toBe(9);
  expect(Math.max(...uses)).toBeLessThanOrEqual(4);
  await say(1);
  const [before] = await readSessions();
  await bot.call('POST', `/_matrix/client/v3/rooms/${encodeURIComponent(salon)}/kick`, undefined, {
    user_id: colleague.account.userId,
  });
  await say(1);
  const [after] = await readSessions();
  expect(after).not.toBe(before);
  expect(await agent.waitForBody(salon, 'Message 8')).toMatchObject({ failed: false });
  await colleague.stop();
});

test('sends nothing where the state of the room cannot be read', async () => {
  const before = bot.seen.length;
  await expect(bot.say('!inconnu:agent.interieur.test', 'secret')).rejects.toMatchObject({
    code: 'room-unknown',
  });
  expect(bot.seen.length).toBe(before);
});

test('answers the verification of the bot with emoji, and confirms only when told to', async () => {
  const seen: { flowId: string; emoji: readonly { symbol: string }[] }[] = [];
  await bot.stop();
  bot = await startSmallBot(synapse.url, account, {
    storePath: join(directory, 'bot.sqlite'),
    policy: 'signed',
    admins: [agent.account.userId],
    onEmoji: (notice) => void seen.push(notice),
  });
  const emoji = await agent.run<[string, string][]>('startVerification', { userId: account.userId, room });
  for (let wait = 0; wait < 100 && seen.length === 0; wait += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(seen[0]?.emoji.map(({ symbol }) => symbol)).toEqual(emoji.map(([symbol]) => symbol));
  expect(await agent.run('userTrust', { userId: account.userId })).toMatchObject({ verified: false });
  await bot.encryption.verifications.confirm(seen[0]?.flowId ?? '');
  await agent.run('confirmVerification', { userId: account.userId });
  expect(await agent.run('userTrust', { userId: account.userId })).toMatchObject({ verified: true });
});
