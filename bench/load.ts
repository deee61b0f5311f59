/**
 * The bot under load, over a real Synapse, beside a bare echo bot on the same SDK, in the same run: people each alone
 * with it in a direct message. First a steady load that leaves the machine room to breathe: what the bot adds to the
 * latency. Then everybody asks again as soon as they are answered: what it takes. Synapse, which shares the machine,
 * is the bottleneck of the second: an answer of ours is a message and its reactions, the echo is one message.
 *
 * Goals: at most 15 ms more than the echo at the median, 50 ms at the 99th, at the steady load; memory flat in a soak.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../test/e2e/homeserver/python.ts';
import { type Account, startSynapse } from '../test/e2e/homeserver/start-synapse.ts';
import { type LoadFigures, type LoadTimes, type LoadWorld, makeLoadWorld, toFigures } from './load-world.ts';

const argv = process.argv.slice(2);
if (argv.includes('--help')) {
  console.log(`npm run bench:load                      500 personnes, l'assistant et un bot écho, sur un vrai Synapse
npm run bench:load -- --users 50        moins de monde
npm run bench:load -- --rate 2          questions par seconde du régime régulier
npm run bench:load -- --soak 10         en plus, 10 minutes à ce régime : la mémoire, minute par minute
Il faut d'abord : npm run homeserver:install`);
  process.exit(0);
}
const option = (name: string, otherwise: number): number => {
  const index = argv.indexOf(name);
  return index < 0 ? otherwise : Number(argv[index + 1]);
};
const users = option('--users', 500);
const rate = option('--rate', 2);
const soakMinutes = option('--soak', 0);
const seconds = option('--seconds', 60);

interface Contender {
  readonly name: string;
  readonly script: string;
  readonly settings: Readonly<Record<string, string>>;
}

const contenders: readonly Contender[] = [
  { name: 'bot écho', script: 'bench/echo-bot.ts', settings: {} },
  {
    name: 'assistant',
    script: 'src/main.ts',
    settings: {
      SEND_RATE: '0',
      FLOOD_PER_PERSON: '0',
      ENCRYPTION: 'non',
      HEALTH_PORT: '0',
      LOG_LEVEL: 'warn',
    },
  },
];

interface Running extends Contender {
  readonly child: ChildProcess;
  readonly world: LoadWorld;
}

const folder = mkdtempSync(join(tmpdir(), 'load-'));
const synapse = await startSynapse();
const running: Running[] = [];
try {
  console.log(`${users} personnes, ${cpus().length} cœurs partagés avec Synapse et les clients`);
  const people: Account[] = [];
  for (let index = 0; index < users; index += 1) people.push(await synapse.createUser(`agent${index}`));
  for (const contender of contenders) running.push(await start(contender, people));
  await compareSteadily();
  for (const one of running) {
    print(one, 'à plein', toFigures([await one.world.askAsFastAsItTakes(seconds * 1_000)]));
  }
  if (soakMinutes > 0) await soak();
} finally {
  for (const { world, child } of running) {
    await world.close();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
  await synapse.remove();
  rmSync(folder, { recursive: true, force: true });
}

async function start(contender: Contender, people: readonly Account[]): Promise<Running> {
  const account = await synapse.createUser(contender.script === 'src/main.ts' ? 'assistant' : 'echo');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', contender.script], {
    cwd: projectRoot,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOMESERVER_URL: synapse.url,
      ACCESS_TOKEN: account.accessToken,
      DATA_DIR: join(folder, account.name),
      ...contender.settings,
    },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  return { ...contender, child, world: await makeLoadWorld(synapse, people, account) };
}

/** Short stretches in turn, so that whatever else the machine does weighs on both alike. */
async function compareSteadily(): Promise<void> {
  const stretch = 5_000;
  const taken = new Map<Running, LoadTimes[]>(running.map((one) => [one, []]));
  for (const { world } of running) await world.askSteadily(rate, stretch);
  for (let elapsed = 0; elapsed < seconds * 1_000; elapsed += stretch) {
    for (const one of running) taken.get(one)?.push(await one.world.askSteadily(rate, stretch));
  }
  const [echo, ours] = running.map((one) => {
    const figures = toFigures(taken.get(one) ?? []);
    print(one, `${rate} questions/s`, figures);
    return figures;
  });
  if (!echo || !ours) return;
  console.log(
    `ajouté à l'écho, régime régulier : médiane ${(ours.median - echo.median).toFixed(1)} ms (but : 15), 99e ${(ours.p99 - echo.p99).toFixed(1)} ms (but : 50)`,
  );
}

async function soak(): Promise<void> {
  const ours = running.at(-1);
  for (let minute = 1; minute <= soakMinutes && ours; minute += 1) {
    print(ours, `minute ${minute}`, toFigures([await ours.world.askSteadily(rate, 60_000)]));
  }
}

function print({ name, child }: Running, load: string, figures: LoadFigures): void {
  const { answered, unanswered, perSecond, median, p99 } = figures;
  console.log(
    `${name.padEnd(10)} ${load.padEnd(14)} ${perSecond.toFixed(1).padStart(6)} réponses/s   médiane ${median.toFixed(0).padStart(5)} ms   99e ${p99.toFixed(0).padStart(5)} ms   ${readMemory(child)} Mo   (${answered} répondues, ${unanswered} sans réponse)`,
  );
}

/** Resident memory in MB. */
function readMemory(child: ChildProcess): string {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024).toFixed(0);
}
