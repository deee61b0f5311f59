import type { Reply } from '../conversation.ts';
import { type Draft, type Exchange, knownFiche } from '../exchange.ts';
import { asksForGuide } from '../reading/read-acts.ts';
import { splitQuestions } from '../reading/split-questions.ts';
import { isProcedure } from '../rendering/lay-out-fiche.ts';
import { answerFiche } from './answer-fiche.ts';
import { answerChoice, askWhich } from './clarify.ts';
import { fallBack } from './fall-back.ts';
import { startGuide } from './step-by-step.ts';

/** What each part of a message must reach to be answered as a question of its own. */
const sureOfPart = 0.9;

/** A message that stands by itself: does what the matcher decided. */
export function answerQuestion(exchange: Exchange): Draft {
  const understood = exchange.understand(exchange.text);
  const [first, ...others] = questionsOf(exchange);
  const several = first === undefined || others.length === 0 ? null : answerIntents(exchange, first, others);
  if (several !== null) return several;
  switch (understood.decision) {
    case 'answer': {
      const [best] = understood.candidates;
      return (best === undefined ? null : answerIntents(exchange, best.id, [])) ?? fallBack(exchange);
    }
    case 'clarify':
      return askWhich(exchange, understood.choices);
    case 'refuse':
      return fallBack(exchange);
  }
}

/**
 * The intents asked about in one message, when there are several: those the matcher saw, or those of its parts. The
 * parts must be sure and among what the whole was read as, so that "j'ai un NOEMI ?" before the trouble is no question.
 */
function questionsOf({ text, understand }: Exchange): string[] {
  const { decision, candidates, alsoAsked } = understand(text);
  const [best] = candidates;
  if (decision === 'refuse' || best === undefined) return [];
  if (alsoAsked.length > 0) return [best.id, ...alsoAsked];
  const parts = splitQuestions(text).map((part) => understand(part));
  const sure = parts.every((part) => part.decision === 'answer' && part.confidence >= sureOfPart);
  const asked = new Set(parts.flatMap((part) => part.candidates[0]?.id ?? []));
  const known = [...asked].every((id) => candidates.some((candidate) => candidate.id === id));
  return parts.length > 1 && sure && known && asked.has(best.id) ? [...asked] : [];
}

function answerIntents(exchange: Exchange, id: string, alsoAsked: readonly string[]): Draft | null {
  const fiche = knownFiche(exchange.content, id);
  const others = alsoAsked.flatMap((other) => knownFiche(exchange.content, other) ?? []).slice(0, 2);
  if (fiche === null || others.length === 0) {
    const guided =
      fiche !== null && exchange.situation.interactive && isProcedure(fiche) && asksForGuide(exchange.text);
    if (guided) return startGuide(exchange, fiche, null);
    const choice = answerChoice(exchange, id);
    const confidence = exchange.understand(exchange.text).confidence;
    return choice === null ? null : { ...choice, confidence };
  }
  // One after the other; only the last asks whether it is solved, and none asks for a variant.
  const drafts = [fiche, ...others].map((asked, index, all) =>
    answerFiche(exchange, asked, {
      quiet: index < all.length - 1,
      ...(asked.variants === null ? {} : { shown: 'all' as const }),
    }),
  );
  const replies: readonly Reply[] = drafts.flatMap((draft) => draft.replies);
  const last = drafts.at(-1);
  return { replies, outcome: 'answer', fiche: fiche.id, intent: fiche.id, remember: last?.remember ?? {} };
}
