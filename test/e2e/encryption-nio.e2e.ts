import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encrypted } from '../encryption/js-sdk-agent.ts';
import { type NioAgent, type NioEvent, startNioAgent } from '../encryption/nio-agent.ts';
import { createMatrixClient } from './homeserver/matrix-client.ts';
import { readNioVersion } from './homeserver/python.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Account, type Synapse, startSynapse } from './homeserver/start-synapse.ts';

// The bot as it ships against matrix-nio: another implementation (Python) of the protocol around the ratchets. nio cannot
// cross-sign: it reads what the bot says because keys go to every device by default.
const nio = readNioVersion();
const skipped = nio === null && process.env['CI'] !== 'true';
if (skipped) {
  console.warn(
    '\n⚠ Tests avec matrix-nio laissés de côté : il n’est pas installé. Pour les jouer : npm run homeserver:install -- --nio\n',
  );
}

let synapse: Synapse;
let folder: string;
let bot: BotProcess;
const agents: NioAgent[] = [];

async function startAgent(account: Account): Promise<NioAgent> {
  const store = join(folder, account.name);
  mkdirSync(store, { recursive: true });
  const agent = await startNioAgent(synapse.url, account, store);
  agents.push(agent);
  return agent;
}

/** The bot's answer to one question, as nio shows it once decrypted. */
async function waitForAnswer(reader: NioAgent, room: string, question: string): Promise<NioEvent> {
  let events: NioEvent[] = [];
  for (let wait = 0; wait < 300; wait += 1) {
    events = await reader.readTimeline(room);
    const answer = events.find(({ sender, decrypted, content }) => {
      const relation = content['m.relates_to'] as { 'm.in_reply_to'?: { event_id?: string } } | undefined;
      return sender === bot.account.userId && decrypted && relation?.['m.in_reply_to']?.event_id === question;
    });
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(
    `no answer to ${question}; nio has ${JSON.stringify(events.map(({ sender, failed }) => [sender, failed]))}; the bot:\n${bot.output().slice(-2000)}`,
  );
}

const text = (body: string): object => ({ msgtype: 'm.text', body });

describe.skipIf(skipped)('with matrix-nio', () => {
  let camille: NioAgent;
  let direct: string;
  /** What nio had decrypted when it was restarted: it does not see these events again. */
  const readBefore = new Set<string>();

  beforeAll(async () => {
    if (nio === null)
      throw new Error('En CI ces tests sont obligatoires : npm run homeserver:install -- --nio.');
    synapse = await startSynapse();
    folder = mkdtempSync(join(tmpdir(), 'nio-'));
    bot = await startBot(synapse);
    camille = await startAgent(await synapse.createUser('camille'));
    direct = await camille.createRoom({
      preset: 'trusted_private_chat',
      is_direct: true,
      invite: [bot.account.userId],
      initial_state: [encrypted],
    });
    await camille.waitForMember(direct, bot.account.userId);
  });

  afterAll(async () => {
    for (const agent of agents) await agent.stop();
    await bot?.remove();
    await synapse?.remove();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  test('an encrypted question in a direct message is answered, and nio decrypts the answer', async () => {
    const question = await camille.send(direct, text('mon vpn marche pas sur mon noemi'));
    const answer = await waitForAnswer(camille, direct, question);
    expect(answer).toMatchObject({ type: 'm.room.message', failed: false });
    expect(answer.content['body']).toContain('ResetVPN');
  });

  test('the bot goes on after a stop and after being killed, on sessions that nio already has', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await bot.stop(signal);
      const question = await camille.send(direct, text('comment chiffrer une clé USB avec BitLocker ?'));
      await bot.start();
      expect((await waitForAnswer(camille, direct, question)).content['body']).toContain('BitLocker');
    }
  });

  test('nio goes on with the same device after a restart of its own', async () => {
    for (const { id, decrypted } of await camille.readTimeline(direct)) if (decrypted) readBefore.add(id);
    await camille.stop();
    agents.splice(agents.indexOf(camille), 1);
    camille = await startAgent(camille.account);
    await camille.waitForMember(direct, bot.account.userId);
    const question = await camille.send(direct, text('mon vpn marche pas sur mon noemi'));
    expect((await waitForAnswer(camille, direct, question)).content['body']).toContain('ResetVPN');
  });

  test('in a small salon everybody decrypts the answer, again after a restart of the bot', async () => {
    const dominique = await startAgent(await synapse.createUser('dominique'));
    const salon = await camille.createRoom({
      preset: 'private_chat',
      name: 'Service informatique',
      invite: [bot.account.userId, dominique.account.userId],
      initial_state: [encrypted],
    });
    await dominique.join(salon);
    for (const reader of [camille, dominique]) {
      for (const member of [bot, camille, dominique])
        if (member !== reader) await reader.waitForMember(salon, member.account.userId);
    }
    const ask = (agent: NioAgent, body: string): Promise<string> =>
      agent.send(salon, {
        ...text(`Assistant télétravail : ${body}`),
        'm.mentions': { user_ids: [bot.account.userId] },
      });
    const first = await ask(camille, 'mon vpn marche pas sur mon noemi');
    for (const reader of [camille, dominique])
      expect((await waitForAnswer(reader, salon, first)).content['body']).toContain('ResetVPN');
    await bot.stop('SIGKILL');
    await bot.start();
    const second = await ask(dominique, 'comment chiffrer une clé USB avec BitLocker ?');
    for (const reader of [camille, dominique])
      expect((await waitForAnswer(reader, salon, second)).content['body']).toContain('BitLocker');
  });

  test('everything that the bot sent left encrypted, and nio decrypted all of it', async () => {
    const read = new Set<string>(readBefore);
    for (const { id, decrypted } of await camille.readTimeline(direct)) if (decrypted) read.add(id);
    // As the homeserver has it: nio's own restarts do not hide anything.
    const timeline = await createMatrixClient(synapse.url, camille.account).readTimeline(direct);
    const sent = timeline.filter(
      ({ sender, type }) => sender === bot.account.userId && /^m\.room\.(message|encrypted)$/.test(type),
    );
    expect(sent.length).toBeGreaterThan(3);
    expect(sent.filter(({ type }) => type !== 'm.room.encrypted')).toEqual([]);
    expect(sent.filter(({ event_id }) => !read.has(event_id))).toEqual([]);
  });
});
