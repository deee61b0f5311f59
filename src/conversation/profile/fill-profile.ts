import type { Slot } from '../../knowledge/content.ts';
import type { Profile } from './read-slots.ts';

/**
 * Fills `{corps.domaine}` with what the agent's value of that slot gives (intents/profil.yaml); `{corps.nom}` is its
 * title. Null when the profile lacks one of them: the text can't be said.
 */
export function fillProfile(text: string, profile: Profile, slots: readonly Slot[]): string | null {
  let whole = true;
  const filled = text.replace(/\{([a-z-]+)\.([a-z-]+)\}/g, (hole, slotId: string, name: string) => {
    const value = slots.find(({ id }) => id === slotId)?.values.find(({ id }) => id === profile[slotId]);
    const given = name === 'nom' ? value?.title : value?.gives.get(name);
    if (given === undefined) whole = false;
    return given ?? hole;
  });
  return whole ? filled : null;
}

/** A text that depends on the profile: the one for the agent's value, else the one for any known value (« * »), else null. */
export function chooseBySlot(
  bySlot: readonly { readonly slot: string; readonly value: string; readonly text: string }[],
  profile: Profile,
  slots: readonly Slot[],
): string | null {
  for (const any of [false, true]) {
    for (const { slot, value, text } of bySlot) {
      const known = profile[slot];
      if (known === undefined || value !== (any ? '*' : known)) continue;
      const filled = fillProfile(text, profile, slots);
      if (filled !== null) return filled;
    }
  }
  return null;
}
