import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMatrixClient, type MatrixClient, type MatrixEvent } from './homeserver/matrix-client.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Account, type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;
let bot: BotProcess;
let agent: MatrixClient;
let chief: Account;

beforeAll(async () => {
  synapse = await startSynapse();
  bot = await startBot(synapse, { settings: { ENCRYPTION: 'non' } });
  agent = createMatrixClient(synapse.url, await synapse.createUser('marie', { displayName: 'Marie Martin' }));
  chief = await synapse.createUser('chef', { admin: true });
});

afterAll(async () => {
  await bot?.remove();
  await synapse?.remove();
});

/** As a moderator of the homeserver does: the account still reads, and may send nothing. */
async function suspend(suspended: boolean): Promise<void> {
  const answer = await fetch(
    `${synapse.url}/_synapse/admin/v1/suspend/${encodeURIComponent(bot.account.userId)}`,
    {
      method: 'PUT',
      headers: { Authorization: `Bearer ${chief.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ suspend: suspended }),
    },
  );
  if (!answer.ok) throw new Error(`suspend: ${answer.status} ${await answer.text()}`);
}

const readProblems = async (): Promise<readonly string[]> => {
  const answer = await fetch(`${bot.healthUrl}/readyz`);
  return ((await answer.json()) as { problemes: string[] }).problemes;
};

const answers = (question: string) => (event: MatrixEvent) =>
  event.sender === bot.account.userId &&
  (event.content['m.relates_to'] as { 'm.in_reply_to'?: { event_id: string } } | undefined)?.['m.in_reply_to']
    ?.event_id === question;

test('a suspended account closes no room and drops no answer: readiness says what to do, and the answer comes later', async () => {
  const room = await agent.createDirectRoom(bot.account.userId);
  await agent.waitForMember(room, bot.account.userId);
  const before = await agent.send(room, 'bonjour');
  await agent.waitFor(room, answers(before));

  await suspend(true);
  const question = await agent.send(room, 'mon vpn marche pas sur mon noemi');
  await expect.poll(readProblems, { timeout: 20_000 }).toEqual([expect.stringContaining('suspendu')]);
  await suspend(false);
  await agent.waitFor(room, answers(question), 60_000);
  await expect.poll(readProblems, { timeout: 20_000 }).toEqual([]);

  const after = await agent.send(room, 'comment chiffrer une clé usb ?');
  await agent.waitFor(room, answers(after));
  expect((await agent.readTimeline(room)).filter(answers(question)).length).toBeGreaterThan(0);
});

test('an invitation that comes while the account is suspended is taken afterwards', async () => {
  await suspend(true);
  const room = await agent.createDirectRoom(bot.account.userId);
  await expect.poll(readProblems, { timeout: 20_000 }).toEqual([expect.stringContaining('suspendu')]);
  await suspend(false);
  await agent.waitForMember(room, bot.account.userId, 60_000);
});
