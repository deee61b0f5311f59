/**
 * The tests that take too long for each change: what `npm test` samples, played at length against a real Synapse, and
 * what only time shows (memory). One after the other, since each wants the machine for itself; all are played even when
 * one fails.
 */
import { spawnSync } from 'node:child_process';
import { projectRoot } from './e2e/homeserver/python.ts';

interface Trial {
  readonly name: string;
  readonly says: string;
  /** What bin/assistant is given. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const trials: readonly Trial[] = [
  {
    name: 'crash',
    says: 'tué 100 fois, serveur arrêté 5 fois, réseau abîmé : rien de perdu, rien de doublé',
    command: ['test/crash/run.ts'],
  },
  {
    name: 'crash-encrypted',
    says: 'tué 200 fois sous trafic chiffré : tout reste lisible',
    command: ['test/crash/run.ts', '--encrypted'],
  },
  {
    name: 'faults',
    says: '2 000 plans de pannes (réseau, disque, chiffrement, arrêts, horloge), dans un processus : rien de perdu, rien de doublé',
    command: ['test/faults/run.ts'],
  },
  {
    name: 'faults-synapse',
    says: '200 plans de pannes devant un vrai Synapse : rien de perdu, rien de doublé',
    command: ['test/faults/run-synapse.ts'],
  },
  {
    name: 'standby',
    says: '300 relais d’une machine à l’autre, de toutes les façons, trafic chiffré et demandes en cours : rien de perdu, rien de doublé',
    command: ['test/standby/run.ts'],
  },
  {
    name: 'standby-scale',
    says: 'une machine nouvelle devant 100 000 conversations, puis 1 000 000 de changements : prête en 30 s, mémoire plate',
    command: ['test/standby/scale.ts'],
  },
  {
    name: 'soak',
    says: '10 minutes, 500 personnes, 2 questions par seconde : la mémoire ne monte pas, toutes ont leur réponse',
    command: ['bench/load.ts', '--only-soak', '10'],
  },
  {
    name: 'properties',
    says: 'le guichet et ses règles, 10 fois plus de journées au hasard, d’une autre graine à chaque fois',
    command: ['test/run.ts', '--unit', 'tickets'],
    env: { PROPERTY_RUNS: '10' },
  },
  {
    name: 'differential',
    says: '200 000 transactions au hasard : notre IndexedDB rend ce que rend fake-indexeddb',
    command: ['test/run.ts', '--unit', 'indexeddb-oracle'],
    env: { ORACLE_RUNS: '200' },
  },
];

const chosen = process.argv.slice(2);
if (chosen.includes('--help')) {
  const width = Math.max(...trials.map(({ name }) => name.length));
  console.log(`npm run test:long                      les essais longs, l’un après l’autre (deux heures environ)
npm run test:long -- soak differential  ceux-là seulement

${trials.map(({ name, says }) => `  ${name.padEnd(width)}  ${says}`).join('\n')}

Chaque commande affiche ses comptes ; la dernière ligne dit combien d’essais ont réussi.
Il faut d’abord : npm run homeserver:install`);
  process.exit(0);
}
const unknown = chosen.filter((word) => !trials.some(({ name }) => name === word));
if (unknown.length > 0) {
  console.error(
    `Essai inconnu : ${unknown.join(', ')}. Il y a : ${trials.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

const verdicts = trials
  .filter(({ name }) => chosen.length === 0 || chosen.includes(name))
  .map(({ name, command, env }) => {
    console.log(`\n== ${name} : bin/assistant ${command.join(' ')}`);
    const start = Date.now();
    const { status } = spawnSync('bin/assistant', command, {
      cwd: projectRoot,
      env: { ...process.env, ...env },
      stdio: 'inherit',
    });
    return { name, passed: status === 0, minutes: (Date.now() - start) / 60_000 };
  });
console.log('');
for (const { name, passed, minutes } of verdicts) {
  console.log(`${passed ? '✓' : '✗'} ${name} (${minutes.toFixed(1)} min)`);
}
const failed = verdicts.filter(({ passed }) => !passed).length;
console.log(`${verdicts.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
