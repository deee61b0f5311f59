import type { Slot } from '../../knowledge/content.ts';
import type { Profile } from './read-slots.ts';

/**
 * What is known of the agent in the words of intents/profil.yaml: « votre poste : NOEMI, votre entité : Police
 * Judiciaire »; empty when nothing is. Values that the file no longer has are as if never told.
 */
export function describeProfile(profile: Profile, slots: readonly Slot[]): string {
  return slots
    .flatMap((slot) => {
      const value = slot.values.find(({ id }) => id === profile[slot.id]);
      return value === undefined
        ? []
        : `${slot.title.charAt(0).toLowerCase()}${slot.title.slice(1)} : ${value.title}`;
    })
    .join(', ');
}
