import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMatrixClient } from './homeserver/matrix-client.ts';
import { startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;

beforeAll(async () => {
  synapse = await startSynapse();
});

afterAll(() => synapse?.remove());

/** What only looks encrypted, each of a session of its own. */
const junk = (number: number) => ({
  algorithm: 'm.megolm.v1.aes-sha2',
  ciphertext: 'AwgAEnACgAkLmt6qF84IK++J7UDH2Za1YVchHyprqTqsg',
  device_id: 'RJYKSTBOIE',
  sender_key: 'IlRMeOPX2e0MurIyfWEucYBRVOEEUMrOHqn/8mLqMjA',
  session_id: `session${number}`,
});

test('junk of many sessions gets one sentence a person, and another person is told all the same', async () => {
  const bot = await startBot(synapse, { settings: { UNREADABLE_NOTICE_SECONDS: '1' } });
  const people = [
    createMatrixClient(synapse.url, await synapse.createUser('pirate')),
    createMatrixClient(synapse.url, await synapse.createUser('marie')),
  ] as const;
  const rooms: string[] = [];
  for (const person of people) {
    const room = await person.createDirectRoom(bot.account.userId);
    await person.waitForMember(room, bot.account.userId);
    rooms.push(room);
  }
  const [pirate, marie] = people;
  for (let number = 0; number < 60; number += 1) {
    await pirate.send(rooms[0] ?? '', junk(number), 'm.room.encrypted');
  }
  await marie.send(rooms[1] ?? '', junk(1_000), 'm.room.encrypted');
  const isNotice = ({ sender, content }: { sender: string; content: object }) =>
    sender === bot.account.userId && JSON.stringify(content).includes('déchiffrer');
  await marie.waitFor(rooms[1] ?? '', isNotice);
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect((await pirate.readTimeline(rooms[0] ?? '')).filter(isNotice)).toHaveLength(1);
  await bot.remove();
});
