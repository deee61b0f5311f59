import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMatrixClient, type MatrixClient, type MatrixEvent } from './homeserver/matrix-client.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Account, type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;
let bot: BotProcess;
let restored: BotProcess | undefined;
let marie: MatrixClient;
let paul: MatrixClient;
const backup = mkdtempSync(join(tmpdir(), 'sauvegarde-'));
const settings = { ENCRYPTION: 'non', FLOOD_PER_PERSON: '1000', FLOOD_PER_ROOM: '1000' };

beforeAll(async () => {
  synapse = await startSynapse();
  bot = await startBot(synapse, { settings });
  marie = createMatrixClient(synapse.url, await synapse.createUser('marie', { displayName: 'Marie Martin' }));
  paul = createMatrixClient(synapse.url, await synapse.createUser('paul', { displayName: 'Paul Petit' }));
});

afterAll(async () => {
  await restored?.remove();
  await bot?.remove();
  await synapse?.remove();
  rmSync(backup, { recursive: true, force: true });
});

interface Relation {
  readonly rel_type?: string;
  readonly 'm.in_reply_to'?: { readonly event_id: string };
}
const relationOf = (event: MatrixEvent) => event.content['m.relates_to'] as Relation | undefined;
const fromBot = (event: MatrixEvent): boolean =>
  event.sender === bot.account.userId && event.type === 'm.room.message';
const answers = (question: string) => (event: MatrixEvent) =>
  fromBot(event) && relationOf(event)?.['m.in_reply_to']?.event_id === question;

async function ask(client: MatrixClient, room: string, content: string | object): Promise<string> {
  const question = await client.send(room, content);
  await client.waitFor(room, answers(question));
  return question;
}

async function enter(client: MatrixClient): Promise<string> {
  const room = await client.createDirectRoom(bot.account.userId);
  await client.waitForMember(room, bot.account.userId);
  await client.waitFor(room, fromBot);
  return room;
}

/** A device that the homeserver does not know: it gives no transaction ids of what the lost one sent. */
async function logInAgain(account: Account): Promise<Account> {
  const answer = await fetch(`${synapse.url}/_matrix/client/v3/login`, {
    method: 'POST',
    body: JSON.stringify({
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: account.name },
      password: account.password,
    }),
  });
  const { access_token: accessToken, device_id: deviceId } = (await answer.json()) as Record<string, string>;
  return { ...account, accessToken: String(accessToken), deviceId: String(deviceId) };
}

test('an old backup restored with a new device answers nothing a second time, and what was left', async () => {
  const room = await enter(marie);
  const salon = await marie.createRoom({ name: 'Entraide', invite: [bot.account.userId] });
  await marie.waitForMember(salon, bot.account.userId);
  await ask(marie, room, 'mon vpn marche pas sur mon noemi');
  await bot.stop('SIGTERM');
  cpSync(bot.dataFolder, backup, { recursive: true });
  await bot.start();

  const called = (text: string) => ({
    msgtype: 'm.text',
    body: `Assistant télétravail: ${text}`,
    'm.mentions': { user_ids: [bot.account.userId] },
  });
  const asked = [
    await ask(marie, room, 'comment me connecter au wifi avec mon noemi ?'),
    await ask(marie, room, 'c’est quoi tchap ?'),
    await ask(marie, room, 'merci'),
  ];
  const askedInSalon = await ask(marie, salon, called('comment chiffrer une clé usb ?'));
  await marie.send(salon, {
    ...called('* j’ai perdu ma carte agent'),
    'm.new_content': called('j’ai perdu ma carte agent'),
    'm.relates_to': { rel_type: 'm.replace', event_id: askedInSalon },
  });
  const isEdit = (event: MatrixEvent) => fromBot(event) && relationOf(event)?.rel_type === 'm.replace';
  await marie.waitFor(salon, isEdit);
  const second = await enter(paul);
  const askedBySecond = await ask(paul, second, 'comment lancer une visio comu ?');
  await bot.stop('SIGKILL');
  const before = {
    room: (await marie.readTimeline(room)).filter(fromBot).length,
    salon: (await marie.readTimeline(salon)).filter(fromBot).length,
    second: (await paul.readTimeline(second)).filter(fromBot).length,
  };
  const left = await marie.send(room, 'mon imprimante ne marche plus');

  restored = await startBot(synapse, {
    account: await logInAgain(bot.account),
    settings: { ...settings, DATA_DIR: backup },
  });
  await marie.waitFor(room, answers(left));
  await ask(marie, salon, called('quel est le numéro du centre d’appel ?'));
  await ask(paul, second, 'bonjour');
  const timelines = {
    room: await marie.readTimeline(room),
    salon: await marie.readTimeline(salon),
    second: await paul.readTimeline(second),
  };
  const count = (timeline: readonly MatrixEvent[], question: string) =>
    timeline.filter(answers(question)).length;
  expect([...asked, left].map((question) => count(timelines.room, question))).toEqual([1, 1, 1, 1]);
  expect(count(timelines.salon, askedInSalon)).toBe(1);
  expect(timelines.salon.filter(isEdit)).toHaveLength(1);
  expect(count(timelines.second, askedBySecond)).toBe(1);
  // One more answer a room, and no second introduction.
  expect({
    room: timelines.room.filter(fromBot).length,
    salon: timelines.salon.filter(fromBot).length,
    second: timelines.second.filter(fromBot).length,
  }).toEqual({ room: before.room + 1, salon: before.salon + 1, second: before.second + 1 });

  // What the lost device said is known again: a question answered by it is deleted with its answer.
  const [deleted = ''] = asked;
  await marie.redact(room, deleted);
  await marie.waitFor(
    room,
    (event) =>
      event.event_id === timelines.room.find(answers(deleted))?.event_id &&
      Object.keys(event.content).length === 0,
  );
});
