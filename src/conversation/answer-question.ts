import { answerFiche } from './answer-fiche.ts';
import { answerChoice, askWhich } from './clarify.ts';
import type { Reply } from './conversation.ts';
import { type Draft, type Exchange, knownFiche } from './exchange.ts';
import { fallBack } from './fall-back.ts';
import { isProcedure } from './lay-out-fiche.ts';
import { asksForGuide } from './read-command.ts';
import { splitQuestions } from './split-questions.ts';
import { startGuide } from './step-by-step.ts';

/** A message that stands by itself: does what the matcher decided. */
export function answerQuestion(exchange: Exchange): Draft {
  const understood = exchange.understand(exchange.text);
  switch (understood.decision) {
    case 'answer': {
      const [best] = understood.candidates;
      return (
        (best === undefined ? null : answerIntents(exchange, best.id, understood.alsoAsked)) ??
        fallBack(exchange)
      );
    }
    case 'clarify': {
      // Between two questions of one message there is nothing to choose.
      const [first, ...others] = questionsOf(exchange, understood.choices);
      const several =
        first !== undefined && others.length > 0 ? answerIntents(exchange, first, others) : null;
      return several ?? askWhich(exchange, understood.choices);
    }
    case 'refuse':
      return fallBack(exchange);
  }
}

/** The choices that are each the sure answer to a part of the message. */
function questionsOf(exchange: Exchange, choices: readonly string[]): string[] {
  const answered = splitQuestions(exchange.text).flatMap((part) => {
    const { decision, candidates } = exchange.understand(part);
    return decision === 'answer' && candidates[0] !== undefined ? [candidates[0].id] : [];
  });
  return [...new Set(answered)].filter((id) => choices.includes(id));
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
