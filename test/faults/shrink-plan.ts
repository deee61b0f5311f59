import type { Plan } from './plan.ts';

/** A plan with those of its faults only, by their place in it. */
export function keepFaults(plan: Plan, kept: readonly number[]): Plan {
  return { ...plan, faults: plan.faults.filter((_fault, index) => kept.includes(index)) };
}

/** The faults of a failing plan that it fails with: none can be left out. Plays it once a fault, and again after each left out. */
export async function shrinkPlan(
  plan: Plan,
  fails: (smaller: Plan) => Promise<boolean>,
): Promise<readonly number[]> {
  let kept = plan.faults.map((_fault, index) => index);
  for (let at = 0; at < kept.length; ) {
    const without = kept.filter((_index, place) => place !== at);
    if (await fails(keepFaults(plan, without))) kept = without;
    else at += 1;
  }
  return kept;
}
