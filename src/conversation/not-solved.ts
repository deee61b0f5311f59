import type { Fiche } from '../knowledge/content.ts';
import { keycaps } from './choose-variant.ts';
import type { Block, Effect } from './conversation.ts';
import {
  type Draft,
  type Exchange,
  isSalon,
  knownFiche,
  note,
  paragraph,
  paragraphs,
  reply,
} from './exchange.ts';
import { offerHuman } from './handoff-consent.ts';
import { layOutContacts, layOutPersists } from './lay-out-fiche.ts';

const offeredFiches = 3;

/**
 * "Ça ne marche pas": the fiche's own branch with the related fiches, then a human. A second refusal in a row
 * goes straight to the human, wherever it was said.
 * @param step 1-based step of the pas à pas where the agent stopped, or null.
 */
export function answerNotSolved(exchange: Exchange, fiche: Fiche, step: number | null): Draft {
  const { memory, say } = exchange;
  const failures = memory.failures + 1;
  const effects: Effect[] = failures === 1 ? [{ type: 'feedback', fiche: fiche.id, solved: false }] : [];
  const persists = layOutPersists(fiche, say);
  const related = fiche.related
    .flatMap((id) => knownFiche(exchange.content, id) ?? [])
    .slice(0, offeredFiches);
  if (failures >= 2 || (persists.length === 0 && related.length === 0)) {
    const human = offerHuman(exchange, { step, lead: null });
    return { ...human, effects: [...effects, ...unanswered(exchange, fiche), ...(human.effects ?? [])] };
  }
  const choices: Block[] =
    related.length === 0
      ? []
      : [
          paragraph(`**${say('autres-pistes')}**`),
          { type: 'choices', items: related.map((other) => other.title) },
        ];
  return {
    replies: [
      reply(
        [
          ...paragraphs(say('pas-resolu')),
          ...persists,
          ...layOutContacts(fiche.contacts, exchange.content, say('qui-appeler')),
          ...choices,
          note(say(related.length === 0 ? 'pas-resolu-suite' : 'pas-resolu-choix')),
        ],
        isSalon(exchange) ? [] : [...keycaps(related.length), '👍', '👎'],
      ),
    ],
    outcome: 'answer',
    fiche: fiche.id,
    effects,
    remember: {
      fiche: fiche.id,
      failures,
      pending: { kind: 'solved', fiche: fiche.id, variant: null, related: related.map((other) => other.id) },
    },
  };
}

/** The agent's own words that led to the fiche, for the editors. A message with a secret left no words. */
function unanswered(exchange: Exchange, fiche: Fiche): Effect[] {
  const { turns, transcript } = exchange.memory;
  const answered = turns.find((turn) => turn.fiche === fiche.id);
  const question = transcript.find((entry) => entry.from === 'agent' && entry.turn === answered?.turn);
  if (question === undefined || question.text === exchange.say('secret-retire')) return [];
  return [{ type: 'unanswered', text: question.text, nearest: fiche.id }];
}
