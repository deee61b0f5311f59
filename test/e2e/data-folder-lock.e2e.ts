import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;

beforeAll(async () => {
  synapse = await startSynapse();
});

afterAll(() => synapse?.remove());

test('a second bot on one data folder ends with words, without encryption too; a killed one leaves no lock', async () => {
  const bot = await startBot(synapse, { settings: { ENCRYPTION: 'non' } });
  try {
    const settings = { ENCRYPTION: 'non', DATA_DIR: bot.dataFolder };
    await expect(startBot(synapse, { account: bot.account, settings })).rejects.toThrow(
      /code 2[\s\S]*utilise déjà le dossier/,
    );
    await bot.stop('SIGKILL');
    await bot.start();
  } finally {
    await bot.remove();
  }
});
