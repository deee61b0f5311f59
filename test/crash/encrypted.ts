import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { keyStorePath } from '../../src/matrix/create-bot-encryption.ts';
import { openStore } from '../../src/store/open-store.ts';
import { createMatrixClient, type MatrixEvent } from '../e2e/homeserver/matrix-client.ts';
import { type Account, startSynapse } from '../e2e/homeserver/start-synapse.ts';
import { type JsSdkAgent, startJsSdkAgent } from '../encryption/js-sdk-agent.ts';
import { spawnBot } from './bot-process.ts';
import { createRandom } from './random.ts';

const questions = [
  'mon vpn marche pas sur mon noemi',
  "j'ai perdu ma carte agent",
  'comment chiffrer une clé usb ?',
  'comment lancer une visio comu ?',
  "quel est le numéro du centre d'appel ?",
] as const;
const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

interface Talker {
  readonly agent: JsSdkAgent;
  readonly room: string;
  readonly asked: string[];
}

/**
 * The bot as it ships, killed at random moments while agents on matrix-js-sdk (unsigned devices excluded) write to it in
 * rooms whose keys change every two messages. Afterwards every question must have one answer, every event be readable on
 * both sides, and the key store be intact. True when all of that holds.
 */
export async function crashEncrypted(kills: number, seed: number): Promise<boolean> {
  const random = createRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'crash-encrypted-'));
  const dataFolder = join(folder, 'donnees');
  mkdirSync(dataFolder);
  const synapse = await startSynapse();
  const talkers: Talker[] = [];
  try {
    const account = await synapse.createUser('assistant', {
      displayName: 'Assistant télétravail [Intérieur]',
    });
    const settings = {
      HOMESERVER_URL: synapse.url,
      ACCESS_TOKEN: account.accessToken,
      STORE_KEY: 'cle-de-test-cle-de-test-cle-de-test',
      SEND_RATE: '1000',
      FLOOD_PER_PERSON: '0',
    };
    let bot = spawnBot(settings, dataFolder);
    for (let index = 0; index < 3; index += 1)
      talkers.push(await gather(synapse.url, await synapse.createUser(`agent${index}`), account.userId));
    let over = false;
    const talking = talkers.map((talker) => talk(talker, random, () => over));
    const start = Date.now();
    for (let count = 1; count <= kills; count += 1) {
      // Between the very first instruction and well into its work; now and then it has the time to catch up.
      await wait(random() * (count % 10 === 0 ? 8_000 : 3_500));
      if (!bot.running)
        throw new Error(`the bot ended by itself before kill ${count}: see ${folder}/bot.log`);
      await bot.kill('SIGKILL');
      bot = spawnBot(settings, dataFolder);
      if (count % 20 === 0) console.log(`  … ${count} fois tué`);
    }
    over = true;
    await Promise.all(talking);
    const verdict = await settle(talkers, account.userId, synapse.url);
    await bot.kill('SIGTERM');
    const unread = await countUnreadable(talkers, account.userId, dataFolder);
    const intact = isIntact(keyStorePath(dataFolder));
    const good =
      verdict.lost + verdict.doubled + unread.byAgents.length + unread.byBot === 0 &&
      intact &&
      verdict.asked > 0;
    console.log(
      `${good ? '✓' : '✗'} ${kills} × SIGKILL sous trafic chiffré, clés changées tous les deux messages (graine ${seed}) : ${verdict.asked} questions, ${verdict.lost} perdues, ${verdict.doubled} doublées ; ${unread.readable} réponses lues par les agents, ${unread.byAgents.length} illisibles ; ${unread.byBot} messages illisibles pour le bot ; magasin de clés ${intact ? 'intact' : 'ABÎMÉ'} (${Math.round((Date.now() - start) / 1000)} s)`,
    );
    if (!good) console.log(`Journal de l’assistant : ${folder}/bot.log`, unread.byAgents.slice(0, 5));
    else rmSync(folder, { recursive: true, force: true });
    return good;
  } finally {
    for (const { agent } of talkers) await agent.stop();
    await synapse.remove();
  }
}

async function gather(url: string, account: Account, botUserId: string): Promise<Talker> {
  const agent = await startJsSdkAgent(url, account, { isolation: 'signed' });
  const encryption = {
    algorithm: 'm.megolm.v1.aes-sha2',
    rotation_period_msgs: 2,
    rotation_period_ms: 604_800_000,
  };
  const room = await agent.createRoom({
    preset: 'trusted_private_chat',
    is_direct: true,
    invite: [botUserId],
    initial_state: [
      { type: 'm.room.encryption', state_key: '', content: encryption },
      { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'invited' } },
    ],
  });
  await agent.run('waitForMember', { room, userId: botUserId, membership: 'join' });
  return { agent, room, asked: [] };
}

async function talk(
  { agent, room, asked }: Talker,
  random: () => number,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    await wait(400 + random() * 1_600);
    if (!isOver())
      asked.push(await agent.say(room, questions[Math.floor(random() * questions.length)] ?? 'bonjour'));
  }
}

/** Waits until every question has its answer, or nothing more has come for a minute. Relations stay outside the ciphertext. */
async function settle(talkers: readonly Talker[], botUserId: string, url: string) {
  const judge = async () => {
    const verdict = { asked: 0, lost: 0, doubled: 0 };
    for (const { agent, room, asked } of talkers) {
      const answers = new Map<string, number>();
      for (const event of await readAll(url, agent.account, room)) {
        const of = event.sender === botUserId ? readAnswered(event) : null;
        if (of !== null) answers.set(of, (answers.get(of) ?? 0) + 1);
      }
      verdict.asked += asked.length;
      verdict.lost += asked.filter((id) => !answers.has(id)).length;
      verdict.doubled += asked.filter((id) => (answers.get(id) ?? 0) > 1).length;
    }
    return verdict;
  };
  let verdict = await judge();
  for (let quiet = 0; verdict.lost > 0 && quiet < 60; quiet += 1) {
    await wait(1_000);
    const next = await judge();
    if (next.lost < verdict.lost) quiet = 0;
    verdict = next;
  }
  // A double, or a key, may come after the last answer.
  await wait(4_000);
  return judge();
}

/** The whole timeline, past what matrix-client's readTimeline reads. */
async function readAll(url: string, account: Account, room: string): Promise<MatrixEvent[]> {
  const client = createMatrixClient(url, account);
  const events: MatrixEvent[] = [];
  for (let from = ''; ; ) {
    const page = await client.call(
      'GET',
      `/rooms/${encodeURIComponent(room)}/messages?dir=b&limit=500${from}`,
    );
    events.push(...(page['chunk'] as MatrixEvent[]));
    if (typeof page['end'] !== 'string') return events;
    from = `&from=${encodeURIComponent(page['end'])}`;
  }
}

function readAnswered(event: MatrixEvent): string | null {
  const relation = event.content['m.relates_to'] as
    | { rel_type?: string; 'm.in_reply_to'?: { event_id?: string } }
    | undefined;
  return relation?.rel_type === 'm.replace' ? null : (relation?.['m.in_reply_to']?.event_id ?? null);
}

async function countUnreadable(talkers: readonly Talker[], botUserId: string, dataFolder: string) {
  const byAgents: unknown[] = [];
  let readable = 0;
  for (const { agent } of talkers) {
    const census = await agent.run<{ readable: number; reasons: unknown[] }>('census', { sender: botUserId });
    readable += census.readable;
    byAgents.push(...census.reasons);
  }
  const store = openStore(join(dataFolder, 'assistant.db'));
  const byBot = store.journal.countUndecryptable();
  store.close();
  return { readable, byAgents, byBot };
}

function isIntact(path: string): boolean {
  const database = new DatabaseSync(path);
  const answer = database.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[];
  database.close();
  return answer.length === 1 && answer[0]?.integrity_check === 'ok';
}
