import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMatrixClient } from './homeserver/matrix-client.ts';
import { startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;

beforeAll(async () => {
  synapse = await startSynapse();
});

afterAll(() => synapse?.remove());

test('administrators are told in their room, once, that the account expires within 30 days', async () => {
  const admin = createMatrixClient(synapse.url, await synapse.createUser('admin'));
  const account = await synapse.createUser('assistant');
  const room = await admin.createRoom({ invite: [account.userId] });
  const expiry = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  const settings = { ADMIN_ROOM: room, ADMIN_USERS: admin.account.userId, ACCOUNT_EXPIRY: expiry };
  const bot = await startBot(synapse, { account, settings });
  const isWarning = ({ sender, content }: { sender: string; content: object }) =>
    sender === account.userId && /expire dans 20\sjours/.test(JSON.stringify(content));
  await admin.waitFor(room, isWarning);
  await bot.stop();
  await bot.start();
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  expect((await admin.readTimeline(room)).filter(isWarning)).toHaveLength(1);
  await bot.remove();
});
