import { beforeAll, expect, test } from 'vitest';
import { makePlan } from './make-plan.ts';
import { type BugName, bugNames } from './plant-bug.ts';
import { playMany } from './play-many.ts';
import { readKeptPlans } from './read-kept-plans.ts';
import type { Order, Report } from './worker.ts';

// A sample of the plans, and proof that they can fail; thousands are played by `npm run test:faults`.

const sample = [1, 2, 3, 4, 5, 6].map(
  (seed): Order => ({ plan: makePlan(seed, ['http', 'sqlite', 'process', 'clock']), shrink: false }),
);
const mended = readKeptPlans()
  .filter(({ waits }) => waits === null)
  .map(({ plan }): Order => ({ plan, shrink: false }));
const withBugs = bugNames.flatMap((bug) =>
  [4, 6, 7].map((seed): Order => ({ plan: makePlan(seed, ['http', 'process']), bug, shrink: false })),
);
const reports = new Map<Order, Report>();

beforeAll(async () => {
  await playMany([...sample, ...mended, ...withBugs], 2, (report, order) => reports.set(order, report));
}, 180_000);

const reportsOf = (orders: readonly Order[]): Report[] =>
  orders.map((order) => reports.get(order)).filter((report) => report !== undefined);

function describeFailures(orders: readonly Order[]): string[] {
  return reportsOf(orders)
    .filter(({ findings }) => findings.length > 0)
    .map(
      ({ seed, findings }) =>
        `plan ${seed}: ${findings.map(({ kind, says }) => `${kind} (${says})`).join(', ')}`,
    );
}

test('whatever fails, every question is answered once, in order and readably, and nobody else is troubled', () => {
  expect(describeFailures(sample)).toEqual([]);
  const played = reportsOf(sample);
  expect(played).toHaveLength(sample.length);
  expect(played.reduce((sum, { struck }) => sum + struck, 0)).toBeGreaterThan(8);
  expect(played.reduce((sum, { asked }) => sum + asked, 0)).toBeGreaterThan(40);
});

test('plans that have failed once pass', () => {
  expect(reportsOf(mended).length).toBeGreaterThan(0);
  expect(describeFailures(mended)).toEqual([]);
});

test.each<[BugName, string]>([
  ['fresh-transaction-ids', 'doubled'],
  ['token-first', 'lost'],
  ['marked-before-sent', 'doubled'],
])('three plans find a bug that was put in: %s', (bug, kind) => {
  const findings = reportsOf(withBugs.filter((order) => order.bug === bug)).flatMap(
    (report) => report.findings,
  );
  expect(findings.map((finding) => finding.kind)).toContain(kind);
});
