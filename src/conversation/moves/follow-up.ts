import type { Fiche } from '../../knowledge/content.ts';
import { foldedWords } from '../../text/fold-text.ts';
import { type Draft, type Exchange, knownFiche } from '../exchange.ts';
import { findMeasuredFact } from '../reading/find-measured-fact.ts';
import { splitQuestions } from '../reading/split-questions.ts';
import { answerFact } from './answer-fact.ts';
import { answerFiche } from './answer-fiche.ts';
import { readOther } from './choose-variant.ts';
import { rememberQuestion } from './remember-question.ts';

/** Least probability of a fact of the fiche to be answered before what is awaited is read otherwise. */
const sureOfFact = 0.5;

/** Words, and probability, from which on the matcher of intents is believed whatever was said before. */
const fewestWords = 6;
const sureOfFiche = 0.95;
/** Words of a message that says « l'autre » and nothing else, at most. */
const longestOther = 6;

/** Probability, in the light of what was said before, from which on a question is not read alone any more. */
const sureInContext = 0.75;

/** Is the likeliest question surely what is asked, in the light of what was said before? */
export function isSureInContext({ memory, ranked }: Exchange): boolean {
  const [best] = ranked.filter(({ target }) => target.kind !== 'act');
  const all = ranked.reduce((sum, { target, share }) => (target.kind === 'act' ? sum : sum + share), 0);
  return memory.fiche !== null && best !== undefined && best.share >= sureInContext * all;
}

/** The fiche, other than the one spoken of, that the message is surely about when read alone. */
export function findSureFiche(exchange: Exchange): string | null {
  const { text, memory, content, understand } = exchange;
  if (isSureInContext(exchange)) return null;
  const { decision, candidates } = understand(text);
  const [first] = candidates;
  const sure = decision === 'answer' && first !== undefined && first.score >= sureOfFiche;
  if (!sure || first.id === memory.fiche || foldedWords(text).length < fewestWords) return null;
  return knownFiche(content, first.id)?.id ?? null;
}

/** The answer to a precise question about the fiche that is spoken of. Null: the message is no such question. */
export function answerKnownFact(exchange: Exchange, fiche: Fiche): Draft | null {
  const best = exchange.ranked[0];
  if (exchange.acts.size > 0 || findSureFiche(exchange) !== null) return null;
  if (splitQuestions(exchange.text).length > 1) return null;
  if (best?.target.kind !== 'fact' || best.target.fiche !== fiche.id || best.share < sureOfFact) return null;
  const { target } = best;
  const fact = fiche.facts.find(({ id }) => id === target.fact);
  return fact === undefined ? null : rememberQuestion(exchange, answerFact(exchange, fiche, fact));
}

/** The answer to a number that the agent reads where the fiche told him to look. Null: no such number. */
export function answerMeasure(exchange: Exchange): Draft | null {
  const { content, memory, text } = exchange;
  const fiche = knownFiche(content, memory.fiche);
  const fact = fiche === null ? null : findMeasuredFact(text, fiche.facts);
  return fiche === null || fact === null ? null : answerFact(exchange, fiche, fact);
}

/** « Et sur l'autre ? »: the other of the two variants of the fiche just shown. */
export function answerOtherVariant(exchange: Exchange): Draft | null {
  const fiche = knownFiche(exchange.content, exchange.memory.fiche);
  if (fiche === null || foldedWords(exchange.text).length > longestOther) return null;
  const other = readOther(exchange, fiche);
  return other === null ? null : answerFiche(exchange, fiche, { shown: other });
}

/** Is the message most likely a question about another fiche? */
export function asksElsewhere({ ranked }: Exchange, fiche: Fiche): boolean {
  const best = ranked[0]?.target;
  return (best?.kind === 'fiche' || best?.kind === 'fact') && best.fiche !== fiche.id;
}
