import type { Fiche } from '../../knowledge/content.ts';
import type { Draft, Exchange } from '../exchange.ts';
import { answerFact } from './answer-fact.ts';
import { rememberQuestion } from './remember-question.ts';

/** Least probability of a fact of the fiche to be answered before what is awaited is read otherwise. */
const sureOfFact = 0.5;

/** The answer to a precise question about the fiche that is spoken of. Null: the message is no such question. */
export function answerKnownFact(exchange: Exchange, fiche: Fiche): Draft | null {
  const best = exchange.ranked[0];
  if (exchange.acts.size > 0) return null;
  if (best?.target.kind !== 'fact' || best.target.fiche !== fiche.id || best.share < sureOfFact) return null;
  const { target } = best;
  const fact = fiche.facts.find(({ id }) => id === target.fact);
  return fact === undefined ? null : rememberQuestion(exchange, answerFact(exchange, fiche, fact));
}

/** Is the message most likely a question about another fiche? */
export function asksElsewhere({ ranked }: Exchange, fiche: Fiche): boolean {
  const best = ranked[0]?.target;
  return (best?.kind === 'fiche' || best?.kind === 'fact') && best.fiche !== fiche.id;
}
