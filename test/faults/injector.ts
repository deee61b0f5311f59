import type { Effect, Fault, HttpEffect, HttpPoint, LibraryPoint, Plan, SqlPoint } from './plan.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface Injector {
  /** The bot makes a request: what goes wrong with it. */
  onRequest(points: readonly HttpPoint[]): Effect | null;
  onSql(point: SqlPoint): Effect | null;
  onLibrary(points: readonly LibraryPoint[]): Effect | null;
  /** Late keys at this moment: milliseconds. */
  keyDelay(): number;
  /** From here on nothing goes wrong any more. */
  stop(): void;
  readonly struck: readonly Fault[];
  /** How many times the bot was at each point. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Counts where the bot is, and says what the plan has in store there. `onTime`: the plan's faults by the clock. */
export function createInjector(
  plan: Plan,
  time: Pick<VirtualTime, 'now' | 'at'>,
  onTime: (effect: Effect) => void,
): Injector {
  const counts = new Map<string, number>();
  const struck: Fault[] = [];
  /** What goes on for a while, until when. */
  const outages: { readonly point: string; readonly effect: Effect; readonly until: number }[] = [];
  let late: { readonly ms: number; readonly until: number } | null = null;
  let over = false;

  for (const fault of plan.faults) {
    if (fault.point !== 'time') continue;
    time.at(fault.nth, () => {
      if (over) return;
      struck.push(fault);
      if (fault.effect.do === 'late-keys') {
        late = { ms: fault.effect.ms, until: time.now + fault.effect.lasting };
        return;
      }
      onTime(fault.effect);
    });
  }

  function pass(point: string): Effect | null {
    const nth = counts.get(point) ?? 0;
    counts.set(point, nth + 1);
    if (over) return null;
    const outage = outages.find((one) => one.point === point && time.now < one.until);
    if (outage) return outage.effect;
    const fault = plan.faults.find((one) => one.point === point && one.nth === nth);
    if (!fault) return null;
    struck.push(fault);
    const { effect } = fault;
    const lasting = fault.lasting ?? (effect.do === 'sqlite' ? effect.lasting : 0);
    if (lasting > 0) outages.push({ point, effect, until: time.now + lasting });
    return effect;
  }

  const passAll = (points: readonly string[]): Effect | null => {
    const effects = points.map(pass);
    return effects.find((effect) => effect !== null) ?? null;
  };

  return {
    onRequest: passAll,
    onSql: pass,
    onLibrary: passAll,
    keyDelay: () => (late !== null && time.now < late.until && !over ? late.ms : 0),
    stop() {
      over = true;
    },
    struck,
    counts,
  };
}

export function isHttpEffect(effect: Effect): effect is HttpEffect {
  return ['answer', 'cut', 'delay', 'silence', 'repeat'].includes(effect.do);
}
