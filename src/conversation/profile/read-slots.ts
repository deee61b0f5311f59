import type { Slot } from '../../knowledge/content.ts';
import { foldText } from '../../text/fold-text.ts';

/** What is known of the agent: slot id → value id (intents/profil.yaml). */
export type Profile = Readonly<Record<string, string>>;

/** Words just before a value that deny it: « pas un iphone », « sans noemi ». */
const denials: ReadonlySet<string> = new Set(['pas', 'non', 'ni', 'sans', 'jamais', 'plus']);
/** A denial reaches over « pas [de | la | un | d | sur | mon] … ». */
const reach = 2;

/**
 * The values that a message gives to slots. The longest wording wins (« préfecture de police » is no « préfecture »);
 * a message that names two values of one slot, « iphone ou android ? », gives none.
 */
export function readSlots(text: string, slots: readonly Slot[]): Profile {
  const words = foldText(text).split(' ').filter(Boolean);
  const found: Record<string, string> = {};
  for (const slot of slots) {
    const named = new Set(listValues(words, slot));
    const [only] = named;
    if (named.size === 1 && only !== undefined) found[slot.id] = only;
  }
  return found;
}

function listValues(words: readonly string[], slot: Slot): string[] {
  const wordings = slot.values
    .flatMap(({ id, words: ways }) => ways.map((way) => ({ id, way: foldText(way).split(' ') })))
    .sort((a, b) => b.way.length - a.way.length);
  const taken = new Set<number>();
  const found: string[] = [];
  for (const { id, way } of wordings) {
    for (let start = 0; start + way.length <= words.length; start += 1) {
      if (taken.has(start) || !way.every((word, index) => words[start + index] === word)) continue;
      for (let index = 0; index < way.length; index += 1) taken.add(start + index);
      const before = words.slice(Math.max(0, start - reach - 1), start);
      if (!before.some((word) => denials.has(word))) found.push(id);
    }
  }
  return found;
}
