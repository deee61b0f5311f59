import { afterAll, beforeAll, expect, test } from 'vitest';
import { type JsSdkAgent, type SeenEvent, startJsSdkAgent } from '../encryption/js-sdk-agent.ts';
import { runCommand } from '../knowledge/run-command.ts';
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
  let said: SeenEvent[] = [];
  for (let wait = 0; wait < 200; wait += 1) {
    const events = await reader.run<SeenEvent[]>('timeline', { room });
    said = events.filter(({ sender, encrypted }) => sender === bot.account.userId && encrypted);
    const answer = said.find(({ type, content, failed, failure }) => {
      const relation = content['m.relates_to'] as { 'm.in_reply_to'?: { event_id?: string } } | undefined;
      // The relation stands in clear: an event that is still to be decrypted has it too.
      const isDecrypted = type !== 'm.room.encrypted' && !failed;
      const isRead = isDecrypted && relation?.['m.in_reply_to']?.event_id === question;
      return isRead || (failure?.includes('WITHHELD') ?? false);
    });
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no answer to ${question} but ${JSON.stringify(said)}:\n${bot.output().slice(-2000)}`);
}

async function readMetric(bot: BotProcess, name: string): Promise<string | undefined> {
  const text = await (await fetch(`${bot.healthUrl}/metrics`)).text();
  return text
    .split('\n')
    .find((line) => line.startsWith(`${name} `))
    ?.split(' ')[1];
}

function readDoctor(bot: BotProcess, settings: Readonly<Record<string, string>>): string {
  return runCommand('doctor', [], {
    HOMESERVER_URL: synapse.url,
    ACCESS_TOKEN: bot.account.accessToken,
    DATA_DIR: bot.dataFolder,
    STORE_KEY: 'cle-de-test-cle-de-test-cle-de-test',
    ...settings,
  }).stdout;
}

test('by default an agent whose device is unsigned reads the answer, and is counted', async () => {
  const { bot, answer } = await askFromUnsignedDevice('camille', {});
  expect(answer).toMatchObject({ failed: false, type: 'm.room.message' });
  expect(answer.content['body']).toContain('ResetVPN');
  await expect
    .poll(() => readMetric(bot, 'assistant_unsigned_recipients'), { timeout: 40_000, interval: 500 })
    .toBe('1');
  expect(readDoctor(bot, {})).toContain('1 personne sur 1 a un appareil non vérifié, et y lit l’assistant');
});

test('with KEY_SHARING=signed the same agent cannot read it, and is counted too', async () => {
  const { bot, answer } = await askFromUnsignedDevice('dominique', { KEY_SHARING: 'signed' });
  expect(answer).toMatchObject({ failed: true, failure: 'MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE' });
  expect(JSON.stringify(answer.content)).not.toContain('ResetVPN');
  await expect
    .poll(() => readMetric(bot, 'assistant_unsigned_recipients'), { timeout: 40_000, interval: 500 })
    .toBe('1');
  expect(readDoctor(bot, { KEY_SHARING: 'signed' })).toContain(
    'n’y lit pas l’assistant (KEY_SHARING=signed)',
  );
});
