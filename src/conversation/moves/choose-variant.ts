import type { Fiche, Variant } from '../../knowledge/content.ts';
import { foldText } from '../../text/fold-text.ts';
import type { Reply } from '../conversation.ts';
import { bullets, type Draft, type Exchange, heading, note, paragraph, reply } from '../exchange.ts';
import type { Memory } from '../memory.ts';
import type { Profile } from '../profile/read-slots.ts';

/** Which variant the message, or an earlier choice of the conversation, says. */
export function settleVariant(exchange: Exchange, fiche: Fiche): Variant | 'ask' | null {
  if (fiche.variants === null) return null;
  return (
    readVariant(exchange.text, fiche) ??
    variantByProfile(exchange.profile, fiche) ??
    recallVariant(exchange.memory, fiche) ??
    ('ask' as const)
  );
}

/** « Et sur l'autre ? », of two variants of which one was shown. */
export function readOther({ text, memory }: Exchange, fiche: Fiche): Variant | null {
  const choices = fiche.variants?.choices ?? [];
  const shown = memory.variants.find((known) => known.fiche === fiche.id)?.variant;
  if (memory.fiche !== fiche.id || choices.length !== 2 || shown === undefined) return null;
  return /\bl autre\b/.test(foldText(text)) ? (choices.find(({ id }) => id !== shown) ?? null) : null;
}

/** The variant that is this agent's by what is known of him. */
export function variantByProfile(profile: Profile, fiche: Fiche): Variant | null {
  return (
    fiche.variants?.choices.find(({ when }) => {
      const value = when === null ? undefined : profile[when.slot];
      return value !== undefined && when?.values.includes(value);
    }) ?? null
  );
}

/** The variant that the words of a text name; null when they name none or several. */
export function readVariant(text: string, fiche: Fiche): Variant | null {
  const folded = ` ${foldText(text)} `;
  const named = (fiche.variants?.choices ?? []).filter((choice) =>
    [choice.title, ...choice.words].some((word) => folded.includes(` ${foldText(word)} `)),
  );
  const [only] = named;
  return named.length === 1 && only !== undefined ? only : null;
}

export function recallVariant(memory: Memory, fiche: Fiche): Variant | null {
  const chosen = memory.variants;
  return (
    fiche.variants?.choices.find((choice) =>
      // Another fiche's choice counts when it has the same name: an iPhone is an iPhone everywhere.
      chosen.some(
        ({ fiche: of, variant }) =>
          variant === choice.id && (of === fiche.id || !/\d|cas|autre/.test(choice.id)),
      ),
    ) ?? null
  );
}

export function rememberVariant(memory: Memory, fiche: Fiche, variant: Variant): Memory['variants'] {
  const siblings = new Set(fiche.variants?.choices.map((choice) => choice.id));
  const others = memory.variants.filter((kept) => kept.variant === null || !siblings.has(kept.variant));
  return [...others, { fiche: fiche.id, variant: variant.id }].slice(-10);
}

export function askVariant(
  exchange: Exchange,
  fiche: Fiche,
  { guided, times }: { readonly guided: boolean; readonly times: number },
): Draft {
  const choices = fiche.variants?.choices ?? [];
  const asked: Reply = reply([
    heading(fiche.title),
    ...(times === 1 ? [paragraph(fiche.summary)] : []),
    // What holds in every case need not wait; a guide says it step by step.
    ...(times === 1 && !guided ? bullets(fiche.steps.map(({ text }) => text)) : []),
    paragraph(`**${fiche.variants?.question ?? ''}**`),
    { type: 'choices', items: choices.map((choice) => choice.title) },
    note(exchange.say('choisir-variante')),
  ]);
  return {
    replies: [asked],
    outcome: 'clarify',
    fiche: fiche.id,
    intent: fiche.id,
    candidates: [],
    remember: {
      fiche: fiche.id,
      failures: 0,
      pending: { kind: 'variant', fiche: fiche.id, guided, asked: times },
    },
  };
}
