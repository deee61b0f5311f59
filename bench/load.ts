/**
 * The bot under load, over a real Synapse, beside a bare echo bot on the same SDK, in the same run: people each alone
 * with it in a direct message. First a steady load that leaves the machine room to breathe: what the bot adds to the
 * latency. Then everybody asks again as soon as they are answered: what it takes. Each contender has a Synapse of its
 * own, a copy of the same one, so that none waits behind another's leftovers; the machine is shared.
 *
 * An answer of ours is a message and its reactions, which are calls and wake every /sync: a second echo bot that puts
 * two reactions under each answer says what they cost the homeserver, whoever sends them.
 *
 * Goals: at most 15 ms more than the echo at the median, 50 ms at the 99th, at the steady load; memory flat in a soak.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { projectRoot } from '../test/e2e/homeserver/python.ts';
import type { Synapse } from '../test/e2e/homeserver/start-synapse.ts';
import { startFollowedPair } from './followed-pair.ts';
import { type LoadFigures, type LoadTimes, toLoadFigures } from './load-figures.ts';
import { type LoadTemplate, makeLoadTemplate } from './load-template.ts';
import { type LoadWorld, makeLoadWorld } from './load-world.ts';

const argv = process.argv.slice(2);
if (argv.includes('--help')) {
  console.log(`npm run bench:load                      500 personnes, l’assistant et un bot écho, sur un vrai Synapse
npm run bench:load -- --users 50        moins de monde
npm run bench:load -- --rate 2          questions par seconde du régime régulier
npm run bench:load -- --seconds 60      durée de chaque mesure
npm run bench:load -- --soak 10         en plus, 10 minutes à ce régime : la mémoire, minute par minute
npm run bench:load -- --only-soak 10    les 10 minutes seules
npm run bench:load -- --standby         l’assistant seul, et le même avec une deuxième machine qui suit (PostgreSQL ici)
npm run bench:load -- --world DOSSIER   garde là le serveur préparé, et le reprend la fois suivante
Il faut d’abord : npm run homeserver:install`);
  process.exit(0);
}
const option = (name: string, otherwise: number): number => {
  const index = argv.indexOf(name);
  return index < 0 ? otherwise : Number(argv[index + 1]);
};
const users = option('--users', 500);
const rate = option('--rate', 2);
const seconds = option('--seconds', 60);
const withStandby = argv.includes('--standby');
const onlySoak = option('--only-soak', 0);
const soakMinutes = onlySoak || option('--soak', 0);
/** MB that resident memory may gain after the second minute of a soak: it varies by a few from minute to minute. */
const mostGrowth = 20;

interface Contender {
  readonly name: string;
  readonly role: 'echo' | 'echo-with-reactions' | 'ours' | 'ours-followed';
  /** What node is given, after the flags of bin/assistant. */
  readonly script: string;
  readonly settings: Readonly<Record<string, string>>;
}

const echo = 'bench/echo-bot.ts';
const ours = {
  script: 'src/main.ts',
  settings: {
    SEND_RATE: '0',
    FLOOD_PER_PERSON: '0',
    ENCRYPTION: 'non',
    HEALTH_PORT: '0',
    LOG_LEVEL: 'warn',
  },
} as const;
const followed: readonly Contender[] = [
  { name: 'assistant', role: 'ours', ...ours },
  { name: 'assistant suivi', role: 'ours-followed', ...ours },
];
const contenders: readonly Contender[] = [
  { name: 'bot écho', role: 'echo', script: echo, settings: {} },
  {
    name: 'écho + 2 réactions',
    role: 'echo-with-reactions',
    script: echo,
    settings: { ECHO_REACTIONS: '2' },
  },
  { name: 'assistant', role: 'ours', ...ours },
];

interface Running extends Contender {
  readonly synapse: Synapse;
  readonly child: ChildProcess;
  readonly world: LoadWorld;
}

/** Answers a second at full load. */
const full = new Map<Contender['role'], number>();
const folder = mkdtempSync(join(tmpdir(), 'load-'));
const world = argv.includes('--world')
  ? resolve(argv[argv.indexOf('--world') + 1] ?? '')
  : join(folder, 'template');
const running: Running[] = [];
const pair = withStandby ? await startFollowedPair() : null;
try {
  const begin = performance.now();
  const template = await makeLoadTemplate(world, users);
  for (const contender of withStandby ? followed : contenders) {
    if (onlySoak === 0 || contender.role === 'ours') running.push(await start(contender, template));
  }
  for (const { world } of running) await world.warmUp(60);
  // The reactions of the last answers are still on their way.
  await pause(5_000);
  console.log(
    `${users} personnes, ${cpus().length} cœurs partagés avec Synapse et les clients (préparé en ${((performance.now() - begin) / 1000).toFixed(0)} s)`,
  );
  if (onlySoak === 0) {
    await compareSteadily();
    await pair?.tellSize();
    for (const one of running) {
      if (one.role === 'echo-with-reactions') continue;
      const before = readProcessor(one.child);
      const figures = toLoadFigures([await one.world.askAsFastAsItTakes(seconds * 1_000)]);
      print(one, 'à plein', figures);
      const spent = (readProcessor(one.child) - before) / figures.answered;
      console.log(`${one.name.padEnd(18)} ${spent.toFixed(1)} ms de processeur par réponse`);
      full.set(one.role, figures.perSecond);
    }
    if (withStandby)
      console.log(
        `débit avec une machine qui suit, sur celui d’une seule (but : 0,95) : ${((full.get('ours-followed') ?? 0) / (full.get('ours') ?? 1)).toFixed(2)}`,
      );
  }
  if (soakMinutes > 0) await soak();
} finally {
  for (const { world, child, synapse } of running) {
    await world.close();
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    await synapse.remove();
  }
  await pair?.close();
  rmSync(folder, { recursive: true, force: true });
}

async function start(contender: Contender, template: LoadTemplate): Promise<Running> {
  const synapse = await template.startCopy(join(folder, contender.role));
  const dataFolder = join(folder, `data-${contender.role}`);
  mkdirSync(dataFolder);
  const run = (folder: string): ChildProcess =>
    spawn(process.execPath, [...process.execArgv, contender.script], {
      cwd: projectRoot,
      env: {
        PATH: process.env['PATH'] ?? '',
        NODE_OPTIONS: process.env['BENCH_NODE_OPTIONS'] ?? '',
        HOMESERVER_URL: synapse.url,
        ACCESS_TOKEN: template.bot.accessToken,
        DATA_DIR: folder,
        ...contender.settings,
        ...(contender.role === 'ours-followed' ? pair?.settings : {}),
      },
      stdio: ['ignore', 'ignore', 'ignore'],
    });
  const child = run(dataFolder);
  if (contender.role === 'ours-followed') await pair?.follow(run, dataFolder);
  return { ...contender, synapse, child, world: await makeLoadWorld(synapse, template) };
}

/** Short stretches in turn, so that whatever else the machine does weighs on all alike. */
async function compareSteadily(): Promise<void> {
  const stretch = 5_000;
  const taken = new Map<Running, LoadTimes[]>(running.map((one) => [one, []]));
  for (let elapsed = 0; elapsed < seconds * 1_000; elapsed += stretch) {
    for (const one of running) taken.get(one)?.push(await one.world.askSteadily(rate, stretch));
  }
  const figures = new Map<Contender['role'], LoadFigures>();
  for (const one of running) {
    figures.set(one.role, toLoadFigures(taken.get(one) ?? []));
    print(one, `${rate} questions/s`, toLoadFigures(taken.get(one) ?? []));
  }
  const ours = figures.get('ours');
  const compare = (role: Contender['role'], words: string): void => {
    const other = figures.get(role);
    if (!ours || !other) return;
    const [median, p99] = [ours.median - other.median, ours.p99 - other.p99];
    console.log(`${words} : médiane ${median.toFixed(1)} ms, 99e ${p99.toFixed(1)} ms`);
  };
  compare('echo', 'ajouté à l’écho (buts : 15 et 50)');
  const followedFigures = figures.get('ours-followed');
  if (ours && followedFigures) {
    const [median, p99] = [followedFigures.median - ours.median, followedFigures.p99 - ours.p99];
    console.log(
      `ajouté par la machine qui suit (buts : 10 et 25) : médiane ${median.toFixed(1)} ms, 99e ${p99.toFixed(1)} ms`,
    );
  }
  compare('echo-with-reactions', 'ajouté à l’écho qui met deux réactions, comme l’assistant sous une fiche');
}

/** Fails (exit code 1) when a question stays without an answer, or when memory still grows after the second minute. */
async function soak(): Promise<void> {
  const ours = running.at(-1);
  let unanswered = 0;
  const memory: number[] = [];
  for (let minute = 1; minute <= soakMinutes && ours; minute += 1) {
    const figures = toLoadFigures([await ours.world.askSteadily(rate, 60_000)]);
    print(ours, `minute ${minute}`, figures);
    unanswered += figures.unanswered;
    memory.push(readMemory(ours.child));
  }
  const growth = (memory.at(-1) ?? 0) - (memory[1] ?? memory.at(-1) ?? 0);
  const good = unanswered === 0 && growth <= mostGrowth;
  console.log(
    `${good ? '✓' : '✗'} endurance : ${unanswered} sans réponse, ${growth.toFixed(0)} Mo de plus depuis la 2e minute (au plus ${mostGrowth})`,
  );
  if (!good) process.exitCode = 1;
}

function print({ name, child }: Running, load: string, figures: LoadFigures): void {
  const { answered, unanswered, perSecond, median, p99 } = figures;
  console.log(
    `${name.padEnd(18)} ${load.padEnd(13)} ${perSecond.toFixed(1).padStart(5)} réponses/s   médiane ${median.toFixed(0).padStart(5)} ms   99e ${p99.toFixed(0).padStart(5)} ms   ${readMemory(child).toFixed(0)} Mo   (${answered} répondues, ${unanswered} sans réponse)`,
  );
}

/** Milliseconds that a process has spent on a processor; the kernel counts hundredths of a second. */
function readProcessor(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident memory in MB. */
function readMemory(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
