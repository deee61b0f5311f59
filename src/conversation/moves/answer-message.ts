import { foldedWords } from '../../text/fold-text.ts';
import { type ConcludedTurn, conclude } from '../conclude.ts';
import type { Block } from '../conversation.ts';
import { type Draft, type Exchange, type Occasion, openExchange, paragraphs } from '../exchange.ts';
import { isPick } from '../reading/read-pick.ts';
import { searchSecrets } from '../reading/secrets.ts';
import { answerAct } from './answer-act.ts';
import { answerPending } from './answer-pending.ts';
import { answerQuestion } from './answer-question.ts';
import { sayWhatIsExpected } from './fall-back.ts';
import { answerMeasure, answerOtherVariant } from './follow-up.ts';
import { askConsentAgain } from './handoff-consent.ts';
import { answerInsult } from './insults.ts';
import { answerForeignLanguage, isForeignLanguage } from './language.ts';
import { rememberQuestion } from './remember-question.ts';
import { answerShownBranch, resumeGuide, returnToGuide } from './step-by-step.ts';

/** UTF-16 units of a message that are read. */
const readLength = 4_000;
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
    rememberQuestion(exchange, answerQuestion(exchange));
  const unclear =
    draft.outcome === 'fallback' ||
    (draft.outcome === 'clarify' && (draft.fiche ?? null) === null && foldedWords(exchange.text).length <= 3);
  if (pending.kind === 'consent' && unclear) return askConsentAgain(exchange, pending) ?? draft;
  return returnToGuide(exchange, draft);
}

/** No word at all, or words of another language. */
function answerUnreadable(exchange: Exchange): Draft | null {
  if (!/[\p{L}\p{N}]/u.test(exchange.text))
    return exchange.acts.has('thanks') ? answerAct(exchange) : sayWhatIsExpected(exchange);
  if (exchange.memory.pending.kind === 'none' && isPick(exchange.text)) return sayWhatIsExpected(exchange);
  return isForeignLanguage(exchange.text) ? answerForeignLanguage(exchange) : null;
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
