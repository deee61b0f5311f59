import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMatrixClient, type MatrixClient, type MatrixEvent } from './homeserver/matrix-client.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;
let bot: BotProcess;
let agent: MatrixClient;

beforeAll(async () => {
  synapse = await startSynapse();
  bot = await startBot(synapse);
  agent = createMatrixClient(
    synapse.url,
    await synapse.createUser('marie.martin-interieur.gouv.fr', { displayName: 'Marie Martin [Intérieur]' }),
  );
});

afterAll(async () => {
  await bot?.remove();
  await synapse?.remove();
});

const fromBot = (event: MatrixEvent): boolean =>
  event.sender === bot.account.userId && event.type === 'm.room.message';

test('an agent asks in a direct message and receives the ResetVPN procedure', async () => {
  const room = await agent.createDirectRoom(bot.account.userId);
  await agent.waitForMember(room, bot.account.userId);
  const question = await agent.send(room, 'mon vpn marche pas sur mon noemi');

  const answer = await agent.waitFor(
    room,
    (event) => fromBot(event) && String(event.content['body']).includes('ResetVPN'),
  );
  expect(answer.content['format']).toBe('org.matrix.custom.html');
  expect(answer.content['formatted_body']).toContain('<ol>');
  expect(answer.content['body']).toContain('«\u202frecherche\u202f»');
  expect(answer.content['m.relates_to']).toMatchObject({ 'm.in_reply_to': { event_id: question } });
});

test('in a salon the bot is silent until it is mentioned, then answers in a thread', async () => {
  const room = await agent.createRoom({ name: 'Service informatique', invite: [bot.account.userId] });
  await agent.waitForMember(room, bot.account.userId);
  await agent.send(room, 'mon vpn marche pas sur mon noemi');
  const called = await agent.send(room, {
    msgtype: 'm.text',
    body: 'Assistant télétravail : comment chiffrer une clé USB avec BitLocker ?',
    'm.mentions': { user_ids: [bot.account.userId] },
  });

  const answer = await agent.waitFor(
    room,
    (event) => fromBot(event) && String(event.content['body']).includes('BitLocker'),
  );
  expect(answer.content['m.relates_to']).toMatchObject({ rel_type: 'm.thread', event_id: called });
  const everything = await agent.readTimeline(room);
  expect(
    everything.filter((event) => fromBot(event) && String(event.content['body']).includes('ResetVPN')),
  ).toEqual([]);
});

test('a notice is never answered', async () => {
  const room = await agent.createDirectRoom(bot.account.userId);
  await agent.waitForMember(room, bot.account.userId);
  await agent.send(room, { msgtype: 'm.notice', body: 'mon vpn marche pas sur mon noemi' });
  const asked = await agent.send(room, 'quel est le numéro du centre d’appel ?');
  await agent.waitFor(
    room,
    (event) => fromBot(event) && String(event.content['body']).includes('01\u00a040\u00a007\u00a020\u00a000'),
  );
  const replies = (await agent.readTimeline(room)).filter(
    (event) =>
      fromBot(event) &&
      (event.content['m.relates_to'] as { 'm.in_reply_to'?: { event_id: string } })?.['m.in_reply_to'],
  );
  for (const reply of replies) {
    expect(reply.content['m.relates_to']).toMatchObject({ 'm.in_reply_to': { event_id: asked } });
  }
});
