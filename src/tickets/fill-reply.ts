import type { Profile } from '../conversation/profile/read-slots.ts';
import type { Slot } from '../knowledge/content.ts';

export type FilledReply =
  | { readonly text: string }
  /** Blanks that nothing fills: the reply must not be sent. */
  | { readonly unknown: readonly string[] };

/**
 * A canned reply as this agent is to read it. `{agent}` and `{numero}` are of the ticket; any slot of intents/profil.yaml
 * (`{poste}`) is what is known of the agent, else what it is: « votre poste ».
 */
export function fillReply(
  reply: string,
  {
    agent,
    number,
    profile,
    slots,
  }: {
    readonly agent: string;
    readonly number: number;
    readonly profile: Profile;
    readonly slots: readonly Slot[];
  },
): FilledReply {
  const values = new Map<string, string>([
    ['agent', agent],
    ['numero', String(number)],
    ...slots.map((slot): [string, string] => [slot.id, describeSlot(slot, profile)]),
  ]);
  const blanks = [...reply.matchAll(blank)].map(([, name = '']) => name);
  const unknown = [...new Set(blanks.filter((name) => !values.has(name)))];
  if (unknown.length > 0) return { unknown };
  return { text: reply.replace(blank, (hole, name: string) => values.get(name) ?? hole).trim() };
}

const blank = /\{([^{}]*)\}/g;

function describeSlot({ id, title, values }: Slot, profile: Profile): string {
  const known = values.find((value) => value.id === profile[id]);
  return known?.title ?? `${title.charAt(0).toLowerCase()}${title.slice(1)}`;
}
