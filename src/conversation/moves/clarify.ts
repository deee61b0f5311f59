import { type Draft, type Exchange, knownFiche, note, paragraph, paragraphs, reply } from '../exchange.ts';
import type { PendingOf } from '../memory.ts';
import { answerFiche } from './answer-fiche.ts';
import { fallBack } from './fall-back.ts';
import { offerHuman } from './handoff-consent.ts';
import { unanswered } from './not-solved.ts';
import { pickChoice } from './pick-choice.ts';
import { answerSmalltalk, smalltalkTitle } from './smalltalk.ts';

type Clarify = PendingOf<'clarify'>;

/** Several fiches are close: asks which one. After two rounds in a row without a pick, offers a human instead. */
export function askWhich(exchange: Exchange, choices: readonly string[]): Draft {
  const { memory, say, situation } = exchange;
  const known = sameToolFirst(exchange, choices).filter((id) => titleOf(exchange, id) !== null);
  // One intent that is no fiche ("voir ce que je sais faire") is no choice: the fallback says as much.
  if (!known.some((id) => knownFiche(exchange.content, id) !== null)) return fallBack(exchange);
  const failures = memory.failures + (memory.pending.kind === 'clarify' ? 1 : 0);
  if (failures >= 2 && situation.interactive) {
    return offerHuman(exchange, { step: null, lead: say('deux-echecs') });
  }
  const scores = new Map(exchange.asked()?.candidates.map(({ id, score }) => [id, score]));
  const labels = [...known.map((id) => titleOf(exchange, id) ?? id), say('autre-chose')];
  return {
    replies: [
      reply([
        paragraph(`**${say('vouliez-vous-dire')}**`),
        { type: 'choices', items: labels },
        note(say('choisir')),
      ]),
    ],
    outcome: 'clarify',
    fiche: null,
    intent: null,
    candidates: known.map((id) => ({ id, score: scores.get(id) ?? 0 })),
    remember: { failures, pending: { kind: 'clarify', choices: known } },
  };
}

/** One message while a choice is waited for. Null: it is another question. */
export function answerClarify(exchange: Exchange, pending: Clarify): Draft | null {
  const { acts, say } = exchange;
  const picked = pickChoice(exchange, [
    ...pending.choices.map((id) => ({ id, label: titleOf(exchange, id) ?? '' })),
    { id: 'autre-chose', label: say('autre-chose') },
  ]);
  if (picked === pending.choices.length || acts.has('other') || acts.has('unsure'))
    return askToRephrase(exchange, pending.choices[0] ?? null);
  const chosen = picked === null ? likelyChoice(exchange, pending) : pending.choices[picked];
  return chosen === undefined || chosen === null ? null : answerChoice(exchange, chosen);
}

export function answerChoice(exchange: Exchange, id: string): Draft | null {
  const fiche = knownFiche(exchange.content, id);
  const draft = fiche === null ? answerSmalltalk(exchange, id) : answerFiche(exchange, fiche);
  return draft === null ? null : { ...draft, intent: id, confidence: 1 };
}

/** "Autre chose": asks for other words once, then offers a human. */
function askToRephrase(exchange: Exchange, nearest: string | null): Draft {
  const failures = exchange.memory.failures + 1;
  const effects = unanswered(exchange, nearest);
  if (failures >= 2) {
    const human = offerHuman(exchange, { step: null, lead: exchange.say('deux-echecs') });
    return { ...human, effects: [...effects, ...(human.effects ?? [])] };
  }
  return {
    replies: [reply(paragraphs(exchange.say('reformulez')))],
    outcome: 'fallback',
    fiche: null,
    effects,
    remember: { failures, pending: { kind: 'rephrase' } },
  };
}

/** A message that names no tool is more likely about the one just spoken of. */
function sameToolFirst(exchange: Exchange, choices: readonly string[]): readonly string[] {
  const { content, memory, text } = exchange;
  const product = knownFiche(content, memory.fiche)?.product ?? null;
  if (product === null || exchange.understand(text).reading.products.length > 0) return choices;
  const isSame = (id: string) => knownFiche(content, id)?.product === product;
  return [...choices.filter(isSame), ...choices.filter((id) => !isSame(id))];
}

/** The message was not a pick, but the matcher sees one of the choices well ahead of the others: "celui de la box". */
function likelyChoice(exchange: Exchange, pending: Clarify): string | null {
  const { candidates, decision, choices } = exchange.understand(exchange.text);
  // The same question again says nothing new.
  const repeated =
    choices.length === pending.choices.length && choices.every((id) => pending.choices.includes(id));
  if (decision === 'answer' || repeated) return null;
  const [first, second] = candidates.filter(({ id }) => pending.choices.includes(id));
  if (first === undefined || first.id !== candidates[0]?.id || first.score < 0.4) return null;
  return first.score >= 2 * (second?.score ?? 0) ? first.id : null;
}

function titleOf(exchange: Exchange, id: string): string | null {
  return knownFiche(exchange.content, id)?.title ?? smalltalkTitle(exchange, id);
}
