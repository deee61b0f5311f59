import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMatrixClient, type MatrixClient } from '../test/e2e/homeserver/matrix-client.ts';
import { type Account, type Synapse, startSynapse } from '../test/e2e/homeserver/start-synapse.ts';

/** A homeserver as it is before the load: the bot, and people each alone with it in a direct message. */
export interface LoadTemplate {
  readonly bot: Account;
  readonly people: readonly { readonly account: Account; readonly room: string }[];
  /** Starts a homeserver on a copy, in this folder: contenders share neither rooms nor load, and begin alike. */
  startCopy(folder: string): Promise<Synapse>;
}

/** Calls at the same time while it is made: Synapse is one process, with a few threads for its database. */
const width = 6;

/** @param source where the homeserver is made; taken as it is when a former run left it there, for as many people */
export async function makeLoadTemplate(source: string, users: number): Promise<LoadTemplate> {
  const index = join(source, `load-${users}.json`);
  if (!existsSync(index))
    writeFileSync(index, JSON.stringify(await makeAccounts(source, users)), { mode: 0o600 });
  const accounts = JSON.parse(readFileSync(index, 'utf8')) as Pick<LoadTemplate, 'bot' | 'people'>;
  return {
    ...accounts,
    startCopy(copy) {
      cpSync(source, copy, { recursive: true });
      return startSynapse({ folder: copy });
    },
  };
}

async function makeAccounts(source: string, users: number): Promise<Pick<LoadTemplate, 'bot' | 'people'>> {
  const synapse = await startSynapse({ folder: source });
  const bot = await synapse.createUser('assistant', { displayName: 'Assistant télétravail [Intérieur]' });
  const botClient = createMatrixClient(synapse.url, bot);
  const people: { account: Account; room: string }[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < users) {
      const account = await synapse.createUser(`agent${next++}`);
      people.push({ account, room: await makeRoom(createMatrixClient(synapse.url, account), botClient) });
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  await synapse.stop();
  return { bot, people };
}

/** The bot is let in by the bench: arrivals, and what the bot says on them, are no part of the load. */
async function makeRoom(person: MatrixClient, bot: MatrixClient): Promise<string> {
  const room = await person.createDirectRoom(bot.account.userId);
  await bot.join(room);
  return room;
}
