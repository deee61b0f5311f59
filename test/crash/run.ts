import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../e2e/homeserver/find-free-port.ts';
import { createMatrixClient } from '../e2e/homeserver/matrix-client.ts';
import { type Synapse, startSynapse } from '../e2e/homeserver/start-synapse.ts';
import { type CrashingBot, spawnBot } from './bot-process.ts';
import { crashEncrypted } from './encrypted.ts';
import { startFaultProxy } from './fault-proxy.ts';
import { createRandom } from './random.ts';
import { judge, type Talker, talk, type Verdict } from './talk.ts';

const argv = process.argv.slice(2);
if (argv.includes('--help')) {
  console.log(`npm run test:crash                     l’assistant devant un vrai Synapse : tué 100 fois, serveur arrêté, réseau abîmé
npm run test:crash -- --kills 20       moins de coups
npm run test:crash -- --seed 7         rejoue une suite d’instants
npm run test:crash -- --only kills     une phase : kills, outages ou faults
npm run test:crash -- --encrypted      tué 200 fois sous trafic chiffré, clés changées tous les deux messages
Il faut d’abord : npm run homeserver:install`);
  process.exit(0);
}
const option = (name: string, otherwise: number): number => {
  const index = argv.indexOf(name);
  return index < 0 ? otherwise : Number(argv[index + 1]);
};
const kills = option('--kills', 100);
const seed = option('--seed', Date.now() % 1_000_000);
if (argv.includes('--encrypted')) {
  console.log(`graine ${seed}`);
  process.exit((await crashEncrypted(option('--kills', 200), seed)) ? 0 : 1);
}
const only = argv.includes('--only') ? argv[argv.indexOf('--only') + 1] : null;
const random = createRandom(seed);
const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

console.log(`graine ${seed}`);
const folder = mkdtempSync(join(tmpdir(), 'crash-'));
const synapse = await startSynapse();
let failed = false;
try {
  if (only === null || only === 'kills') await play(`${kills} × SIGKILL`, 'kills', killAtRandom);
  if (only === null || only === 'outages') await play('5 arrêts du serveur', 'outages', stopServer);
  if (only === null || only === 'faults') await play('réseau abîmé (1 appel sur 4)', 'faults', spoilNetwork);
} finally {
  await synapse.remove();
}
if (failed) console.log(`Journal de l’assistant : ${join(folder, 'bot.log')}`);
else rmSync(folder, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;

interface Stage {
  readonly synapse: Synapse;
  readonly settings: Readonly<Record<string, string>>;
  readonly dataFolder: string;
}

/** One phase: a new bot, new people who write all along; then quiet, and the count. */
async function play(
  title: string,
  name: string,
  ordeal: (stage: Stage) => Promise<CrashingBot>,
): Promise<void> {
  const account = await synapse.createUser(`assistant-${name}`, {
    displayName: 'Assistant télétravail [Intérieur]',
  });
  const dataFolder = join(folder, name);
  mkdirSync(dataFolder);
  const settings = {
    HOMESERVER_URL: synapse.url,
    ACCESS_TOKEN: account.accessToken,
    SEND_RATE: '1000',
    FLOOD_PER_PERSON: '0',
    ENCRYPTION: 'non',
  };
  const first = spawnBot(settings, dataFolder);
  const talkers = await gather(name, account.userId);
  await first.kill('SIGKILL');
  let over = false;
  const talking = talkers.map((talker) => talk(talker, account.userId, random, () => over, 1_500));
  const start = Date.now();
  const bot = await ordeal({ synapse, settings, dataFolder });
  over = true;
  await Promise.all(talking);
  // Nothing answered during the ordeal would mean that it struck nothing.
  const { answered } = await judge(talkers, account.userId);
  console.log(`  ${answered} réponses pendant l’épreuve`);
  const verdict = await settle(talkers, account.userId);
  await bot.kill('SIGTERM');
  report(title, verdict, (Date.now() - start) / 1000);
}

/** Five people in direct messages, one more in a salon. */
async function gather(name: string, botUserId: string): Promise<Talker[]> {
  const talkers: Talker[] = [];
  for (let index = 0; index < 6; index += 1) {
    const account = await synapse.createUser(`agent${index}-${name}`, { displayName: `Agent ${index}` });
    const client = createMatrixClient(synapse.url, account);
    const salon = index === 5;
    const room = salon
      ? await client.createRoom({ name: 'Entraide', invite: [botUserId] })
      : await client.createDirectRoom(botUserId);
    await client.waitForMember(room, botUserId, 60_000);
    talkers.push({ client, room, salon, asked: [] });
  }
  return talkers;
}

/** Waits until everything is answered, or nothing more comes for 90 s. */
async function settle(talkers: readonly Talker[], botUserId: string): Promise<Verdict> {
  let verdict = await judge(talkers, botUserId);
  let quietSince = Date.now();
  while (verdict.lost > 0 && Date.now() - quietSince < 90_000) {
    await wait(1_000);
    const next = await judge(talkers, botUserId);
    if (next.answered > verdict.answered) quietSince = Date.now();
    verdict = next;
  }
  // A double may come after the last answer.
  await wait(2_000);
  return judge(talkers, botUserId);
}

function report(title: string, verdict: Verdict, seconds: number): void {
  const good = verdict.lost === 0 && verdict.doubled === 0 && verdict.disordered === 0 && verdict.asked > 0;
  failed ||= !good;
  console.log(
    `${good ? '✓' : '✗'} ${title} : ${verdict.asked} messages, ${verdict.answered} répondus, ${verdict.lost} perdus, ${verdict.doubled} doublés, ${verdict.disordered} dans le désordre (${Math.round(seconds)} s)`,
  );
}

async function killAtRandom({ settings, dataFolder }: Stage): Promise<CrashingBot> {
  const startTime = await measureStart(settings, dataFolder);
  console.log(
    `  prêt en ${(startTime / 1000).toFixed(1)} s : tué entre 0 et ${(startTime / 1000 + 3).toFixed(1)} s`,
  );
  for (let count = 0; count < kills; count += 1) {
    const bot = spawnBot(settings, dataFolder);
    // Between the very first instruction and well into its work.
    await wait(random() * (startTime + 3_000));
    if (!bot.running) throw new Error('the bot ended by itself');
    await bot.kill('SIGKILL');
    if ((count + 1) % 20 === 0) console.log(`  … ${count + 1} fois tué`);
  }
  return spawnBot(settings, dataFolder);
}

/** Milliseconds until it works: on a busy machine, blows counted from the start would all fall on the start. */
async function measureStart(settings: Stage['settings'], dataFolder: string): Promise<number> {
  const port = await findFreePort();
  const begin = Date.now();
  const bot = spawnBot({ ...settings, HEALTH_PORT: String(port) }, dataFolder);
  while (bot.running && Date.now() - begin < 60_000) {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) break;
    await wait(50);
  }
  const taken = Date.now() - begin;
  await bot.kill('SIGKILL');
  return taken;
}

async function stopServer({ settings, dataFolder }: Stage): Promise<CrashingBot> {
  const bot = spawnBot(settings, dataFolder);
  for (let count = 0; count < 5; count += 1) {
    await wait(3_000 + random() * 4_000);
    await synapse.stop(count % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
    await wait(1_000 + random() * 4_000);
    await synapse.start();
  }
  await wait(3_000);
  return bot;
}

async function spoilNetwork({ settings, dataFolder }: Stage): Promise<CrashingBot> {
  const proxy = await startFaultProxy(synapse.url, 0.25, random);
  const bot = spawnBot({ ...settings, HOMESERVER_URL: proxy.url }, dataFolder);
  await wait(90_000);
  await bot.kill('SIGTERM');
  await proxy.close();
  console.log(
    `  appels : ${Object.entries(proxy.counts)
      .map(([fault, count]) => `${fault} ${count}`)
      .join(', ')}`,
  );
  return spawnBot(settings, dataFolder);
}
