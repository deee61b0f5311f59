import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { createMatrixClient, type MatrixClient } from '../test/e2e/homeserver/matrix-client.ts';
import { type Account, type Synapse, startSynapse } from '../test/e2e/homeserver/start-synapse.ts';

/** A homeserver as it is before the load: the bot, and people each alone with it in a direct message. */
export interface LoadTemplate {
  readonly bot: Account;
  readonly people: readonly { readonly account: Account; readonly room: string }[];
  /** Starts a homeserver of its own on a copy: contenders share neither rooms nor load, and begin alike. */
  startCopy(name: string): Promise<Synapse>;
}

/** Calls at the same time while it is made: Synapse is one process, with a few threads for its database. */
const width = 6;

export async function makeLoadTemplate(folder: string, users: number): Promise<LoadTemplate> {
  const source = join(folder, 'template');
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
  return {
    bot,
    people,
    startCopy(name) {
      const copy = join(folder, name);
      cpSync(source, copy, { recursive: true });
      return startSynapse({ folder: copy });
    },
  };
}

/** The bot is let in by the bench: arrivals, and what the bot says on them, are no part of the load. */
async function makeRoom(person: MatrixClient, bot: MatrixClient): Promise<string> {
  const room = await person.createDirectRoom(bot.account.userId);
  await bot.join(room);
  return room;
}
