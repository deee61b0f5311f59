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
import { findSureFiche, isSureInContext } from './follow-up.ts';
import { type AskedFiche, poolByFiche } from './pool-by-fiche.ts';
import { answerToldBranch, startGuide } from './step-by-step.ts';

/** What each part of a message must reach to be answered as a question of its own. */
const sureOfPart = 0.5;
const mostAnswers = 3;
/** What the matcher refuses is answered about the fiche or the tool spoken of, or about another, from this probability on. */
const sureNear = 0.5;
const sureElsewhere = 0.8;
/** The same, of a question that seems to stand on its own feet. */
const sureOfKin = 0.65;
/** Least probability, in the light of what was said before, to be answered whatever the matcher makes of the message alone. */
const sureInContext = 0.75;
/** What names a tool that the guide does not cover is about the fiche spoken of from this probability on. */
const sureDespiteForeign = 0.7;
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
/** Part of a fiche's probability that its best fact must have for a part of a message to ask it. */
const sureOfFact = 0.6;
/** The same, of a part that asks how. */
const sureOfHow = 0.75;
/** Least probability of the fiches offered, together, to be offered. */
const worthAsking = 0.4;
/** A choice less likely than this only makes the list longer. */
const leastChoice = 0.05;
const mostChoices = 4;

/** A message that asks something: answers, asks which, or says that it is not known. */
export function answerQuestion(exchange: Exchange): Draft {
  const { products, outOfScopeProducts } = exchange.understand(exchange.text).reading;
  const pooled = poolByFiche(exchange, exchange.text, products);
  const asked = isCompleted(exchange)
    ? keepTheTool(exchange, pooled)
    : preferWhatIsAsked(exchange, preferTheTool(exchange, pooled));
  const [best] = asked;
  // « Et Teams ? » is about Teams, whatever was said before; « montrer un PowerPoint dedans » is about what is spoken of.
  const isForeign = products.length === 0 && outOfScopeProducts.length > 0 && !standsAlone(exchange.text);
  const goesOn = best !== undefined && best.share >= sureDespiteForeign && isOfTheTool(exchange, best.fiche);
  if (isForeign && !goesOn) return fallBack(exchange);
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

/** « Non, l'autre : Jitsi » was read as the question before, about the tool that it names. */
function isCompleted({ text, written }: Exchange): boolean {
  return text !== written;
}

/** What is then asked is asked of that tool, and of no other. */
function keepTheTool(
  { content, text, understand }: Exchange,
  asked: readonly AskedFiche[],
): readonly AskedFiche[] {
  const [tool] = understand(text).reading.products;
  const ofTool = asked.filter(({ fiche }) => knownFiche(content, fiche)?.product === tool);
  if (tool === undefined || ofTool.length === 0) return asked;
  const together = asked.reduce((sum, { share }) => sum + share, 0);
  const own = ofTool.reduce((sum, { share }) => sum + share, 0);
  return ofTool.map((one) => ({ ...one, share: (one.share * together) / own }));
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
  const ofTool = asked.filter(({ fiche }) => toolOf(fiche) === tool);
  const [same] = ofTool;
  const rival = asked.find(({ fiche }) => toolOf(fiche) !== tool && toolOf(fiche) !== null);
  const together = ofTool.reduce((sum, { share }) => sum + share, 0);
  // What was thought of another tool is thought of this one.
  return same === undefined || rival === undefined || together < asLikely * best.share
    ? asked
    : [{ ...same, share: same.share + rival.share }, ...asked.filter((one) => one !== same && one !== rival)];
}

function isOfTheTool({ content, memory }: Exchange, id: string): boolean {
  const tool = knownFiche(content, memory.fiche)?.product ?? null;
  return tool !== null && knownFiche(content, id)?.product === tool;
}

/** The fiche spoken of, or one of the same tool. */
function isKin(exchange: Exchange, id: string): boolean {
  return exchange.memory.fiche === id || isOfTheTool(exchange, id);
}

/** A question that stands alone, and of which the matcher is sure, is about what it would be about at the start. */
function preferWhatIsAsked(exchange: Exchange, asked: readonly AskedFiche[]): readonly AskedFiche[] {
  if (isSureInContext(exchange)) return asked;
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
  // What was said before may make sure what the message alone does not.
  if (exchange.memory.fiche !== null && best.share >= sureInContext) return 'answer';
  if (exchange.memory.fiche === null || standsAlone(exchange.text)) {
    const { decision, candidates } = exchange.understand(exchange.text);
    switch (decision) {
      case 'answer':
        return candidates[0]?.id === best.fiche ? 'answer' : 'ask';
      case 'clarify':
        if (best.share >= sureAlone) return 'answer';
        if (isKin(exchange, best.fiche) && best.share >= sureOfKin) return 'answer';
        return best.share >= likelyAlone && ahead ? 'answer with others' : 'ask';
      case 'refuse': {
        // A question that would mean nothing at the start may mean much after the fiche that it goes on with.
        const least = standsFirmly(exchange.text) ? sureOfKin : sureNear;
        return isKin(exchange, best.fiche) && best.share >= least ? 'answer' : 'refuse';
      }
    }
  }
  const beyond = exchange.ranked.find(({ target }) => target.kind === 'none')?.share ?? 0;
  const { decision } = exchange.understand(exchange.text);
  const near = isKin(exchange, best.fiche);
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
  const wanted = factId ?? (asksCase && !(how && !which) ? likeliest : null);
  const fact = fiche.facts.find((known) => known.id === wanted);
  const also = fact === undefined ? undefined : fiche.facts.find(({ id: known }) => known === second);
  const guided = exchange.situation.interactive && isProcedure(fiche) && asksForGuide(exchange.text);
  const draft = guided
    ? (answerToldBranch(exchange, fiche) ?? startGuide(exchange, fiche, null))
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
    const readings = readThrice(part, mind);
    const tools = readings.intents.reading.products;
    // A part that names its tool leans on nothing; another leans on the part before.
    const context = { ...emptyContext, ...(tools.length > 0 ? {} : before), profile };
    const [best] = poolByFiche(
      { ranked: rankTargets(readings, context, content, mind.weights), profile, content, memory },
      part,
      tools,
    );
    if (best === undefined || best.share < sureOfPart) continue;
    // A part is asked, whatever its form: « la forme de mon identifiant ».
    const fact = factOfPart(part, best);
    found.set(`${best.fiche}/${fact ?? ''}`, { ...best, fact });
    before = { fiche: best.fiche, fact };
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

/** A part asks a fact whatever its form (« la forme de mon identifiant »), but for « comment », which asks the procedure. */
function factOfPart(part: string, { fact, likeliest, ofFact }: AskedFiche): string | null {
  const { how, which } = readQuestionForm(part, foldText(part));
  if (how && !which) return ofFact >= sureOfHow ? fact : null;
  return fact ?? (ofFact >= sureOfFact ? likeliest : null);
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
