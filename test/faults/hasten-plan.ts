import type { Effect, Fault, Plan } from './plan.ts';

const longest = 3_000;
/** Milliseconds; less than the day after which the bot forgets what was said, whatever its settings. */
const longestJump = 82_800_000;
const shorten = (milliseconds: number): number => Math.min(milliseconds, longest);

/** The same plan for a clock on the wall: nobody writes minutes apart, no outage lasts longer than a few seconds. */
export function hastenPlan(plan: Plan): Plan {
  const last = Math.max(...plan.lines.map(({ at }) => at), 1);
  const pace = Math.min(1, 8_000 / last);
  return {
    ...plan,
    lines: plan.lines.map((line) => ({ ...line, at: Math.round(line.at * pace) })),
    ticket: plan.ticket && { ...plan.ticket, exchanges: 1 },
    faults: plan.faults.map(hastenFault),
  };
}

function hastenFault(fault: Fault): Fault {
  const { point, nth, lasting } = fault;
  return {
    ...fault,
    nth: point === 'time' ? Math.round(nth / 4) : nth,
    effect: hastenEffect(fault.effect),
    ...(lasting === undefined ? {} : { lasting: shorten(lasting) }),
  };
}

function hastenEffect(effect: Effect): Effect {
  switch (effect.do) {
    case 'answer':
      return effect.retryAfter === undefined ? effect : { ...effect, retryAfter: shorten(effect.retryAfter) };
    case 'delay':
      return { ...effect, ms: shorten(effect.ms) };
    case 'silence':
      // The bot would wait for its own time-out, a minute of ours.
      return { do: 'cut', when: effect.acted ? 'after' : 'before' };
    case 'sqlite':
      return { ...effect, lasting: shorten(effect.lasting) };
    case 'library':
      return effect.how === 'hang' ? { ...effect, how: 'panic' } : effect;
    case 'kill':
    case 'terminate':
      return { ...effect, pause: Math.min(effect.pause, 1_000) };
    case 'jump':
      return { ...effect, ms: Math.min(effect.ms, longestJump) };
    case 'late-keys':
    case 'cut':
    case 'repeat':
      return effect;
  }
}
