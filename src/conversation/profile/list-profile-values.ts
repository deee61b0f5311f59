import type { Slot } from '../../knowledge/content.ts';
import type { Profile } from './read-slots.ts';

/** What is known of the agent, for whoever is not the agent: « NOEMI, Police Judiciaire »; empty when nothing is. */
export function listProfileValues(profile: Profile, slots: readonly Slot[]): string {
  return slots
    .flatMap((slot) => slot.values.find(({ id }) => id === profile[slot.id])?.title ?? [])
    .join(', ');
}
