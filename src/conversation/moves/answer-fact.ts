import type { Fact, Fiche } from '../../knowledge/content.ts';
import { type Draft, type Exchange, knownFiche, note, nothing, paragraph, reply } from '../exchange.ts';
import { chooseBySlot } from '../profile/fill-profile.ts';
import type { Profile } from '../profile/read-slots.ts';
import { recallVariant } from './choose-variant.ts';

/** Characters of two facts said together, at most. */
const longestPair = 380;

/**
 * Answers a precise question in a line or two, by the agent's profile, with what must be said with it. `also`: a fact
 * of the fiche that may as well be meant. Where the answer leads to another fiche, that one is spoken of next.
 */
export function answerFact(exchange: Exchange, fiche: Fiche, fact: Fact, also?: Fact): Draft {
  const { content, memory, say, situation } = exchange;
  const profile = profileShown(exchange, fiche);
  const facts = also === undefined ? [fact] : [fact, also];
  const said = [
    ...new Set(
      facts.flatMap(({ bySlot, answer, also: beside }) => [
        chooseBySlot(bySlot, profile, content.profile) ?? answer,
        ...(beside === null ? [] : [beside]),
      ]),
    ),
  ];
  const lines = said.join(' ').length <= longestPair ? said : said.slice(0, fact.also === null ? 1 : 2);
  const next = knownFiche(content, fact.leadsTo)?.id ?? fiche.id;
  const shown = memory.fiche === next || memory.turns.some((turn) => turn.fiche === next);
  // In the middle of a guide, the guide is offered again instead.
  const guided = memory.pending.kind === 'step-by-step' || memory.suspended !== null;
  const offer = shown || guided || !situation.interactive ? [] : [note(say('fait-fiche'))];
  return {
    replies: [reply([...lines.map(paragraph), ...offer])],
    outcome: 'answer',
    fiche: next,
    intent: next,
    candidates: exchange.understand(exchange.text).candidates,
    remember: {
      fiche: next,
      fact: next === fiche.id ? fact.id : null,
      failures: 0,
      // Whether another fiche helped is no longer what is spoken of.
      ...(memory.pending.kind === 'solved' && memory.pending.fiche !== next ? { pending: nothing } : {}),
    },
  };
}

/** The profile, but for the case of this fiche that was shown last: « et sur Android ? », asked for somebody else. */
function profileShown({ profile, memory, slots }: Exchange, fiche: Fiche): Profile {
  const when =
    memory.fiche === fiche.id && !slots.ofSomebodyElse && Object.keys(slots.told).length === 0
      ? recallVariant(memory, fiche)?.when
      : null;
  const [value] = when?.values ?? [];
  return when == null || value === undefined || when.values.includes(profile[when.slot] ?? '')
    ? profile
    : { ...profile, [when.slot]: value };
}
