import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Plan } from './plan.ts';

export interface KeptPlan {
  /** What went wrong, and which commit mended it. */
  readonly why: string;
  /** null: it is expected to pass; else what it waits for. */
  readonly waits: string | null;
  readonly plan: Plan;
}

/** The plans that have failed once. They are kept whole, since seeds mean something else when make-plan.ts changes. */
export function readKeptPlans(): readonly KeptPlan[] {
  const given = parse(readFileSync(new URL('./kept-plans.yaml', import.meta.url), 'utf8'), { merge: true }) as
    | { why: string; waits?: string; plan: Plan }[]
    | null;
  return (given ?? []).map(({ why, waits = null, plan }) => ({ why, waits, plan }));
}
