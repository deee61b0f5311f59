import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainTypography } from '../text/plain-typography.ts';
import { createMatrixClient, type MatrixClient, type MatrixEvent } from './homeserver/matrix-client.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;
let bot: BotProcess;
let agent: MatrixClient;
let room: string;

beforeAll(async () => {
  synapse = await startSynapse();
  bot = await startBot(synapse);
  agent = createMatrixClient(synapse.url, await synapse.createUser('camille.durand-interieur.gouv.fr'));
  room = await agent.createDirectRoom(bot.account.userId);
  await agent.waitForMember(room, bot.account.userId);
});

afterAll(async () => {
  await bot?.remove();
  await synapse?.remove();
});

const relation = (event: MatrixEvent) =>
  (event.content['m.relates_to'] ?? {}) as { rel_type?: string; event_id?: string; key?: string };

/** The bot's message, among those after `since`, that holds these words. */
async function hear(words: string, since: string): Promise<MatrixEvent> {
  const seen = (event: MatrixEvent) =>
    event.sender === bot.account.userId &&
    plainTypography(String(event.content['body'] ?? '')).includes(words);
  let found: MatrixEvent | undefined;
  await agent.waitFor(room, () => true);
  for (let round = 0; round < 300 && found === undefined; round++) {
    const timeline = await agent.readTimeline(room);
    const start = timeline.findIndex((event) => event.event_id === since);
    found = timeline.slice(start + 1).find(seen);
    if (found === undefined) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (found === undefined) throw new Error(`the bot did not say "${words}"`);
  return found;
}

test('an agent is guided by reactions, across a restart of the bot', async () => {
  const asked = await agent.send(room, 'mon vpn marche pas sur mon noemi');
  const answer = await hear('Résolu ?', asked);
  for (const key of ['👍', '👎']) {
    await agent.waitFor(
      room,
      (event) =>
        event.type === 'm.reaction' &&
        relation(event).event_id === answer.event_id &&
        relation(event).key === key,
    );
  }
  const guided = await agent.send(room, 'pas à pas');
  const first = await hear('Étape 1/4', guided);
  const blue = await agent.react(room, first.event_id, '1️⃣');
  const second = await hear('Étape 2/4', blue);
  await bot.stop();
  await bot.start();
  const done = await agent.react(room, second.event_id, '✅');
  const third = await hear('Étape 3/4', done);
  const back = await agent.react(room, third.event_id, '⏮');
  await hear('Étape 2/4', back);
});

test('a variant is picked by a reaction, and a 👍 is thanked for', async () => {
  const stopped = await agent.send(room, 'stop');
  await hear('Le guide est arrêté', stopped);
  const asked = await agent.send(room, 'comment partager la connexion de mon téléphone');
  const question = await hear('Quel est votre téléphone', asked);
  const picked = await agent.react(room, question.event_id, '1️⃣');
  const answer = await hear('Données cellulaires', picked);
  expect(answer.content['formatted_body']).toContain('<h4>');
  const solved = await agent.react(room, answer.event_id, '👍');
  await hear('Tant mieux', solved);
});

test('an edited question gets its answer edited', async () => {
  const asked = await agent.send(room, "c'est quoi tchap");
  const answer = await hear('Tchap', asked);
  const edited = await agent.edit(room, asked, 'comment chiffrer une clé usb avec bitlocker');
  const replaced = await hear('BitLocker', edited);
  expect(relation(replaced)).toMatchObject({ rel_type: 'm.replace', event_id: answer.event_id });
});

test('an edited answer keeps the reactions that still act, and loses the others', async () => {
  const asked = await agent.send(room, 'comment me connecter à COMU ?');
  const answer = await hear('Êtes-vous de la gendarmerie', asked);
  const under = async () =>
    (await agent.readTimeline(room))
      .filter((event) => event.type === 'm.reaction' && relation(event).event_id === answer.event_id)
      .map((event) => relation(event).key);
  const becomes = async (keys: readonly string[]) => {
    for (let round = 0; round < 150 && `${await under()}` !== `${keys}`; round++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await under()).toEqual(keys);
  };
  await becomes(['1️⃣', '2️⃣']);
  await agent.edit(room, asked, 'mon vpn marche pas sur mon noemi');
  await becomes(['👍', '👎']);
  await agent.edit(room, asked, 'comment chiffrer une clé usb avec bitlocker');
  await agent.send(room, "c'est quoi tchap");
  await hear('Tchap', asked);
  await becomes(['👍', '👎']);
});

test('a deleted question has its answer deleted', async () => {
  const asked = await agent.send(room, "c'est quoi nomade 2");
  const answer = await hear('Nomade 2', asked);
  await agent.redact(room, asked);
  await agent.waitFor(
    room,
    (event) => event.event_id === answer.event_id && Object.keys(event.content).length === 0,
  );
});

test('a secret is warned about, and is nowhere in what the bot wrote or keeps', async () => {
  const asked = await agent.send(room, 'mon mot de passe est Azerty123!');
  await hear('Supprimez ce message', asked);
  await bot.stop();
  expect(bot.output()).not.toContain('Azerty123');
  const kept = readdirSync(bot.dataFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  // What is no secret is there to be found; the secret is not even in pages that SQLite has freed.
  expect(kept.some((bytes) => bytes.includes('usb avec bitlocker'))).toBe(true);
  expect(kept.some((bytes) => bytes.includes('Azerty123'))).toBe(false);
});
