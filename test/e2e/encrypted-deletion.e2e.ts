import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeRecoveryKey } from '../../src/encryption/recovery-key.ts';
import { encrypted } from '../encryption/js-sdk-agent.ts';
import { type SmallBot, startSmallBot } from '../encryption/small-bot.ts';
import { createMatrixClient, type MatrixClient, type MatrixEvent } from './homeserver/matrix-client.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

/**
 * Deletions are checked by the homeserver, which does not see into a ciphertext: a « deletion » inside one is anybody's.
 * Clients refuse to write such an event; the people here encrypt with the bot's own module, which does not.
 */
interface Person {
  readonly client: MatrixClient;
  readonly crypto: SmallBot;
}

let synapse: Synapse;
let folder: string;
let bot: BotProcess;
let marie: Person;
let paul: Person;

beforeAll(async () => {
  synapse = await startSynapse();
  folder = mkdtempSync(join(tmpdir(), 'deletion-'));
  const account = await synapse.createUser('assistant', { displayName: 'Assistant télétravail' });
  bot = await startBot(synapse, {
    account,
    settings: {
      ACCESS_TOKEN: '',
      BOT_USER: account.name,
      BOT_PASSWORD: account.password,
      RECOVERY_KEY: makeRecoveryKey(),
      KEY_SHARING: 'all',
    },
  });
  marie = await startPerson('marie');
  paul = await startPerson('paul');
}, 120_000);

afterAll(async () => {
  await Promise.all([marie?.crypto.stop(), paul?.crypto.stop()]);
  await bot?.remove();
  await synapse?.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function startPerson(name: string): Promise<Person> {
  const account = await synapse.createUser(name);
  const crypto = await startSmallBot(synapse.url, account, { storePath: join(folder, `${name}.sqlite`) });
  return { client: createMatrixClient(synapse.url, account), crypto };
}

async function openDirect({ client }: Person): Promise<string> {
  const room = await client.createDirectRoom(bot.account.userId, { initial_state: [encrypted] });
  await client.waitForMember(room, bot.account.userId);
  return room;
}

/** Asks, and gives the ids of the question and of the bot's answer. */
async function ask({ client, crypto }: Person, room: string, body: string): Promise<[string, string]> {
  const question = await crypto.say(room, body);
  const answer = await client.waitFor(room, (event) => isAnswer(event, question));
  return [question, answer.event_id];
}

function isAnswer(event: MatrixEvent, question: string): boolean {
  return event.sender === bot.account.userId && JSON.stringify(event.content).includes(question);
}

/** A deleted event has no content left. */
async function isDeleted({ client }: Person, room: string, event: string): Promise<boolean> {
  const { content } = await client.call(
    'GET',
    `/rooms/${encodeURIComponent(room)}/event/${encodeURIComponent(event)}`,
  );
  return Object.keys(content as object).length === 0;
}

test('a deletion inside a ciphertext, from another room, deletes nothing', async () => {
  const room = await openDirect(marie);
  const [question, answer] = await ask(marie, room, 'mon vpn marche pas sur mon noemi');
  const elsewhere = await openDirect(paul);
  await paul.crypto.send(elsewhere, { redacts: question }, 'm.room.redaction');
  // Each room is taken in order: by the second answer, the bot has done what it had to do.
  await ask(paul, elsewhere, 'comment chiffrer une clé usb avec bitlocker ?');
  await ask(marie, room, 'comment chiffrer une clé usb avec bitlocker ?');
  expect(await isDeleted(marie, room, answer)).toBe(false);
});

test('a deletion inside a ciphertext, by somebody else in the same salon, deletes nothing', async () => {
  const room = await marie.client.createRoom({
    name: 'Entraide',
    invite: [bot.account.userId, paul.client.account.userId],
    initial_state: [encrypted],
  });
  await marie.client.waitForMember(room, bot.account.userId);
  await marie.client.waitForMember(room, paul.client.account.userId);
  const [question, answer] = await ask(
    marie,
    room,
    'Assistant télétravail : mon vpn marche pas sur mon noemi',
  );
  await paul.crypto.send(room, { redacts: question }, 'm.room.redaction');
  await ask(marie, room, 'Assistant télétravail : comment chiffrer une clé usb avec bitlocker ?');
  expect(await isDeleted(marie, room, answer)).toBe(false);
});

test('a real deletion, in clear, is obeyed', async () => {
  const room = await openDirect(marie);
  const [question, answer] = await ask(marie, room, 'mon vpn marche pas sur mon noemi');
  await marie.client.redact(room, question);
  await expect.poll(() => isDeleted(marie, room, answer), { timeout: 15_000 }).toBe(true);
});
