import type { Content, Fiche, Step } from '../../knowledge/content.ts';
import { chooseBySlot } from './fill-profile.ts';
import type { Profile } from './read-slots.ts';

/** The content as this agent is to read it: a step that depends on the profile says what it is for him, and no more. */
export function personalise(content: Content, profile: Profile): Content {
  if (Object.keys(profile).length === 0) return content;
  const changed = [...content.fiches.values()].filter(dependsOnProfile);
  if (changed.length === 0) return content;
  const fiches = new Map(content.fiches);
  for (const fiche of changed) fiches.set(fiche.id, personaliseFiche(fiche, profile, content));
  return { ...content, fiches };
}

function dependsOnProfile({ steps, variants }: Fiche): boolean {
  const all = [...steps, ...(variants?.choices.flatMap((choice) => choice.steps) ?? [])];
  return all.some(({ bySlot }) => bySlot.length > 0);
}

function personaliseFiche(fiche: Fiche, profile: Profile, { profile: slots }: Content): Fiche {
  const fit = (step: Step): Step => {
    const text = chooseBySlot(step.bySlot, profile, slots);
    return text === null ? step : { ...step, text, points: [] };
  };
  const { variants } = fiche;
  return {
    ...fiche,
    steps: fiche.steps.map(fit),
    variants: variants && {
      ...variants,
      choices: variants.choices.map((choice) => ({ ...choice, steps: choice.steps.map(fit) })),
    },
  };
}
