import { createRandom } from '../crash/random.ts';
import { startSynapse } from '../e2e/homeserver/start-synapse.ts';
import { playTakeOvers, type TakeOver } from './play-take-overs.ts';
import { startPostgres } from './start-postgres.ts';
import { type Way, ways } from './strike-leader.ts';

const argv = process.argv.slice(2);
if (argv.includes('--help')) {
  console.log(`npm run test:standby                          300 relais de toutes les façons, trafic en clair et chiffré, une demande en cours
npm run test:standby -- --take-overs 24       moins de relais
npm run test:standby -- --ways kill,term      ces façons seulement : ${ways.join(', ')}
npm run test:standby -- --machines 3          trois machines (par défaut : deux, et trois un tour sur quatre)
npm run test:standby -- --keep                garde les journaux des machines
npm run test:standby -- --seed 7              rejoue une suite d’instants
Il faut d’abord : npm run homeserver:install, et PostgreSQL (apt-get install postgresql)`);
  process.exit(0);
}
const option = (name: string): string | null => {
  const index = argv.indexOf(name);
  return index < 0 ? null : (argv[index + 1] ?? '');
};
const total = Number(option('--take-overs') ?? 300);
const chosen = (option('--ways')?.split(',') ?? ways) as readonly Way[];
const seed = Number(option('--seed') ?? Date.now() % 1_000_000);
const random = createRandom(seed);
/** Blows of one round, in an installation of its own. */
const roundLength = 12;

console.log(`graine ${seed}`);
const start = Date.now();
const synapse = await startSynapse();
const postgres = await startPostgres();
const all: TakeOver[] = [];
const kinds = new Map<string, number>();
let asked = 0;
try {
  for (let round = 1; all.length < total; round += 1) {
    const length = Math.min(roundLength, total - all.length);
    const blows = Array.from({ length }, (_, index) => pick(all.length + index));
    const machines = Number(option('--machines') ?? (round % 4 === 0 ? 3 : 2));
    console.log(`tour ${round} : ${machines} machines`);
    const name = `${seed}-${round}-${Date.now() % 100_000}`;
    const outcome = await playTakeOvers({
      synapse,
      postgres,
      name,
      seed: seed + round,
      blows,
      machines,
      keepLogs: argv.includes('--keep'),
      write: console.log,
    });
    all.push(...outcome.takeOvers);
    asked += outcome.asked;
    for (const { kind, says } of outcome.findings) {
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      console.log(`  ✗ ${kind}: ${says}`);
    }
    if (outcome.logs !== null) console.log(`  journaux : ${outcome.logs}`);
    if (outcome.takeOvers.length < length) break;
  }
} finally {
  await synapse.remove();
  await postgres.remove();
}

/** Each way in its turn first, then by chance. */
function pick(index: number): Way {
  return chosen[index < chosen.length ? index : Math.floor(random() * chosen.length)] ?? 'kill';
}

for (const way of chosen) {
  const silences = all
    .filter((one) => one.way === way)
    .map(({ silence }) => silence)
    .sort((a, b) => a - b);
  if (silences.length === 0) continue;
  const seconds = (milliseconds: number | undefined): string => ((milliseconds ?? 0) / 1_000).toFixed(1);
  console.log(
    `${way} : ${silences.length} fois, sans réponse ${seconds(silences[Math.floor(silences.length / 2)])} s (médiane), ${seconds(silences.at(-1))} s (au pire)`,
  );
}
const count = (kind: string): number => kinds.get(kind) ?? 0;
const failed = [...kinds.values()].reduce((sum, n) => sum + n, 0);
const good = failed === 0 && all.length === total;
console.log(
  `${good ? '✓' : '✗'} ${all.length} coups, ${all.filter(({ changed }) => changed).length} relais, ${asked} questions : ${count('lost')} perdues, ${count('doubled')} doublées, ${count('out of order')} dans le désordre, ${count('unreadable')} illisibles, ${failed} défauts en tout (${Math.round((Date.now() - start) / 1_000)} s)`,
);
process.exitCode = good ? 0 : 1;
