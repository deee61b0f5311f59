import type { Reply } from '../conversation.ts';
import { type Draft, type Exchange, knownFiche } from '../exchange.ts';
import { asksForGuide } from '../reading/read-acts.ts';
import { splitQuestions } from '../reading/split-questions.ts';
import { isProcedure } from '../rendering/lay-out-fiche.ts';
import { answerFact } from './answer-fact.ts';
import { answerFiche } from './answer-fiche.ts';
import { askWhich } from './clarify.ts';
import { diagnose } from './diagnose.ts';
import { fallBack } from './fall-back.ts';
import { startGuide } from './step-by-step.ts';

/** What each part of a message must reach to be answered as a question of its own. */
const sureOfPart = 0.9;
/** Least probability of a fiche, its facts included, to be answered at once. */
const sureEnough = 0.5;
/** Least probability of the fiches offered, together, to be offered. */
const worthAsking = 0.4;
/** A choice less likely than this only makes the list longer. */
const leastChoice = 0.05;
const mostChoices = 4;

/** What a message asks, fiche by fiche: the probability of each, and of its best fact. */
interface Asked {
  readonly fiche: string;
  /** Of the fiche as a whole and of its facts together. */
  readonly share: number;
  /** The fact, when it is likelier than the fiche as a whole. */
  readonly fact: string | null;
}

/** A message that asks something: answers, asks which, or says that it is not known. */
export function answerQuestion(exchange: Exchange): Draft {
  const { decision, alsoAsked } = exchange.understand(exchange.text);
  const asked = poolByFiche(exchange);
  const [best] = asked;
  if (best === undefined) return fallBack(exchange);
  const several = answerSeveral(exchange, best.fiche);
  if (several !== null && (decision === 'answer' || alsoAsked.length > 0)) return several;
  if (best.share >= sureEnough) return answerAsked(exchange, best) ?? fallBack(exchange);
  const vague = diagnose(exchange);
  if (vague !== null) return vague;
  const offered = asked.filter(({ share }) => share >= leastChoice).slice(0, mostChoices);
  const together = offered.reduce((sum, { share }) => sum + share, 0);
  if (together < worthAsking) return fallBack(exchange);
  const [only] = offered;
  if (offered.length === 1 && only !== undefined) return answerAsked(exchange, only) ?? fallBack(exchange);
  return askWhich(
    exchange,
    offered.map(({ fiche }) => fiche),
  );
}

/** Fiches by the probability that the message asks about them, best first; the share of what is no question left out. */
function poolByFiche({ ranked }: Exchange): Asked[] {
  const pools = new Map<string, { whole: number; facts: number; fact: string | null; top: number }>();
  let all = 0;
  for (const { target, share } of ranked) {
    if (target.kind === 'act') continue;
    all += share;
    if (target.kind === 'none') continue;
    const pool = pools.get(target.fiche) ?? { whole: 0, facts: 0, fact: null, top: 0 };
    if (target.kind === 'fiche') pool.whole += share;
    else {
      pool.facts += share;
      if (share > pool.top) Object.assign(pool, { top: share, fact: target.fact });
    }
    pools.set(target.fiche, pool);
  }
  return [...pools]
    .map(([fiche, { whole, facts, fact, top }]) => ({
      fiche,
      share: all === 0 ? 0 : (whole + facts) / all,
      fact: top > 0 && facts >= whole ? fact : null,
    }))
    .sort((a, b) => b.share - a.share);
}

function answerAsked(exchange: Exchange, { fiche: id, fact: factId, share }: Asked): Draft | null {
  const fiche = knownFiche(exchange.content, id);
  if (fiche === null) return null;
  const fact = factId === null ? undefined : fiche.facts.find((known) => known.id === factId);
  const guided = exchange.situation.interactive && isProcedure(fiche) && asksForGuide(exchange.text);
  const draft = guided
    ? startGuide(exchange, fiche, null)
    : fact === undefined
      ? answerFiche(exchange, fiche)
      : answerFact(exchange, fiche, fact);
  return { ...draft, confidence: share };
}

/**
 * Several intents asked about in one message: those the matcher saw, or those of its parts. The parts must be sure and
 * among what the whole was read as, so that "j'ai un NOEMI ?" before the trouble is no question.
 */
function answerSeveral(exchange: Exchange, best: string): Draft | null {
  const { text, understand, content } = exchange;
  const { candidates, alsoAsked } = understand(text);
  const ids = alsoAsked.length > 0 ? [best, ...alsoAsked] : partsOf();
  const fiches = [...new Set(ids)].flatMap((id) => knownFiche(content, id) ?? []).slice(0, 3);
  const [first] = fiches;
  if (first === undefined || fiches.length < 2) return null;
  // One after the other; only the last asks whether it is solved, and none asks for a variant.
  const drafts = fiches.map((asked, index, all) =>
    answerFiche(exchange, asked, {
      quiet: index < all.length - 1,
      ...(asked.variants === null ? {} : { shown: 'all' as const }),
    }),
  );
  const replies: readonly Reply[] = drafts.flatMap((draft) => draft.replies);
  const last = drafts.at(-1);
  return { replies, outcome: 'answer', fiche: first.id, intent: first.id, remember: last?.remember ?? {} };

  function partsOf(): string[] {
    const parts = splitQuestions(text).map((part) => understand(part));
    const sure = parts.every((part) => part.decision === 'answer' && part.confidence >= sureOfPart);
    const asked = new Set(parts.flatMap((part) => part.candidates[0]?.id ?? []));
    const known = [...asked].every((id) => candidates.some((candidate) => candidate.id === id));
    return parts.length > 1 && sure && known && asked.has(best) ? [...asked] : [];
  }
}
