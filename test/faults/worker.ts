// Plays plans one after the other, in a process of its own: all clocks, files and requests in it are the plans'.

import { initAsync } from '@matrix-org/matrix-sdk-crypto-wasm';
import { loadBrain } from '../../src/brain/load-brain.ts';
import { describeFault, type Plan } from './plan.ts';
import type { BugName } from './plant-bug.ts';
import { createPlayer } from './play-plan.ts';
import { keepFaults, shrinkPlan } from './shrink-plan.ts';

export interface Order {
  readonly plan: Plan;
  readonly bug?: BugName | undefined;
  /** Find out which faults a failing plan needs. */
  readonly shrink: boolean;
}

export interface Report {
  readonly seed: number;
  readonly findings: readonly { readonly kind: string; readonly says: string }[];
  /** Places in the plan of the faults that it fails with. */
  readonly needed: readonly number[];
  readonly neededFaults: readonly string[];
  readonly struck: number;
  readonly asked: number;
  readonly ends: readonly string[];
  readonly log: readonly string[];
  /** Virtual. */
  readonly minutes: number;
}

const brain = await loadBrain();
await initAsync();
const play = createPlayer(brain);

async function carryOut({ plan, bug, shrink }: Order): Promise<Report> {
  const outcome = await play(plan, { bug });
  const failed = outcome.findings.length > 0;
  const fails = async (smaller: Plan): Promise<boolean> => (await play(smaller, { bug })).findings.length > 0;
  const needed = failed && shrink ? await shrinkPlan(plan, fails) : plan.faults.map((_fault, index) => index);
  return {
    seed: plan.seed,
    findings: outcome.findings,
    needed,
    neededFaults: keepFaults(plan, needed).faults.map(describeFault),
    struck: outcome.struck.length,
    asked: outcome.asked,
    ends: outcome.ends.map(({ why }) => why),
    log: outcome.log,
    minutes: outcome.lasted / 60_000,
  };
}

process.on('message', (order: Order) => {
  carryOut(order).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(`plan ${order.plan.seed}: the engine itself has failed`, error);
      process.exit(70);
    },
  );
});
