import type { Fiche } from '../../knowledge/content.ts';
import type { Block, Effect } from '../conversation.ts';
import {
  type Draft,
  type Exchange,
  isSalon,
  knownFiche,
  note,
  paragraph,
  paragraphs,
  reply,
} from '../exchange.ts';
import { layOutPersists } from '../rendering/lay-out-fiche.ts';
import { solvedReactions } from './answer-fiche.ts';
import { offerHuman } from './handoff-consent.ts';

const offeredFiches = 3;

interface NotSolved {
  /** 1-based step of the pas à pas where the agent stopped, or null. */
  readonly step: number | null;
  /** The agent said no; otherwise a step of the fiche itself leads here. */
  readonly refused: boolean;
}

/**
 * "Ça ne marche pas": the fiche's own last resorts with the related fiches, then a human. A second refusal in a row
 * goes straight to the human, wherever it was said.
 */
export function answerNotSolved(exchange: Exchange, fiche: Fiche, { step, refused }: NotSolved): Draft {
  const { memory, say } = exchange;
  const failures = memory.failures + (refused ? 1 : 0);
  const effects: Effect[] =
    refused && memory.failures === 0 ? [{ type: 'feedback', fiche: fiche.id, solved: false }] : [];
  const { pending } = memory;
  const tried = pending.kind === 'solved' && pending.fiche === fiche.id && pending.tried;
  const left = pending.kind === 'solved' && pending.fiche === fiche.id ? pending.step : undefined;
  const reached = step ?? left;
  const persists = layOutPersists(fiche, say);
  const related = fiche.related
    .flatMap((id) => knownFiche(exchange.content, id) ?? [])
    .slice(0, offeredFiches);
  if (failures >= 2 || tried || (persists.length === 0 && related.length === 0)) {
    const human = offerHuman(exchange, { step, lead: null });
    return { ...human, effects: [...effects, ...unanswered(exchange, fiche.id), ...(human.effects ?? [])] };
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
          ...(refused ? paragraphs(say('pas-resolu')) : []),
          ...persists,
          ...choices,
          note(say(related.length === 0 ? 'pas-resolu-suite' : 'pas-resolu-choix')),
        ],
        isSalon(exchange) ? [] : solvedReactions,
      ),
    ],
    outcome: 'answer',
    fiche: fiche.id,
    effects,
    remember: {
      fiche: fiche.id,
      failures,
      pending: {
        kind: 'solved',
        fiche: fiche.id,
        variant: pending.kind === 'step-by-step' ? pending.variant : null,
        ...(reached === undefined ? {} : { step: reached }),
        tried: true,
        related: related.map((other) => other.id),
      },
    },
  };
}

/** The agent's own words that led here, for the editors. */
export function unanswered(exchange: Exchange, nearest: string | null): Effect[] {
  const { question } = exchange.memory;
  return question === null ? [] : [{ type: 'unanswered', text: question.text, nearest }];
}
