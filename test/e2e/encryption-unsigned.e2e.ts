import { afterAll, beforeAll, expect, test } from 'vitest';
import { type JsSdkAgent, type SeenEvent, startJsSdkAgent } from '../encryption/js-sdk-agent.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

// An agent who has never verified their client, as many on Tchap: matrix-js-sdk on a device that no identity has signed.
let synapse: Synapse;
const bots: BotProcess[] = [];
const agents: JsSdkAgent[] = [];

beforeAll(async () => {
  synapse = await startSynapse();
});

afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.stop()));
  await Promise.all(bots.map((bot) => bot.remove()));
  await synapse?.remove();
});

async function askFromUnsignedDevice(name: string, settings: Readonly<Record<string, string>>) {
  const bot = await startBot(synapse, { name: `assistant-${name}`, settings });
  bots.push(bot);
  const agent = await startJsSdkAgent(synapse.url, await synapse.createUser(name), { sign: false });
  agents.push(agent);
  const { userId, deviceId } = agent.account;
  expect(await agent.run('deviceSigned', { userId, deviceId })).toBe(false);
  const room = await agent.createEncryptedDirectRoom(bot.account.userId);
  await agent.run('waitForMember', { room, userId: bot.account.userId, membership: 'join' });
  const question = await agent.say(room, 'mon vpn marche pas sur mon noemi');
  return { bot, answer: await waitForAnswer(agent, room, bot, question) };
}

/** The bot's answer, once the agent's client reads it or has been told why it never will. */
async function waitForAnswer(reader: JsSdkAgent, room: string, bot: BotProcess, question: string) {
  let last: SeenEvent | undefined;
  for (let wait = 0; wait < 200; wait += 1) {
    const events = await reader.run<SeenEvent[]>('timeline', { room });
    const asked = events.findIndex(({ id }) => id === question);
    last = events
      .slice(asked + 1)
      .find(({ sender, encrypted }) => asked >= 0 && sender === bot.account.userId && encrypted);
    const withheld = last?.failure?.includes('WITHHELD') ?? false;
    if (last !== undefined && last.type !== 'm.room.encrypted' && (!last.failed || withheld)) return last;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no answer to ${question} but ${JSON.stringify(last)}:\n${bot.output().slice(-2000)}`);
}

async function readMetric(bot: BotProcess, name: string): Promise<string | undefined> {
  const text = await (await fetch(`${bot.healthUrl}/metrics`)).text();
  return text
    .split('\n')
    .find((line) => line.startsWith(`${name} `))
    ?.split(' ')[1];
}

test('by default an agent whose device is unsigned reads the answer, and is counted', async () => {
  const { bot, answer } = await askFromUnsignedDevice('camille', {});
  expect(answer).toMatchObject({ failed: false, type: 'm.room.message' });
  expect(answer.content['body']).toContain('ResetVPN');
  await expect
    .poll(() => readMetric(bot, 'assistant_unsigned_recipients'), { timeout: 40_000, interval: 500 })
    .toBe('1');
});

test('with KEY_SHARING=signed the same agent cannot read it, and is counted too', async () => {
  const { bot, answer } = await askFromUnsignedDevice('dominique', { KEY_SHARING: 'signed' });
  expect(answer).toMatchObject({ failed: true, failure: 'MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE' });
  expect(JSON.stringify(answer.content)).not.toContain('ResetVPN');
  await expect
    .poll(() => readMetric(bot, 'assistant_unsigned_recipients'), { timeout: 40_000, interval: 500 })
    .toBe('1');
});
