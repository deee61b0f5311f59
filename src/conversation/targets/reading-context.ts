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

/** Who has a SPAN has no NOEMI, and the reverse. */
export function contradicts(tool: string | null, profile: Profile): boolean {
  const machine = profile['machine'];
  return (
    (tool === 'noemi' || tool === 'span') && (machine === 'noemi' || machine === 'span') && machine !== tool
  );
}
