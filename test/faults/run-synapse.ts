import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSynapse } from '../e2e/homeserver/start-synapse.ts';
import { describeFindings } from './describe-findings.ts';
import { hastenPlan } from './hasten-plan.ts';
import type { Finding } from './judge.ts';
import { type Family, families, makePlan } from './make-plan.ts';
import { describeFault } from './plan.ts';
import { playOnSynapse } from './play-on-synapse.ts';
import { keepFaults } from './shrink-plan.ts';

const argv = process.argv.slice(2);
if (argv.includes('--help')) {
  console.log(`bin/assistant test/faults/run-synapse.ts                     200 plans de pannes devant un vrai Synapse
bin/assistant test/faults/run-synapse.ts --plans 20          moins de plans
bin/assistant test/faults/run-synapse.ts --seed 7            rejoue un plan (l’horloge est vraie : le hasard aussi, un peu)
bin/assistant test/faults/run-synapse.ts --seed 7 --keep 0,2 avec ces pannes-là seulement
bin/assistant test/faults/run-synapse.ts --families http     ces familles seulement : ${families.join(', ')}
bin/assistant test/faults/run-synapse.ts --jobs 3            plans joués en même temps
Il faut d’abord : npm run homeserver:install`);
  process.exit(0);
}
const option = (name: string): string | null => {
  const index = argv.indexOf(name);
  return index < 0 ? null : (argv[index + 1] ?? '');
};
const count = (name: string, otherwise: number): number => Number(option(name) ?? otherwise);
const chosen = (option('--families')?.split(',') ?? families) as readonly Family[];
const only = option('--seed');
const from = count('--from', 1);
const seeds =
  only === null ? Array.from({ length: count('--plans', 200) }, (_, index) => from + index) : [Number(only)];
const start = Date.now();
const findings: Finding[] = [];
const totals = { plans: 0, failed: 0, asked: 0, struck: 0, ends: 0 };
const synapse = await startSynapse();
try {
  await Promise.all(Array.from({ length: Math.min(count('--jobs', 3), seeds.length) }, playOn));
} finally {
  await synapse.remove();
}
console.log(
  `${totals.failed === 0 ? '✓' : '✗'} ${totals.plans} plans sur Synapse : ${totals.struck} pannes, ${totals.ends} processus finis, ${totals.asked} questions ; ${describeFindings(findings)} ; ${totals.failed} plans en échec ; ${Math.round((Date.now() - start) / 1_000)} s`,
);
process.exitCode = totals.failed === 0 ? 0 : 1;

async function playOn(): Promise<void> {
  for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
    const kept = option('--keep');
    const whole = hastenPlan(makePlan(seed, chosen));
    const plan = kept === null ? whole : keepFaults(whole, kept.split(',').map(Number));
    const outcome = await playOnSynapse(plan, synapse, `${seed}-${totals.plans}-${Date.now() % 10_000}`);
    totals.plans += 1;
    findings.push(...outcome.findings);
    totals.asked += outcome.asked;
    totals.struck += outcome.struck;
    totals.ends += outcome.ends.length - 1;
    if (totals.plans % 10 === 0)
      console.log(
        `  … ${totals.plans} plans, ${Math.round((Date.now() - start) / 1_000)} s : ${describeFindings(findings)}`,
      );
    if (outcome.findings.length === 0) continue;
    totals.failed += 1;
    const logPath = join(tmpdir(), `plan-${seed}.log`);
    writeFileSync(logPath, outcome.log);
    console.log(`✗ ${seed} (${outcome.ends.join(', ')}), journal : ${logPath}`);
    for (const { kind, says } of outcome.findings.slice(0, 5)) console.log(`    ${kind}: ${says}`);
    for (const fault of plan.faults) console.log(`    · ${describeFault(fault)}`);
    const families = option('--families') === null ? '' : ` --families ${option('--families')}`;
    console.log(`    bin/assistant test/faults/run-synapse.ts --seed ${seed}${families}`);
  }
}
