import { foldText } from '../../text/fold-text.ts';
import type { Block } from '../conversation.ts';
import { type Draft, type Exchange, knownFiche, paragraph } from '../exchange.ts';
import { readQuestionForm } from '../reading/question-form.ts';
import { asksForGuide } from '../reading/read-acts.ts';
import { splitQuestions } from '../reading/split-questions.ts';
import { isProcedure } from '../rendering/lay-out-fiche.ts';
import { rankTargets } from '../targets/rank-targets.ts';
import { readThrice } from '../targets/read-message.ts';
import { emptyContext, type ReadingContext } from '../targets/reading-context.ts';
import { standsAlone, standsFirmly } from '../targets/stands-alone.ts';
import { answerFact } from './answer-fact.ts';
import { answerFiche } from './answer-fiche.ts';
import { settleVariant } from './choose-variant.ts';
import { askWhich } from './clarify.ts';
import { diagnose } from './diagnose.ts';
import { fallBack } from './fall-back.ts';
import { findSureFiche } from './follow-up.ts';
import { type AskedFiche, poolByFiche } from './pool-by-fiche.ts';
import { startGuide } from './step-by-step.ts';

/** What each part of a message must reach to be answered as a question of its own. */
const sureOfPart = 0.6;
const mostAnswers = 3;
/** What the matcher refuses is answered about the fiche or the tool spoken of, or about another, from this probability on. */
const sureNear = 0.5;
const sureElsewhere = 0.8;
/** The tool spoken of is preferred when it is so many times as likely as another. */
const asLikely = 0.35;
/** A question that stands alone is answered from this probability on, whatever its thresholds say. */
const sureAlone = 0.98;
const likelyAlone = 0.9;
/** Least probability of a fiche, its facts included, to be answered at once. */
const sureEnough = 0.5;
/** Least probability to be answered with the others named under it, when it is well ahead of them. */
const likelyEnough = 0.34;
const aheadOf = 1.6;
/** Least probability of the fiches offered, together, to be offered. */
const worthAsking = 0.4;
/** A choice less likely than this only makes the list longer. */
const leastChoice = 0.05;
const mostChoices = 4;

/** A message that asks something: answers, asks which, or says that it is not known. */
export function answerQuestion(exchange: Exchange): Draft {
  const { products, outOfScopeProducts } = exchange.understand(exchange.text).reading;
  // « Et Teams ? » is about Teams, whatever was said before.
  if (products.length === 0 && outOfScopeProducts.length > 0 && !standsAlone(exchange.text))
    return fallBack(exchange);
  const asked = preferWhatIsAsked(
    exchange,
    preferTheTool(exchange, poolByFiche(exchange, exchange.text, products)),
  );
  const [best] = asked;
  // The start of a conversation is where « mot de passe » may mean four tools.
  const vague =
    products.length === 0 && (exchange.memory.fiche === null || exchange.vague !== null)
      ? diagnose(exchange)
      : null;
  if (vague !== null) return vague;
  if (best === undefined) return fallBack(exchange);
  const several = answerSeveral(exchange);
  if (several !== null) return several;
  const offered = asked.filter(({ share }) => share >= leastChoice).slice(0, mostChoices);
  const others = offered.slice(1).map(({ fiche }) => fiche);
  switch (weighAnswer(exchange, asked)) {
    case 'answer':
      return answerAsked(exchange, best) ?? fallBack(exchange);
    case 'answer with others': {
      const draft = answerAsked(exchange, best);
      if (draft === null) return fallBack(exchange);
      return others.length === 0 ? draft : addAlternatives(exchange, draft, others);
    }
    case 'ask':
      if (others.length === 0)
        return (best.share >= sureEnough ? answerAsked(exchange, best) : null) ?? fallBack(exchange);
      return askWhich(
        exchange,
        offered.map(({ fiche }) => fiche),
      );
    case 'refuse':
      return diagnose(exchange) ?? fallBack(exchange);
  }
}

/** « C'est sécurisé ? » is about the tool spoken of, when that may as well be meant. */
function preferTheTool(exchange: Exchange, asked: readonly AskedFiche[]): readonly AskedFiche[] {
  const { content, memory, text, understand } = exchange;
  const tool = knownFiche(content, memory.fiche)?.product ?? null;
  const [best] = asked;
  if (
    tool === null ||
    best === undefined ||
    standsAlone(text) ||
    understand(text).reading.products.length > 0
  )
    return asked;
  const toolOf = (id: string): string | null => knownFiche(content, id)?.product ?? null;
  if (toolOf(best.fiche) === null) return asked;
  const same = asked.find(({ fiche, share }) => toolOf(fiche) === tool && share >= asLikely * best.share);
  const rival = asked.find(({ fiche }) => toolOf(fiche) !== tool && toolOf(fiche) !== null);
  // What was thought of another tool is thought of this one.
  return same === undefined || rival === undefined
    ? asked
    : [{ ...same, share: same.share + rival.share }, ...asked.filter((one) => one !== same && one !== rival)];
}

function isOfTheTool({ content, memory }: Exchange, id: string): boolean {
  const tool = knownFiche(content, memory.fiche)?.product ?? null;
  return tool !== null && knownFiche(content, id)?.product === tool;
}

/** A question that stands alone, and of which the matcher is sure, is about what it would be about at the start. */
function preferWhatIsAsked(exchange: Exchange, asked: readonly AskedFiche[]): readonly AskedFiche[] {
  const { decision, candidates } = exchange.understand(exchange.text);
  const alone = decision === 'answer' && standsAlone(exchange.text) ? candidates[0]?.id : undefined;
  const sure = findSureFiche(exchange) ?? alone;
  const first = asked.find(({ fiche }) => fiche === sure);
  return first === undefined ? asked : [first, ...asked.filter((one) => one !== first)];
}

/**
 * What costs least: a wrong procedure costs most, a needless question less. A question that stands alone is judged by the
 * thresholds that training chose for such questions; one that leans on what was said, by its probability in that light.
 */
function weighAnswer(
  exchange: Exchange,
  [best, second]: readonly AskedFiche[],
): 'answer' | 'answer with others' | 'ask' | 'refuse' {
  if (best === undefined) return 'refuse';
  if (findSureFiche(exchange) === best.fiche) return 'answer';
  const ahead = best.share >= aheadOf * (second?.share ?? 0);
  if (exchange.memory.fiche === null || standsAlone(exchange.text)) {
    const { decision, candidates } = exchange.understand(exchange.text);
    switch (decision) {
      case 'answer':
        return candidates[0]?.id === best.fiche ? 'answer' : 'ask';
      case 'clarify':
        if (best.share >= sureAlone) return 'answer';
        return best.share >= likelyAlone && ahead ? 'answer with others' : 'ask';
      case 'refuse': {
        // A question that would mean nothing at the start may mean much after the fiche that it goes on with.
        const kin = exchange.memory.fiche === best.fiche || isOfTheTool(exchange, best.fiche);
        const goesOn = kin && !standsFirmly(exchange.text);
        return goesOn && best.share >= sureNear ? 'answer' : 'refuse';
      }
    }
  }
  const beyond = exchange.ranked.find(({ target }) => target.kind === 'none')?.share ?? 0;
  const { decision } = exchange.understand(exchange.text);
  const near = best.fiche === exchange.memory.fiche || isOfTheTool(exchange, best.fiche);
  const astray =
    decision === 'refuse' &&
    best.fiche !== exchange.memory.fiche &&
    best.share < (near ? sureNear : sureElsewhere);
  if (astray) return 'refuse';
  if (beyond > best.share) return decision === 'clarify' ? 'ask' : 'refuse';
  if (best.share >= sureEnough) return 'answer';
  if (decision !== 'refuse' && best.share >= likelyEnough && ahead && near) return 'answer with others';
  const together = best.share + (second?.share ?? 0);
  return together >= worthAsking ? 'ask' : 'refuse';
}

function answerAsked(
  exchange: Exchange,
  { fiche: id, fact: factId, share, likeliest, second }: AskedFiche,
): Draft | null {
  const fiche = knownFiche(exchange.content, id);
  if (fiche === null) return null;
  // A fact that is about as likely is better than a question about the case.
  const { how, which } = readQuestionForm(exchange.text, foldText(exchange.text));
  const asksCase = settleVariant(exchange, fiche) === 'ask';
  const wanted = asksCase && how && !which ? null : (factId ?? (asksCase ? likeliest : null));
  const fact = fiche.facts.find((known) => known.id === wanted);
  const also = fact === undefined ? undefined : fiche.facts.find(({ id: known }) => known === second);
  const guided = exchange.situation.interactive && isProcedure(fiche) && asksForGuide(exchange.text);
  const draft = guided
    ? startGuide(exchange, fiche, null)
    : fact === undefined
      ? answerFiche(exchange, fiche)
      : answerFact(exchange, fiche, fact, also);
  return { ...draft, confidence: share };
}

/** Several questions in one message, each sure of its own: all are answered, in order. */
function answerSeveral(exchange: Exchange): Draft | null {
  const { content, mind, memory, profile, understand } = exchange;
  const parts = splitQuestions(exchange.text);
  if (parts.length < 2) return null;
  const found = new Map<string, AskedFiche>();
  const whole = understand(exchange.text);
  const sure = whole.decision === 'answer' ? knownFiche(content, whole.candidates[0]?.id ?? null) : null;
  let before: Pick<ReadingContext, 'fiche' | 'fact'> =
    sure === null || sure.id === memory.fiche
      ? { fiche: memory.fiche, fact: memory.fact }
      : { fiche: sure.id, fact: null };
  for (const part of parts) {
    const readings = readThrice(part, { ...mind, intents: { understand } });
    const tools = readings.intents.reading.products;
    // A part that names its tool leans on nothing; another leans on the part before.
    const context = { ...emptyContext, ...(tools.length > 0 ? {} : before), profile };
    const [best] = poolByFiche(
      { ranked: rankTargets(readings, context, content, mind.weights), profile, content, memory },
      part,
      tools,
    );
    if (best === undefined || best.share < sureOfPart) continue;
    found.set(`${best.fiche}/${best.fact ?? ''}`, best);
    before = { fiche: best.fiche, fact: best.fact };
  }
  const asked = [...found.values()].slice(0, mostAnswers);
  // Two questions about one fiche are two of its facts: the fiche as a whole holds both.
  const ofOne = new Set(asked.map(({ fiche }) => fiche)).size < 2;
  if (asked.length < 2 || (ofOne && asked.some(({ fact }) => fact === null))) return null;
  // One after the other; only the last asks whether it is solved, and none asks for a variant.
  const drafts = asked.flatMap(({ fiche: id, fact: factId }, index) => {
    const fiche = knownFiche(content, id);
    if (fiche === null) return [];
    const fact = fiche.facts.find((known) => known.id === factId);
    if (fact !== undefined) return [answerFact(exchange, fiche, fact)];
    const shown = settleVariant(exchange, fiche);
    const quiet = index < asked.length - 1;
    return [answerFiche(exchange, fiche, { quiet, ...(shown === 'ask' ? { shown: 'all' as const } : {}) })];
  });
  const [first] = drafts;
  const last = drafts.at(-1);
  if (first === undefined || drafts.length < 2) return null;
  return {
    replies: drafts.flatMap((draft) => draft.replies),
    outcome: 'answer',
    fiche: first.fiche ?? null,
    intent: first.fiche ?? null,
    remember: last?.remember ?? {},
  };
}

/** The answer, and under it the other fiches that could have been meant, for a digit or a word to pick. */
function addAlternatives(exchange: Exchange, draft: Draft, others: readonly string[]): Draft {
  const { content, say } = exchange;
  const fiches = others.flatMap((id) => knownFiche(content, id) ?? []).slice(0, 2);
  const last = draft.replies.at(-1);
  const waits = draft.remember?.pending?.kind;
  if (fiches.length === 0 || last === undefined || waits === 'variant' || waits === 'step-by-step')
    return draft;
  const blocks: Block[] = [
    paragraph(say('ou-bien')),
    { type: 'choices', items: fiches.map(({ title }) => title) },
  ];
  const fiche = draft.fiche ?? '';
  return {
    ...draft,
    replies: [...draft.replies.slice(0, -1), { ...last, blocks: [...last.blocks, ...blocks] }],
    candidates: [fiche, ...fiches.map(({ id }) => id)].map((id) => ({ id, score: 0 })),
    remember: {
      ...draft.remember,
      pending:
        waits === 'solved'
          ? { kind: 'solved', fiche, variant: null, tried: false, related: fiches.map(({ id }) => id) }
          : { kind: 'clarify', choices: fiches.map(({ id }) => id) },
    },
  };
}
