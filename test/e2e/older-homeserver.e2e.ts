import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMatrixClient, type MatrixClient, type MatrixEvent } from './homeserver/matrix-client.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;
let bot: BotProcess;
let marie: MatrixClient;
let admin: MatrixClient;
let room: string;
let adminRoom: string;
const copies: string[] = [];

beforeAll(async () => {
  synapse = await startSynapse();
  admin = createMatrixClient(synapse.url, await synapse.createUser('admin'));
  const account = await synapse.createUser('assistant', { displayName: 'Assistant télétravail' });
  adminRoom = await admin.createRoom({ invite: [account.userId] });
  bot = await startBot(synapse, { account, settings: { ENCRYPTION: 'non', ADMIN_ROOM: adminRoom } });
  await admin.waitForMember(adminRoom, account.userId);
  marie = createMatrixClient(synapse.url, await synapse.createUser('marie', { displayName: 'Marie Martin' }));
  room = await marie.createDirectRoom(account.userId);
  await marie.waitForMember(room, account.userId);
  await ask('bonjour');
});

afterAll(async () => {
  await bot?.remove();
  await synapse?.remove();
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
});

const answers = (question: string) => (event: MatrixEvent) => {
  const relation = event.content['m.relates_to'] as { 'm.in_reply_to'?: { event_id: string } } | undefined;
  return event.sender === bot.account.userId && relation?.['m.in_reply_to']?.event_id === question;
};

async function ask(text: string): Promise<string> {
  const question = await marie.send(room, text);
  await marie.waitFor(room, answers(question));
  return question;
}

const isDatabase = (name: string): boolean => name.startsWith('homeserver.db');

/** The homeserver's database as it is now. */
async function copyDatabase(): Promise<string> {
  const copy = mkdtempSync(join(tmpdir(), 'copie-'));
  copies.push(copy);
  await synapse.stop();
  for (const name of readdirSync(synapse.folder).filter(isDatabase))
    cpSync(join(synapse.folder, name), join(copy, name));
  await synapse.start();
  return copy;
}

/** An incident: the homeserver comes back with its database of that moment. */
async function restoreDatabase(copy: string): Promise<void> {
  await synapse.stop();
  for (const name of readdirSync(synapse.folder).filter(isDatabase)) rmSync(join(synapse.folder, name));
  for (const name of readdirSync(copy)) cpSync(join(copy, name), join(synapse.folder, name));
  await synapse.start();
}

/** Far enough for the stream to be well ahead of the copy. */
async function goOn(): Promise<void> {
  for (const text of [
    'mon vpn marche pas',
    'comment chiffrer une clé usb ?',
    'merci',
    'bonjour',
    'c’est quoi tchap ?',
  ])
    await ask(text);
}

test('a homeserver restored from an older copy while the bot was away: later questions are answered once, and it is said', async () => {
  const old = await ask('comment me connecter au wifi avec mon noemi ?');
  const copy = await copyDatabase();
  await goOn();
  await bot.stop('SIGTERM');
  await restoreDatabase(copy);
  const first = await marie.send(room, 'j’ai perdu ma carte agent');
  const second = await marie.send(room, 'comment lancer une visio comu ?');
  await bot.start();
  await marie.waitFor(room, answers(second));
  const timeline = await marie.readTimeline(room);
  expect([old, first, second].map((question) => timeline.filter(answers(question)).length)).toEqual([
    1, 1, 1,
  ]);
  await admin.waitFor(adminRoom, (event) => String(event.content['body']).includes('plus ancien'));
});

test('though its stream has gone on beyond where the bot was: a token alone would not show it', async () => {
  const copy = await copyDatabase();
  await goOn();
  await bot.stop('SIGTERM');
  await restoreDatabase(copy);
  const question = await marie.send(room, 'j’ai perdu ma carte agent');
  const elsewhere = await marie.createRoom();
  for (let index = 0; index < 60; index += 1) await marie.send(elsewhere, `note ${index}`);
  await bot.start();
  await marie.waitFor(room, answers(question));
  expect((await marie.readTimeline(room)).filter(answers(question))).toHaveLength(1);
});

test('while the bot is running, it notices as soon as it is back', async () => {
  const copy = await copyDatabase();
  await goOn();
  await restoreDatabase(copy);
  // Asked before the bot is back from its back-off.
  const question = await marie.send(room, 'j’ai perdu ma carte agent');
  const elsewhere = await marie.createDirectRoom(bot.account.userId);
  await marie.waitFor(room, answers(question));
  await marie.waitForMember(elsewhere, bot.account.userId);
  expect((await marie.readTimeline(room)).filter(answers(question))).toHaveLength(1);
  expect((await fetch(`${bot.healthUrl}/readyz`)).status).toBe(200);
});
