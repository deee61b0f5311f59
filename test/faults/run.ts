import { availableParallelism } from 'node:os';
import { describeFindings } from './describe-findings.ts';
import { type Family, families, makePlan } from './make-plan.ts';
import { describeFault } from './plan.ts';
import { type BugName, bugNames } from './plant-bug.ts';
import { playMany } from './play-many.ts';
import { readKeptPlans } from './read-kept-plans.ts';
import { keepFaults } from './shrink-plan.ts';
import type { Order, Report } from './worker.ts';

const argv = process.argv.slice(2);
if (argv.includes('--help')) {
  console.log(`npm run test:faults                          2 000 plans de pannes, au hasard, dans ce processus et un petit serveur
npm run test:faults -- --plans 200           moins de plans
npm run test:faults -- --from 5000           à partir de cette graine
npm run test:faults -- --seed 7              rejoue un plan, et montre son journal
npm run test:faults -- --seed 7 --keep 0,2   avec ces pannes-là seulement
npm run test:faults -- --families http,keys  ces familles seulement : ${families.join(', ')}
npm run test:faults -- --kept                les plans gardés (test/faults/kept-plans.yaml)
npm run test:faults -- --bug token-first     avec une faute posée exprès : ${bugNames.join(', ')}
npm run test:faults -- --jobs 2              plans joués en même temps`);
  process.exit(0);
}
const option = (name: string): string | null => {
  const index = argv.indexOf(name);
  return index < 0 ? null : (argv[index + 1] ?? '');
};
const count = (name: string, otherwise: number): number => Number(option(name) ?? otherwise);
const chosen = (option('--families')?.split(',') ?? families) as readonly Family[];
const bug = (option('--bug') ?? undefined) as BugName | undefined;
const seed = option('--seed');
const start = Date.now();

const reports: Report[] = [];
await playMany(makeOrders(), count('--jobs', availableParallelism()), (report) => {
  reports.push(report);
  if (report.findings.length > 0) tellFailure(report);
  if (reports.length % 100 === 0)
    console.log(
      `  … ${reports.length} plans, ${seconds()} s : ${describeFindings(reports.flatMap(({ findings }) => findings))}`,
    );
});
summarise();

function makeOrders(): Order[] {
  if (argv.includes('--kept')) {
    return readKeptPlans().map(({ why, waits, plan }) => {
      console.log(`· ${plan.seed}: ${why}${waits === null ? '' : ` (à réparer : ${waits})`}`);
      return { plan, shrink: false };
    });
  }
  if (seed === null) {
    const from = count('--from', 1);
    return Array.from({ length: count('--plans', 2_000) }, (_, index) => ({
      plan: makePlan(from + index, chosen),
      bug,
      shrink: bug === undefined,
    }));
  }
  const whole = makePlan(Number(seed), chosen);
  const kept = option('--keep');
  const plan = kept === null ? whole : keepFaults(whole, kept.split(',').map(Number));
  for (const fault of plan.faults) console.log(`· ${describeFault(fault)}`);
  return [{ plan, bug, shrink: false }];
}

function tellFailure(report: Report): void {
  console.log(`✗ ${report.seed} (${report.ends.join(', ')})`);
  const shown = report.findings.slice(0, seed === null ? 4 : 100);
  for (const { kind, says } of shown) console.log(`    ${kind}: ${says}`);
  if (shown.length < report.findings.length) console.log(`    … ${report.findings.length} in all`);
  for (const fault of report.neededFaults) console.log(`    · ${fault}`);
  if (argv.includes('--kept')) return;
  const only = option('--families') === null ? '' : ` --families ${option('--families')}`;
  const planted = bug === undefined ? '' : ` --bug ${bug}`;
  console.log(
    `    npm run test:faults -- --seed ${report.seed} --keep ${report.needed.join(',')}${only}${planted}`,
  );
}

function summarise(): void {
  if (seed !== null) for (const line of reports[0]?.log ?? []) console.log(line);
  const failed = reports.filter(({ findings }) => findings.length > 0);
  const sum = (of: (report: Report) => number): number => reports.reduce((total, one) => total + of(one), 0);
  console.log(
    `${failed.length === 0 ? '✓' : '✗'} ${reports.length} plans : ${sum(({ struck }) => struck)} pannes, ${sum(({ ends }) => ends.length - 1)} processus finis, ${sum(({ asked }) => asked)} questions, ${Math.round(sum(({ minutes }) => minutes) / 60)} heures pour l’assistant ; ${describeFindings(failed.flatMap(({ findings }) => findings))} ; ${failed.length} plans en échec ; ${seconds()} s`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}

function seconds(): number {
  return Math.round((Date.now() - start) / 1_000);
}
