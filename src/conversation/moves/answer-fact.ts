import type { Fact, Fiche } from '../../knowledge/content.ts';
import { type Draft, type Exchange, note, paragraph, reply } from '../exchange.ts';
import { chooseBySlot } from '../profile/fill-profile.ts';

/** Answers a precise question in a line or two, by the agent's profile, with what must be said with it. */
export function answerFact(exchange: Exchange, fiche: Fiche, fact: Fact): Draft {
  const { profile, content, memory, say, situation } = exchange;
  const answer = chooseBySlot(fact.bySlot, profile, content.profile) ?? fact.answer;
  const shown = memory.fiche === fiche.id || memory.turns.some((turn) => turn.fiche === fiche.id);
  // In the middle of a guide, the guide is offered again instead.
  const guided = memory.pending.kind === 'step-by-step' || memory.suspended !== null;
  const offer = shown || guided || !situation.interactive ? [] : [note(say('fait-fiche'))];
  return {
    replies: [reply([paragraph(answer), ...(fact.also === null ? [] : [paragraph(fact.also)]), ...offer])],
    outcome: 'answer',
    fiche: fiche.id,
    intent: fiche.id,
    candidates: exchange.understand(exchange.text).candidates,
    remember: { fiche: fiche.id, failures: 0 },
  };
}
