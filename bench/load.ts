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
import { type LoadFigures, makeLoadWorld } from './load-world.ts';

const argv = process.argv.slice(2);
if (argv.includes('--help')) {
  console.log(`npm run bench:load                      500 personnes, l'assistant et un bot écho, sur un vrai Synapse
npm run bench:load -- --users 50        moins de monde
npm run bench:load -- --rate 5          questions par seconde du régime régulier
npm run bench:load -- --soak 10         en plus, 10 minutes à ce régime : la mémoire, minute par minute
Il faut d'abord : npm run homeserver:install`);
  process.exit(0);
}
const option = (name: string, otherwise: number): number => {
  const index = argv.indexOf(name);
  return index < 0 ? otherwise : Number(argv[index + 1]);
};
const users = option('--users', 500);
const rate = option('--rate', 5);
const soakMinutes = option('--soak', 0);
const seconds = option('--seconds', 30);

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

const folder = mkdtempSync(join(tmpdir(), 'load-'));
const synapse = await startSynapse();
try {
  console.log(`${users} personnes, ${cpus().length} cœurs partagés avec Synapse et les clients`);
  const people: Account[] = [];
  for (let index = 0; index < users; index += 1) people.push(await synapse.createUser(`agent${index}`));
  const results: { steady: LoadFigures; full: LoadFigures }[] = [];
  for (const contender of contenders) results.push(await measure(contender, people));
  const [echo, ours] = results;
  if (echo && ours) {
    const median = ours.steady.median - echo.steady.median;
    const p99 = ours.steady.p99 - echo.steady.p99;
    console.log(
      `ajouté à l'écho, régime régulier : médiane ${median.toFixed(1)} ms (but : 15), 99e ${p99.toFixed(1)} ms (but : 50)`,
    );
  }
} finally {
  await synapse.remove();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(
  contender: Contender,
  people: readonly Account[],
): Promise<{ steady: LoadFigures; full: LoadFigures }> {
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
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const world = await makeLoadWorld(synapse, people, account);
  try {
    // Warm up: both have compiled their code.
    await world.askSteadily(rate, 5_000);
    const steady = await world.askSteadily(rate, seconds * 1_000);
    print(contender.name, `${rate} questions/s`, steady, child);
    if (soakMinutes > 0 && contender.script === 'src/main.ts') await soak(world, child);
    const full = await world.askAsFastAsItTakes(seconds * 1_000);
    print(contender.name, 'à plein', full, child);
    return { steady, full };
  } finally {
    await world.close();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
}

async function soak(world: Awaited<ReturnType<typeof makeLoadWorld>>, child: ChildProcess): Promise<void> {
  for (let minute = 1; minute <= soakMinutes; minute += 1) {
    const figures = await world.askSteadily(rate, 60_000);
    print('assistant', `minute ${minute}`, figures, child);
  }
}

function print(name: string, load: string, figures: LoadFigures, child: ChildProcess): void {
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
