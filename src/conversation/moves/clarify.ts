import type { Fiche } from '../../knowledge/content.ts';
import { foldedWords, foldText } from '../../text/fold-text.ts';
import {
  type Draft,
  type Exchange,
  knownFiche,
  note,
  nothing,
  paragraph,
  paragraphs,
  reply,
} from '../exchange.ts';
import type { PendingOf } from '../memory.ts';
import { readDeniedTools } from '../reading/denied-tools.ts';
import { readQuestionForm } from '../reading/question-form.ts';
import { isPick } from '../reading/read-pick.ts';
import { rankTargets } from '../targets/rank-targets.ts';
import { dropProfile, readPastPoliteness } from '../targets/read-message.ts';
import { contradicts, emptyContext } from '../targets/reading-context.ts';
import { standsAlone } from '../targets/stands-alone.ts';
import { answerFact } from './answer-fact.ts';
import { answerFiche } from './answer-fiche.ts';
import { fallBack } from './fall-back.ts';
import { offerHuman } from './handoff-consent.ts';
import { unanswered } from './not-solved.ts';
import { pickChoice } from './pick-choice.ts';
import { type AskedFiche, poolByFiche } from './pool-by-fiche.ts';

type Clarify = PendingOf<'clarify'>;

/** A choice of the list answers a message that says it in other words: how likely, and how far ahead, it must be. */
const leastOfChoice = 0.15;
const aheadOfChoices = 1.5;
const aheadOfOthers = 1.5;
/** Words of a message that may make the question before more precise. */
const longestPrecision = 12;

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
  // « COMU. Je suis en préfecture » picks, and tells.
  const text = dropProfile(exchange.text, exchange.content.profile, 1);
  const picked = pickChoice({ ...exchange, text }, [
    ...pending.choices.map((id, index) => ({
      id,
      label: pending.labels?.[index] ?? titleOf(exchange, id) ?? '',
    })),
    { id: 'autre-chose', label: say('autre-chose') },
  ]);
  const rejects = acts.has('other') || acts.has('unsure') || acts.has('correction') || acts.has('no');
  if (picked === pending.choices.length || (picked === null && rejects))
    return askToRephrase(exchange, pending.choices[0] ?? null);
  const chosen = picked === null ? likelyChoice(exchange, pending) : pending.choices[picked];
  if (chosen === undefined || chosen === null) return null;
  return answerChoice(exchange, chosen, pending.labels?.[pending.choices.indexOf(chosen)]);
}

/** The fiche chosen, or the one fact of it that is asked. `label`: the choice as it was shown. */
export function answerChoice(exchange: Exchange, id: string, label?: string): Draft | null {
  const fiche = knownFiche(exchange.content, id);
  if (fiche === null) return null;
  const asked =
    factOfMessage(exchange, fiche) ?? factOfLabel(exchange, fiche, label) ?? factOfQuestion(exchange, fiche);
  const fact = fiche.facts.find((known) => known.id === asked);
  const draft = fact === undefined ? answerFiche(exchange, fiche) : answerFact(exchange, fiche, fact);
  return {
    ...draft,
    intent: id,
    confidence: 1,
    // What was awaited has been said.
    ...(fact === undefined ? {} : { remember: { pending: nothing, ...draft.remember } }),
  };
}

/** Words of a message that picks and asks at once: « pour COMU, quelle adresse ? ». */
const fewestOfQuestion = 3;
/** Part of the fiche's probability that a fact must have to be what is asked. */
const sureOfFact = 0.5;

function factOfMessage(exchange: Exchange, fiche: Fiche): string | null {
  const { text, understand } = exchange;
  if (isPick(text) || foldedWords(text).length < fewestOfQuestion) return null;
  return bestFact(poolByFiche(exchange, text, understand(text).reading.products), fiche);
}

/** The fact that the editors gave to a choice of theirs (intents/vagues.yaml). */
function factOfLabel({ content }: Exchange, fiche: Fiche, label: string | undefined): string | null {
  const choices = content.diagnostics.flatMap((diagnostic) => diagnostic.choices);
  return choices.find((choice) => choice.fiche === fiche.id && choice.label === label)?.fact ?? null;
}

/** « L'adresse de la visio ? », then « celle du ministère »: the fact that the question before asked of one of them. */
function factOfQuestion(exchange: Exchange, fiche: Fiche): string | null {
  const { memory, mind, content, profile } = exchange;
  const before = memory.question?.text ?? null;
  if (before === null || !readQuestionForm(before, foldText(before)).which) return null;
  const readings = readPastPoliteness(before, mind, content.profile);
  const context = { ...emptyContext, fiche: fiche.id, profile };
  const ranked = rankTargets(readings, context, content, mind.weights);
  return bestFact(poolByFiche({ ranked, profile, content, memory }, before, []), fiche);
}

function bestFact(asked: readonly AskedFiche[], { id }: Fiche): string | null {
  const found = asked.find(({ fiche }) => fiche === id);
  return found !== undefined && found.ofFact >= sureOfFact ? found.fact : null;
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

/** The message was not a pick, but one of the choices is well ahead of the others, and of all else: "celui de la box". */
function likelyChoice(exchange: Exchange, pending: Clarify): string | null {
  const { acts, memory, text } = exchange;
  // The same question again says nothing new.
  const repeated = memory.question !== null && foldText(memory.question.text) === foldText(text);
  if (repeated || standsAlone(text) || acts.size > 0 || !/\p{L}{2}/u.test(text)) return null;
  const asked = poolByFiche(exchange, exchange.text, exchange.understand(exchange.text).reading.products);
  const choices = pending.choices.filter((id) => mayBeMeant(exchange, id));
  const [first, second] = asked.filter(({ fiche }) => choices.includes(fiche));
  const beyond = asked.find(({ fiche }) => !choices.includes(fiche));
  if (first === undefined || first.share < leastOfChoice) return likelyWithQuestion(exchange, choices);
  const ahead =
    first.share >= aheadOfChoices * (second?.share ?? 0) &&
    aheadOfOthers * first.share >= (beyond?.share ?? 0);
  return ahead ? first.fiche : likelyWithQuestion(exchange, choices);
}

/** « Pas un NOEMI, un SPAN » leaves the choices about NOEMI out. */
function mayBeMeant({ content, profile, text }: Exchange, id: string): boolean {
  const tool = knownFiche(content, id)?.product ?? null;
  return tool === null || !(contradicts(tool, profile) || readDeniedTools(text, content.lexicon).has(tool));
}

/** « Mot de passe refusé », then « celui du certificat »: one of the choices, read with the question that they answer. */
function likelyWithQuestion(exchange: Exchange, choices: readonly string[]): string | null {
  const { memory, text } = exchange;
  if (memory.question === null || foldedWords(text).length > longestPrecision) return null;
  const { candidates } = exchange.understand(`${memory.question.text} ${text}`);
  const [first, second] = candidates.filter(({ id }) => choices.includes(id));
  if (first === undefined || first.score < leastOfChoice) return null;
  return first.score >= aheadOfChoices * (second?.score ?? 0) ? first.id : null;
}

function titleOf(exchange: Exchange, id: string): string | null {
  return knownFiche(exchange.content, id)?.title ?? null;
}
