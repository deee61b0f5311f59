import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HangingProxy, startHangingProxy } from './homeserver/hanging-proxy.ts';
import { createMatrixClient, type MatrixClient, type MatrixEvent } from './homeserver/matrix-client.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;
let proxy: HangingProxy;
let bot: BotProcess;
let marie: MatrixClient;
let camille: MatrixClient;

beforeAll(async () => {
  synapse = await startSynapse();
  proxy = await startHangingProxy(synapse.url);
  bot = await startBot(synapse, {
    settings: {
      ENCRYPTION: 'non',
      HOMESERVER_URL: proxy.url,
      FLOOD_PER_PERSON: '1000',
      FLOOD_PER_ROOM: '1000',
    },
  });
  marie = createMatrixClient(synapse.url, await synapse.createUser('marie', { displayName: 'Marie Martin' }));
  camille = createMatrixClient(synapse.url, await synapse.createUser('camille', { displayName: 'Camille' }));
});

afterAll(async () => {
  await bot?.remove();
  await proxy?.close();
  await synapse?.remove();
});

const answeredBy = (event: MatrixEvent): string | undefined =>
  event.sender === bot.account.userId && event.type === 'm.room.message'
    ? (event.content['m.relates_to'] as { 'm.in_reply_to'?: { event_id: string } } | undefined)?.[
        'm.in_reply_to'
      ]?.event_id
    : undefined;
const answers = (question: string) => (event: MatrixEvent) => answeredBy(event) === question;

async function openRoom(client: MatrixClient): Promise<string> {
  const room = await client.createDirectRoom(bot.account.userId);
  await client.waitForMember(room, bot.account.userId);
  return room;
}

test('a room whose history hangs delays nobody else, and is answered in order once it is given', async () => {
  const slow = await openRoom(marie);
  const other = await openRoom(camille);
  await bot.stop('SIGKILL');
  const questions: string[] = [];
  await marie.call('PUT', `/rooms/${encodeURIComponent(slow)}/state/m.room.topic`, { topic: 'avant' });
  // More than a sync gives at once: the rest has to be fetched.
  for (let index = 0; index < 65; index += 1) questions.push(await marie.send(slow, `bonjour ${index}`));
  const question = await camille.send(other, 'mon vpn marche pas sur mon noemi');
  proxy.hang(new RegExp(`/rooms/${encodeURIComponent(slow)}/(messages|state)`));
  await bot.start();
  await camille.waitFor(other, answers(question), 10_000);

  // The slow room comes back before its messages stop waiting for what is missing before them.
  proxy.hang(null);
  await marie.waitFor(slow, answers(questions.at(-1) ?? ''), 60_000);
  const answered = (await marie.readTimeline(slow)).map(answeredBy).filter((id) => id !== undefined);
  expect(answered).toEqual(questions);
});

test('ten invitations that hang delay that of somebody else by seconds', async () => {
  const rooms: string[] = [];
  for (let index = 0; index < 10; index += 1) rooms.push(await marie.createRoom({ name: `Salon ${index}` }));
  proxy.hang(new RegExp(`/join/(${rooms.map((room) => encodeURIComponent(room)).join('|')})`));
  for (const room of rooms) {
    const user_id = bot.account.userId;
    await marie.call('POST', `/rooms/${encodeURIComponent(room)}/invite`, { user_id });
  }
  const other = await camille.createDirectRoom(bot.account.userId);
  await camille.waitForMember(other, bot.account.userId, 10_000);
  proxy.hang(null);
  for (const room of rooms) await marie.waitForMember(room, bot.account.userId, 90_000);
});
