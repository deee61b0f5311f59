import { exclusiveTools } from '../../knowledge/exclusive-tools.ts';
import type { Memory } from '../memory.ts';

import type { Profile } from '../profile/read-slots.ts';

/** What the assistant waits for, as far as reading is concerned. */
export type Awaited = 'nothing' | 'solved' | 'step' | 'choice' | 'variant' | 'consent';

/** What was said before, as far as it helps to read the next message. */
export interface ReadingContext {
  readonly fiche: string | null;
  /** The fact of that fiche that was answered last, if one was. */
  readonly fact: string | null;
  /** Fiches spoken of before that one, latest first. */
  readonly earlier: readonly string[];
  readonly awaited: Awaited;
  /** Fiches among which the agent was asked to choose. */
  readonly choices: readonly string[];
  readonly profile: Profile;
}

/** At the start of a conversation. */
export const emptyContext: ReadingContext = {
  fiche: null,
  fact: null,
  earlier: [],
  awaited: 'nothing',
  choices: [],
  profile: {},
};

/** How far a message goes on with what was said before. */
export interface Lean {
  /** Nothing of it points at what was said before. */
  readonly firm: boolean;
  /** It asks for one thing of its own: the choices shown are no answer to it. */
  readonly asksOne: boolean;
}

export function contextOf(memory: Memory, profile: Profile, { firm, asksOne }: Lean): ReadingContext {
  const said = { awaited: awaitedOf(memory), choices: asksOne ? [] : choicesOf(memory), profile };
  if (firm) return { ...emptyContext, ...said };
  const { fiche, fact, turns } = memory;
  const earlier = turns.flatMap((turn) => (turn.fiche === null || turn.fiche === fiche ? [] : [turn.fiche]));
  return { fiche, fact, earlier: earlier.reverse(), ...said };
}

function awaitedOf({ pending }: Memory): Awaited {
  switch (pending.kind) {
    case 'none':
    case 'rephrase':
      return 'nothing';
    case 'clarify':
    case 'menu':
      return 'choice';
    case 'variant':
    case 'solved':
    case 'consent':
      return pending.kind;
    case 'step-by-step':
      return 'step';
  }
}

function choicesOf({ pending }: Memory): readonly string[] {
  switch (pending.kind) {
    case 'clarify':
      return pending.choices;
    case 'menu':
      return pending.entries;
    case 'solved':
      return pending.related;
    default:
      return [];
  }
}

/** Who has a SPAN has no NOEMI, and the reverse. */
export function contradicts(tool: string | null, profile: Profile): boolean {
  const own = profile[exclusiveTools.slot];
  return isExclusive(tool) && isExclusive(own) && own !== tool;
}

function isExclusive(tool: string | null | undefined): boolean {
  return exclusiveTools.tools.some((exclusive) => exclusive === tool);
}
