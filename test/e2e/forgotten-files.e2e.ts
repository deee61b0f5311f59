import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createMatrixClient, type MatrixClient } from './homeserver/matrix-client.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;
let bot: BotProcess;
let agent: MatrixClient;

beforeAll(async () => {
  synapse = await startSynapse();
  bot = await startBot(synapse, { settings: { ENCRYPTION: 'non' } });
  agent = createMatrixClient(synapse.url, await synapse.createUser('marie', { displayName: 'Marie Martin' }));
});

afterAll(async () => {
  await bot?.remove();
  await synapse?.remove();
});

/** What somebody who copies the files of a running bot reads in them. */
function readFiles(): string {
  return ['', '-wal']
    .map((suffix) => join(bot.dataFolder, `assistant.db${suffix}`))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
}

/** The rows of messages received and sent, in either of which a room of two people is as good as a name. */
function readRows(): string {
  using database = new DatabaseSync(join(bot.dataFolder, 'assistant.db'), { readOnly: true });
  return ['journal', 'outgoing', 'conversation', 'unanswered', 'notice']
    .flatMap((table) => database.prepare(`SELECT * FROM ${table} WHERE ${keeps(table)}`).all())
    .map((row) => JSON.stringify(row))
    .join('\n');
}

/** The bot's own arrival in a room says no more than that it is there, which the table of rooms says. */
function keeps(table: string): string {
  if (table === 'notice') return `kind <> 'arrival'`;
  return table === 'journal' ? `sender <> '${bot.account.userId}'` : 'true';
}

test('somebody who asks to be forgotten is not to be found in the files of the running bot', async () => {
  const room = await agent.createDirectRoom(bot.account.userId);
  await agent.waitForMember(room, bot.account.userId);
  const question = await agent.send(room, 'mon imprimante aubergine ne marche plus');
  await agent.waitFor(room, (event) =>
    JSON.stringify(event.content['m.relates_to'] ?? {}).includes(question),
  );
  expect(readFiles()).toContain('aubergine');
  const command = await agent.send(room, '!oublier');
  await agent.waitFor(room, (event) => JSON.stringify(event.content['m.relates_to'] ?? {}).includes(command));
  await vi.waitFor(
    () => {
      expect(readFiles().includes('aubergine'), 'a text is left in the files').toBe(false);
      expect(readRows()).not.toContain(agent.account.userId);
      expect(readRows()).not.toContain(room);
    },
    { timeout: 15_000, interval: 500 },
  );
});
