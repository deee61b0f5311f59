import { foldedWords, foldText } from '../../text/fold-text.ts';
import { type ConcludedTurn, conclude } from '../conclude.ts';
import type { Block } from '../conversation.ts';
import { type Draft, type Exchange, nothing, type Occasion, openExchange, paragraphs } from '../exchange.ts';
import { asksSomething, type DialogueAct } from '../reading/acts.ts';
import { readQuestionForm } from '../reading/question-form.ts';
import { isPick } from '../reading/read-pick.ts';
import { searchSecrets } from '../reading/secrets.ts';
import { isVague } from '../targets/target.ts';
import { answerAct, noteProfile } from './answer-act.ts';
import { answerPending } from './answer-pending.ts';
import { answerQuestion } from './answer-question.ts';
import { sayWhatIsExpected } from './fall-back.ts';
import { answerMeasure, answerOtherVariant } from './follow-up.ts';
import { askConsentAgain, refusesHuman } from './handoff-consent.ts';
import { answerInsult } from './insults.ts';
import { answerForeignLanguage, isForeignLanguage } from './language.ts';
import { rememberQuestion } from './remember-question.ts';
import { answerShownBranch, resumeGuide, returnToGuide } from './step-by-step.ts';

/** UTF-16 units of a message that are read. */
const readLength = 4_000;
/** Least probability of an act for it to be answered rather than nothing: of a statement, and of a question. */
const likelyTold = 0.2;
const likelyAsked = 0.28;
/** The same, of a question that nothing came before. */
const likelyAskedFirst = 0.45;
/** Longer than any Matrix event (65,536 bytes). */
const longestMessage = 70_000;

/** A message of text: secrets first, then the question. */
export function answerMessage(occasion: Occasion, written: string): ConcludedTurn {
  const secrets = searchSecrets(written.slice(0, longestMessage));
  const text = secrets.masked.slice(0, readLength);
  const exchange = openExchange(occasion, text);
  const cut =
    written.length > readLength ? paragraphs(exchange.say('message-coupe', { nombre: readLength })) : [];
  if (secrets.found) return answerSecret(exchange, secrets.rest.slice(0, readLength), cut);
  return conclude(exchange, answerText(exchange), { said: text, notices: cut, effects: [] });
}

/** Whoever answers first: what the bot waits for, the words that steer, the last fiche, then the matcher. */
function answerText(exchange: Exchange): Draft {
  const { pending } = exchange.memory;
  const resumed = resumeGuide(exchange);
  if (resumed !== null) return resumed;
  const awaited =
    answerMeasure(exchange) ??
    answerOtherVariant(exchange) ??
    answerShownBranch(exchange) ??
    answerPending(exchange);
  if (awaited !== null && pending.kind === 'step-by-step') return awaited;
  const draft =
    awaited ??
    answerUnreadable(exchange) ??
    answerInsult(exchange) ??
    answerAct(exchange) ??
    answerRather(exchange, rememberQuestion(exchange, answerQuestion(exchange)));
  const unclear =
    draft.outcome === 'fallback' ||
    (draft.outcome === 'clarify' && (draft.fiche ?? null) === null && foldedWords(exchange.text).length <= 3);
  if (pending.kind === 'consent' && unclear) return askConsentAgain(exchange, pending) ?? draft;
  // Who refuses and asks something else in one message is not asked again.
  if (pending.kind === 'consent' && refusesHuman(exchange))
    return { ...draft, remember: { pending: nothing, ...draft.remember } };
  return returnToGuide(exchange, draft);
}

/** What would be refused may still be something that the message does, or says of the agent. */
function answerRather(exchange: Exchange, draft: Draft): Draft {
  if (draft.outcome !== 'fallback') return draft;
  return answerLikelyAct(exchange) ?? noteInsteadOfRefusing(exchange, draft);
}

/** « Vous gardez quoi de ce que je tape », too unlike its examples to be sure: the act that it is most like. */
function answerLikelyAct(exchange: Exchange): Draft | null {
  const { ranked, text, understand, memory } = exchange;
  const act = ranked.find(({ target }) => target.kind === 'act');
  const { asks } = readQuestionForm(text, foldText(text));
  const least = !asks ? likelyTold : memory.turns.length === 0 ? likelyAskedFirst : likelyAsked;
  if (act?.target.kind !== 'act' || act.share < least || memory.failures > 0) return null;
  const name = act.target.act as DialogueAct;
  if (isVague(name) || asks !== asksSomething.has(name)) return null;
  if (understand(text).reading.outOfScopeProducts.length > 0) return null;
  return answerAct({ ...exchange, acts: new Set([name]), guessed: true });
}

/** « Et j'ai un iPhone, celui de ma fille »: what says something of the agent, asks nothing and is not understood is noted. */
function noteInsteadOfRefusing(exchange: Exchange, draft: Draft): Draft {
  const { text, slots, understand } = exchange;
  const told = slots.asOwn && Object.keys(slots.told).length > 0;
  const foreign = understand(text).reading.outOfScopeProducts.length > 0;
  if (draft.outcome !== 'fallback' || !told || foreign || readQuestionForm(text, foldText(text)).asks)
    return draft;
  const noted = noteProfile(exchange);
  return { ...noted, effects: draft.effects ?? [], remember: { failures: exchange.memory.failures + 1 } };
}

/** No word at all, or words of another language. */
function answerUnreadable(exchange: Exchange): Draft | null {
  if (!/[\p{L}\p{N}]/u.test(exchange.text))
    return exchange.acts.has('thanks') || isGlad(exchange)
      ? answerAct(exchange)
      : sayWhatIsExpected(exchange);
  if (exchange.memory.pending.kind === 'none' && isPick(exchange.text)) return sayWhatIsExpected(exchange);
  return isForeignLanguage(exchange.text) ? answerForeignLanguage(exchange) : null;
}

/** « 👍 » under an answer, where nothing is awaited. */
function isGlad({ acts, memory }: Exchange): boolean {
  return acts.has('solved') && memory.pending.kind === 'none' && memory.fiche !== null;
}

/** Warns, forgets, and still answers what can be answered without the secret. */
function answerSecret(exchange: Exchange, rest: string, cut: readonly Block[]): ConcludedTurn {
  const { say, situation } = exchange;
  const asks =
    /\p{L}{2,}[^\p{L}]+\p{L}{2,}/u.test(rest) && exchange.understand(exchange.text).decision === 'answer';
  const draft: Draft = asks
    ? answerQuestion(exchange)
    : { replies: [], outcome: 'smalltalk', intent: null, candidates: [] };
  return conclude(
    exchange,
    {
      ...draft,
      remember: { ...draft.remember, question: null },
      effects: (draft.effects ?? []).filter((effect) => effect.type !== 'unanswered'),
    },
    {
      said: say('secret-retire'),
      notices: [...paragraphs(say('secret')), ...cut],
      effects: [{ type: 'forget-text', turnId: situation.turnId }],
    },
  );
}
