import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMatrixClient } from './homeserver/matrix-client.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;
let bot: BotProcess;

beforeAll(async () => {
  synapse = await startSynapse();
  bot = await startBot(synapse);
});

afterAll(async () => {
  await bot?.remove();
  await synapse?.remove();
});

const isSentence = ({ sender, content }: { sender: string; content: object }) =>
  sender === bot.account.userId && /vérifier/.test(JSON.stringify(content));

/** An agent and their direct message with the bot. */
async function meet(name: string) {
  const agent = createMatrixClient(synapse.url, await synapse.createUser(name));
  const room = await agent.createDirectRoom(bot.account.userId);
  await agent.waitForMember(room, bot.account.userId);
  return { agent, room };
}

test('an agent who asks in the room to verify the bot is told, once, that there is no need', async () => {
  const { agent, room } = await meet('marie');
  const request = {
    msgtype: 'm.key.verification.request',
    body: 'Marie veut vérifier',
    from_device: agent.account.deviceId,
    methods: ['m.sas.v1'],
    to: bot.account.userId,
  };
  await agent.send(room, request);
  await agent.waitFor(room, isSentence);
  await agent.send(room, request);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect((await agent.readTimeline(room)).filter(isSentence)).toHaveLength(1);
});

test('an agent whose client asks the device itself is told in their direct message', async () => {
  const { agent, room } = await meet('paul');
  const request = {
    from_device: agent.account.deviceId,
    methods: ['m.sas.v1'],
    timestamp: Date.now(),
    transaction_id: 'demande-de-paul',
  };
  await agent.call('PUT', '/sendToDevice/m.key.verification.request/1', {
    messages: { [bot.account.userId]: { '*': request } },
  });
  await agent.waitFor(room, isSentence);
});

test('somebody who has no direct message with the bot is told nothing, and no room is opened for them', async () => {
  const stranger = createMatrixClient(synapse.url, await synapse.createUser('inconnu'));
  const request = { from_device: stranger.account.deviceId, methods: ['m.sas.v1'], timestamp: Date.now() };
  await stranger.call('PUT', '/sendToDevice/m.key.verification.request/1', {
    messages: { [bot.account.userId]: { '*': { ...request, transaction_id: 'demande' } } },
  });
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const { rooms } = (await stranger.call('GET', '/sync?timeout=0')) as { rooms?: { invite?: object } };
  expect(Object.keys(rooms?.invite ?? {})).toEqual([]);
});
