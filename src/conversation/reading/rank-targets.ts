import type { Content, TargetName } from '../../knowledge/content.ts';
import { foldedWords, foldText } from '../../text/fold-text.ts';
import { shareOut } from '../../understanding/ranking/share-out.ts';
import type { Candidate, Mind, TargetWeights, Understanding } from '../../understanding/understanding.ts';
import { type Profile, readSlots } from '../profile/read-slots.ts';
import { actOfSmallTalk, asksSomething, type DialogueAct, fitsAwaited, tellsSlots } from './acts.ts';
import { readDeniedTools } from './denied-tools.ts';
import { readQuestionForm } from './question-form.ts';
import { cutClauses, readActs, readClauseActs } from './read-acts.ts';
import { type Shape, shapeText, similarity } from './similarity.ts';

/** What the assistant waits for, as far as reading is concerned. */
export type Awaited = 'nothing' | 'solved' | 'step' | 'choice' | 'variant' | 'consent';

/** What was said before, as far as it helps to read the next message. */
export interface ReadingContext {
  readonly fiche: string | null;
  /** The fact of that fiche that was answered last, if one was. */
  readonly fact: string | null;
  /** Fiches spoken of before that one, latest first. */
  readonly earlier: readonly string[];
  readonly awaited: Awaited;
  /** Intents among which the agent was asked to choose. */
  readonly choices: readonly string[];
  readonly profile: Profile;
}

export interface RankedTarget {
  readonly target: TargetName;
  /** Probability that the message is about it. */
  readonly share: number;
}

/** A message as the three matchers read it. */
export interface MessageReadings {
  readonly text: string;
  readonly intents: Understanding;
  readonly facts: Understanding;
  readonly acts: Understanding;
  /** Act → its best probability in a clause; empty for a message of one clause. */
  readonly clauseActs: ReadonlyMap<string, number>;
}

export function readThrice(text: string, mind: Omit<Mind, 'weights'>): MessageReadings {
  return {
    text,
    intents: mind.intents.understand(text),
    facts: mind.facts.understand(text),
    acts: mind.acts.understand(text),
    clauseActs: readClauses(text, mind.acts),
  };
}

/** Acts that open a message and have nothing to do with what it then asks. */
const openings: ReadonlySet<string> = new Set([
  'acknowledged',
  'thanks',
  'solved',
  'greeting',
  'done',
  'apology',
  'yes',
]);
/** Least probability of such an act for its clause to be set aside. */
const sureOfOpening = 0.5;

/** The same for a message that opens with a politeness: « nickel. et le VPN reste bleu » is about the VPN. */
export function readPastPoliteness(text: string, mind: Omit<Mind, 'weights'>): MessageReadings {
  const readings = readThrice(text, mind);
  const [, opening = '', rest = ''] = /^([^.,;:!?…\n]{2,40})[.,;:!?…\n]+\s*(.+)$/su.exec(text) ?? [];
  if (rest.trim().split(/\s+/).length < 2 || !/\p{L}/u.test(opening)) return readings;
  const plain = greets(opening) || [...readActs(opening)].some((act) => openings.has(act));
  const [likeliest] = plain ? [] : mind.acts.understand(opening).candidates;
  const polite =
    plain || (likeliest !== undefined && openings.has(likeliest.id) && likeliest.score >= sureOfOpening);
  if (!polite) return readings;
  const about = { ...readings, intents: mind.intents.understand(rest), facts: mind.facts.understand(rest) };
  // A greeting is no act beside another.
  return greets(opening)
    ? { ...about, text: rest, acts: mind.acts.understand(rest), clauseActs: readClauses(rest, mind.acts) }
    : about;
}

const greets = (opening: string): boolean =>
  /^(?:bonjour|bonsoir|salut|slt|bjr|hello|coucou|cc|re|rebonjour|yo|hey)(?: (?:a tous|tout le monde|madame|monsieur|l equipe|encore|toi|vous))?$/.test(
    foldText(opening),
  );
/** A vague start (« ça rame ») stands among the acts as `vague:…`. */
export const isVague = (act: string): boolean => act.startsWith('vague:');

const mostClauses = 4;

/** The likeliest acts of the clauses of a message, each read alone: « c'est fait, je l'ai activé… et ensuite ? ». */
export function readClauses(text: string, acts: Mind['acts']): ReadonlyMap<string, number> {
  const clauses = cutClauses(text);
  const likeliest = new Map<string, number>();
  if (clauses.length < 2) return likeliest;
  // What a long message does is said at its ends.
  const read = clauses.length <= mostClauses ? clauses : [...clauses.slice(0, 2), ...clauses.slice(-2)];
  for (const clause of read) {
    for (const { id, score } of acts.understand(clause).candidates)
      likeliest.set(id, Math.max(score, likeliest.get(id) ?? 0));
  }
  return likeliest;
}

/** Kinds of evidence weighed, in order; the weights are learnt from intents/contextes.yaml. */
export const targetEvidence = [
  'act',
  'act: score',
  'act: clause score',
  'act: one clause',
  'act: any',
  'act: any, in a clause',
  'act: intents score',
  'act: facts score',
  'act: small talk',
  'act: phrase',
  'act: phrase of a clause',
  'act: fits what is awaited',
  'act: does not fit',
  'act: short message',
  'act: long message',
  'act: question score',
  'act: statement, of what is asked',
  'act: statement, of what is told',
  'act: question, of what is asked',
  'act: question, of what is told',
  'act: tells a slot',
  'act: tells no slot',
  'act: tells slots and nothing else',
  'act: tells something else than slots',
  'act: long question',
  'act: done, told at a step',
  'act: other, told at a step',
  'act: of what is awaited, told',
  'act: names a tool',
  'act: vague',
  'act: vague, after a fiche',
  'act: vague, long message',
  'fact',
  'fact: score',
  'fact: score of its fiche',
  'fact: likeness',
  'fact: same fiche',
  'fact: same tool',
  'fact: linked fiche',
  'fact: earlier fiche',
  'fact: leaning, same fiche',
  'fact: leaning, other tool',
  'fact: short, same fiche',
  'fact: of a choice shown',
  'fact: no fiche before',
  'fact: question score',
  'fact: asks',
  'fact: asks how',
  'fact: asks which',
  'fact: tells',
  'fact: same fiche, whole question',
  'fact: kin, whole question',
  'fact: told at a step',
  'fact: told after its fiche',
  'fact: first of its fiche',
  'fact: share of its fiche',
  'fact: clause act score',
  'fact: short',
  'fact: slots and nothing else',
  'fiche',
  'fiche: score',
  'fiche: same fiche',
  'fiche: same fiche, leaning',
  'fiche: same tool',
  'fiche: linked',
  'fiche: earlier',
  'fiche: leaning, other tool',
  'fiche: short, other tool',
  'fiche: a choice shown',
  'fiche: question score',
  'fiche: no fiche before',
  'fiche: asks',
  'fiche: asks how',
  'fiche: asks which',
  'fiche: tells',
  'fiche: same fiche, whole question',
  'fiche: kin, whole question',
  'fiche: slots and nothing else',
  'fiche: a slot told',
  'fiche: short',
  'fiche: long message',
  'names another tool',
  'names its tool',
  'its tool is denied',
  'fact: named as the one before',
  'contradicts the profile',
  'none',
  'none: score',
  'none: facts score',
  'none: leaning on a fiche',
  'none: names a foreign tool',
  'none: long message',
  'none: question score',
  'none: asks',
  'none: tells',
  'none: tells, something awaited',
  'none: whole question',
  'none: whole question after a fiche',
  'none: act score',
  'none: clause act score',
  'none: short message',
] as const;

type Kind = (typeof targetEvidence)[number];
const width = targetEvidence.length;
const place = new Map<Kind, number>(targetEvidence.map((kind, index) => [kind, index]));

/** What a message may be, before what it is about: it does something, it asks something, or neither is known. */
export const messageKinds = ['act', 'question', 'none'] as const;
export type MessageKind = (typeof messageKinds)[number];

export const kindOf = (target: TargetName): MessageKind =>
  target.kind === 'act' ? 'act' : target.kind === 'none' ? 'none' : 'question';

/** Kinds of evidence on the kind of a message, in order. */
export const kindEvidence = [
  'act',
  'act: score',
  'act: clause score',
  'act: one clause',
  'act: small talk',
  'act: phrase',
  'act: phrase of a clause',
  'act: fits what is awaited',
  'act: does not fit',
  'act: a statement asks',
  'act: a question asks',
  'act: tells',
  'act: asks nothing',
  'act: asks nothing at a step',
  'act: asks nothing after an answer',
  'act: slots and nothing else',
  'act: slots',
  'act: short',
  'act: long',
  'act: names a tool',
  'act: vague',
  'act: vague after an answer',
  'question',
  'question: intents score',
  'question: facts score',
  'question: likeness',
  'question: asks',
  'question: asks which',
  'question: asks how',
  'question: leans on an answer',
  'question: short after an answer',
  'question: names a tool',
  'question: best intent',
  'question: asks nothing at a step',
  'none',
  'none: intents score',
  'none: acts score',
  'none: names a foreign tool',
  'none: after an answer',
  'none: leans on an answer',
  'none: asks',
  'none: long',
  'none: short',
] as const;

const kindWidth = kindEvidence.length;
const kindPlace = new Map<string, number>(kindEvidence.map((name, index) => [name, index]));

/** Weights of `kindEvidence` to start from. */
export const kindPrior = Float64Array.from(kindEvidence, (name) => {
  switch (name) {
    case 'act: score':
    case 'question: intents score':
    case 'none: intents score':
      return 0.7;
    case 'act: phrase':
    case 'act: fits what is awaited':
      return 1;
    default:
      return 0;
  }
});

/** Weights to start from when there are few conversations to learn from. */
export const targetPrior = Float64Array.from(targetEvidence, (kind) => {
  switch (kind) {
    case 'act: score':
    case 'fact: score':
    case 'fiche: score':
    case 'none: score':
      return 1;
    case 'act: phrase':
    case 'act: phrase of a clause':
    case 'act: fits what is awaited':
      return 1.5;
    case 'fact: same fiche':
    case 'fact: likeness':
    case 'fiche: a choice shown':
      return 1;
    case 'act: does not fit':
    case 'names another tool':
    case 'contradicts the profile':
      return -1;
    case 'its tool is denied':
      return -3;
    default:
      return 0;
  }
});

const leaning =
  /^(?:et|ou|mais|sinon|ok|donc|aussi|du coup|dans ce cas|c est|c|ca|il|elle|on|quel(?:le)?s?|lequel|laquelle|combien|je mets quoi|apres|la|le|celle|celui)\b/;
const short = 6;
const long = 14;
const fewestLike = 3;
const leastLikeness = 0.25;

/** A question on its own feet: it asks, in more than a few words, and leans on nothing said before. */
export function standsAlone(text: string): boolean {
  const folded = foldText(text);
  return readQuestionForm(text, folded).asks && !leaning.test(folded) && foldedWords(text).length > short;
}

const pointing =
  /\b(?:ca|cela|celle|celui|celles|ceux|dessus|dedans|la dessus|y|lui|leur|pareil|aussi|ensuite|apres|deja|encore|du coup|alors|autre|meme)\b/;
const fewestFirmWords = 9;

/** Nothing of the question points at what was said before: it is read as at the start of a conversation. */
export function standsFirmly(text: string): boolean {
  const folded = foldText(text);
  return standsAlone(text) && foldedWords(text).length >= fewestFirmWords && !pointing.test(folded);
}

interface Candidates {
  readonly targets: readonly TargetName[];
  readonly values: Float64Array;
  /** Evidence for each of `messageKinds`, laid end to end. */
  readonly kinds: Float64Array;
}

/** Every target worth weighing, with its evidence. `right`: one to keep whatever its chances (training). */
export function collectTargets(
  readings: MessageReadings,
  context: ReadingContext,
  content: Content,
  right: TargetName | null = null,
): Candidates {
  const { text, intents, facts, acts, clauseActs } = readings;
  const words = foldedWords(text).length;
  const form = readQuestionForm(text, foldText(text));
  const leans = leaning.test(foldText(text)) || words <= 3;
  /** A question that stands on its own feet, whatever was said before. */
  const whole = form.asks && !leans && words > short;
  const phrases = readActs(text);
  const clausePhrases = readClauseActs(text);
  const scores = {
    act: scoresOf(acts.candidates),
    fact: scoresOf(facts.candidates),
    intent: scoresOf(intents.candidates),
  };
  const slots = readSlots(text, content.profile);
  const told = Object.keys(slots.told).length > 0;
  const toldOnly = told && slots.spareWords <= 1 && !/\?/.test(text);
  const denied = readDeniedTools(text, content.lexicon);
  const named = new Set(intents.reading.products.filter((tool) => !denied.has(tool)));
  const likeness = likenessOf(
    text,
    nearFiches(context, intents.candidates, scores.fact.keys()),
    content,
    right !== null,
  );
  const likelyClauses = [...clauseActs].filter(([, score]) => score > 0.2).map(([act]) => act);
  const firstFacts = firstOfEach(scores.fact.keys());
  const targets = listTargets(
    scores,
    new Set([...phrases, ...clausePhrases]),
    likelyClauses,
    likeness,
    content,
    right,
  );
  const values = new Float64Array(targets.length * width);
  const question = logOf(1 - total(acts.candidates));
  const anyAct = logOf(total(acts.candidates));
  const noFiche = logOf(1 - total(intents.candidates.filter(({ id }) => content.fiches.has(id))));
  const noFact = logOf(1 - total(facts.candidates));
  const last = context.fiche === null ? null : (content.fiches.get(context.fiche) ?? null);

  const kinds = new Float64Array(messageKinds.length * kindWidth);
  const tell = (kind: MessageKind, name: (typeof kindEvidence)[number], value: number | boolean): void => {
    kinds[messageKinds.indexOf(kind) * kindWidth + (kindPlace.get(name) ?? 0)] = Number(value);
  };
  const bestClause = [...clauseActs].sort(([, a], [, b]) => b - a)[0];
  const likeliest =
    (clauseActs.size > 0 && (bestClause?.[1] ?? 0) > 0.5 ? bestClause?.[0] : acts.candidates[0]?.id) ?? '';
  const said = [...phrases, ...clausePhrases];
  const fitting = (said.length > 0 ? said : [likeliest as DialogueAct]).map((act) =>
    fitsAwaited(act, context.awaited),
  );
  const wondering = asksSomething.has(likeliest as DialogueAct);
  tell('act', 'act', 1);
  tell('act', 'act: score', anyAct);
  tell('act', 'act: clause score', clauseActs.size === 0 ? 0 : logOf(bestClause?.[1] ?? 0));
  tell('act', 'act: one clause', clauseActs.size === 0);
  tell('act', 'act: small talk', total(intents.candidates.filter(({ id }) => actOfSmallTalk(id) !== null)));
  tell('act', 'act: phrase', phrases.size > 0);
  tell('act', 'act: phrase of a clause', clausePhrases.size > 0);
  tell('act', 'act: fits what is awaited', fitting.includes(true));
  tell('act', 'act: does not fit', !fitting.includes(true) && fitting.includes(false));
  tell('act', 'act: a statement asks', !wondering && form.asks);
  tell('act', 'act: a question asks', wondering && form.asks);
  tell('act', 'act: tells', form.tells);
  tell('act', 'act: asks nothing', !form.asks);
  tell('act', 'act: asks nothing at a step', !form.asks && context.awaited === 'step');
  tell('act', 'act: asks nothing after an answer', !form.asks && last !== null);
  tell('act', 'act: slots and nothing else', toldOnly);
  tell('act', 'act: slots', told && !form.asks);
  tell('act', 'act: short', words <= 3);
  tell('act', 'act: long', words > long);
  tell('act', 'act: names a tool', named.size > 0);
  tell('act', 'act: vague', isVague(likeliest));
  tell('act', 'act: vague after an answer', isVague(likeliest) && last !== null);
  tell('question', 'question', 1);
  tell(
    'question',
    'question: intents score',
    logOf(total(intents.candidates.filter(({ id }) => content.fiches.has(id)))),
  );
  tell('question', 'question: facts score', logOf(total(facts.candidates)));
  tell('question', 'question: likeness', Math.max(0, ...likeness.values()));
  tell('question', 'question: asks', form.asks);
  tell('question', 'question: asks which', form.which);
  tell('question', 'question: asks how', form.how);
  tell('question', 'question: leans on an answer', leans && last !== null);
  tell('question', 'question: short after an answer', words <= short && last !== null);
  tell('question', 'question: names a tool', named.size > 0);
  tell('question', 'question: best intent', intents.candidates[0]?.score ?? 0);
  tell('question', 'question: asks nothing at a step', !form.asks && context.awaited === 'step');
  tell('none', 'none', 1);
  tell('none', 'none: intents score', logOf(1 - total(intents.candidates)));
  tell('none', 'none: acts score', question);
  tell('none', 'none: names a foreign tool', intents.reading.outOfScopeProducts.length > 0);
  tell('none', 'none: after an answer', last !== null);
  tell('none', 'none: leans on an answer', leans && last !== null);
  tell('none', 'none: asks', form.asks);
  tell('none', 'none: long', words > long);
  tell('none', 'none: short', words <= 3);

  for (const [line, target] of targets.entries()) {
    const set = (kind: Kind, value: number): void => {
      values[line * width + (place.get(kind) ?? 0)] = value;
    };
    const flag = (kind: Kind, when: boolean): void => {
      if (when) set(kind, 1);
    };
    const ofFiche = (
      id: string,
    ): { tool: string | null; same: boolean; sameTool: boolean; linked: boolean } => {
      const tool = content.fiches.get(id)?.product ?? null;
      return {
        tool,
        same: last?.id === id,
        sameTool: last !== null && last.id !== id && tool !== null && tool === last.product,
        linked: last?.related.includes(id) ?? false,
      };
    };
    switch (target.kind) {
      case 'act': {
        const act = target.act as DialogueAct;
        set('act', 1);
        set('act: score', logOf(scores.act.get(act) ?? 0));
        if (clauseActs.size === 0) set('act: one clause', 1);
        else set('act: clause score', logOf(clauseActs.get(act) ?? 0));
        const talk = Math.max(
          0,
          ...[...scores.intent].map(([id, score]) => (actOfSmallTalk(id) === act ? score : 0)),
        );
        set('act: small talk', talk);
        set('act: any', anyAct);
        if (clauseActs.size > 0) set('act: any, in a clause', logOf(Math.max(...clauseActs.values())));
        set('act: intents score', noFiche);
        set('act: facts score', noFact);
        flag('act: phrase', phrases.has(act));
        flag('act: phrase of a clause', clausePhrases.has(act));
        const fits = fitsAwaited(act, context.awaited);
        flag('act: fits what is awaited', fits === true);
        flag('act: does not fit', fits === false);
        flag('act: short message', words <= short);
        flag('act: long message', words > long);
        set('act: question score', question);
        const wonders = asksSomething.has(act);
        flag('act: statement, of what is asked', !wonders && form.asks);
        flag('act: statement, of what is told', !wonders && form.tells);
        flag('act: question, of what is asked', wonders && form.asks);
        flag('act: question, of what is told', wonders && form.tells);
        flag('act: tells a slot', tellsSlots.has(act) && told && !form.asks);
        flag('act: tells slots and nothing else', tellsSlots.has(act) && toldOnly);
        flag('act: tells something else than slots', !tellsSlots.has(act) && toldOnly);
        flag('act: tells no slot', act === 'tells-profile' && !told);
        const atStep = context.awaited === 'step' && !form.asks;
        flag('act: done, told at a step', atStep && (act === 'done' || act === 'next'));
        flag('act: other, told at a step', atStep && act !== 'done' && act !== 'next');
        flag('act: of what is awaited, told', fits === true && !form.asks);
        flag('act: long question', form.asks && words > short);
        flag('act: names a tool', named.size > 0 && !isVague(act));
        flag('act: vague', isVague(act));
        flag('act: vague, after a fiche', isVague(act) && last !== null);
        flag('act: vague, long message', isVague(act) && words > long);
        break;
      }
      case 'fact': {
        const of = ofFiche(target.fiche);
        set('fact', 1);
        set('fact: score', logOf(scores.fact.get(`${target.fiche}/${target.fact}`) ?? 0));
        set('fact: score of its fiche', logOf(scores.intent.get(target.fiche) ?? 0));
        set('fact: likeness', likeness.get(`${target.fiche}/${target.fact}`) ?? 0);
        flag('fact: same fiche', of.same);
        flag('fact: same tool', of.sameTool);
        flag('fact: linked fiche', of.linked);
        flag('fact: earlier fiche', context.earlier.includes(target.fiche));
        flag('fact: leaning, same fiche', leans && of.same);
        flag('fact: leaning, other tool', leans && last !== null && !of.same && !of.sameTool);
        flag('fact: short, same fiche', words <= short && of.same);
        flag('fact: of a choice shown', context.choices.includes(target.fiche));
        flag('fact: no fiche before', last === null);
        set('fact: question score', question);
        flag('fact: asks', form.asks);
        flag('fact: asks how', form.how);
        flag('fact: asks which', form.which);
        flag(
          'fact: named as the one before',
          context.fact !== null && target.fact === context.fact && !of.same,
        );
        flag('fact: tells', form.tells);
        flag('fact: same fiche, whole question', whole && of.same);
        flag(
          'fact: kin, whole question',
          whole && (of.sameTool || of.linked || context.earlier.includes(target.fiche)),
        );
        flag('fact: told at a step', context.awaited === 'step' && !form.asks);
        flag('fact: told after its fiche', of.same && !form.asks);
        flag('fact: short', words <= short);
        flag('fact: slots and nothing else', toldOnly);
        set('fact: share of its fiche', shareOfFiche(scores.fact, target.fiche, target.fact));
        if (clauseActs.size > 0) set('fact: clause act score', logOf(Math.max(...clauseActs.values())));
        flag('fact: first of its fiche', firstFacts.has(`${target.fiche}/${target.fact}`));
        nameTools(of.tool);
        break;
      }
      case 'fiche': {
        const of = ofFiche(target.fiche);
        set('fiche', 1);
        set('fiche: score', logOf(scores.intent.get(target.fiche) ?? 0));
        flag('fiche: same fiche', of.same);
        flag('fiche: same fiche, leaning', of.same && leans);
        flag('fiche: same tool', of.sameTool);
        flag('fiche: linked', of.linked);
        flag('fiche: earlier', context.earlier.includes(target.fiche));
        flag('fiche: leaning, other tool', leans && last !== null && !of.same && !of.sameTool);
        flag('fiche: short, other tool', words <= short && last !== null && !of.same && !of.sameTool);
        flag('fiche: a choice shown', context.choices.includes(target.fiche));
        flag('fiche: no fiche before', last === null);
        set('fiche: question score', question);
        flag('fiche: asks', form.asks);
        flag('fiche: asks how', form.how);
        flag('fiche: asks which', form.which);
        flag('fiche: tells', form.tells);
        flag('fiche: same fiche, whole question', whole && of.same);
        flag(
          'fiche: kin, whole question',
          whole && (of.sameTool || of.linked || context.earlier.includes(target.fiche)),
        );
        flag('fiche: slots and nothing else', toldOnly);
        flag('fiche: a slot told', told && !form.asks);
        flag('fiche: short', words <= short);
        flag('fiche: long message', words > long);
        nameTools(of.tool);
        break;
      }
      case 'none':
        set('none', 1);
        set('none: score', logOf(1 - total(intents.candidates)));
        set('none: facts score', logOf(1 - total(facts.candidates)));
        flag('none: leaning on a fiche', leans && last !== null);
        flag('none: names a foreign tool', intents.reading.outOfScopeProducts.length > 0);
        flag('none: long message', words > long);
        set('none: question score', question);
        flag('none: asks', form.asks);
        flag('none: tells', form.tells);
        flag('none: tells, something awaited', form.tells && context.awaited !== 'nothing');
        flag('none: whole question', whole);
        flag('none: whole question after a fiche', whole && last !== null);
        set('none: act score', logOf(Math.max(0, ...scores.act.values())));
        if (clauseActs.size > 0) set('none: clause act score', logOf(Math.max(...clauseActs.values())));
        flag('none: short message', words <= short);
        break;
    }
    function nameTools(tool: string | null): void {
      flag('its tool is denied', tool !== null && denied.has(tool));
      flag('names its tool', tool !== null && named.has(tool));
      flag('names another tool', named.size > 0 && tool !== null && !named.has(tool));
      flag('contradicts the profile', contradicts(tool, context.profile));
    }
  }
  return { targets, values, kinds };
}

/** Those of the likeliest kind first, best first; a share is the kind's times that within the kind. */
export function rankTargets(
  readings: MessageReadings,
  context: ReadingContext,
  content: Content,
  weights: TargetWeights,
): RankedTarget[] {
  const { targets, values, kinds } = collectTargets(readings, context, content);
  const kindShares = shareOut(kinds, weights.kinds);
  const shareOfKind = (kind: MessageKind): number => kindShares[messageKinds.indexOf(kind)] ?? 0;
  return messageKinds
    .toSorted((a, b) => shareOfKind(b) - shareOfKind(a))
    .flatMap((kind) => {
      const lines = linesOfKind(targets, kind);
      const shares = shareOut(pickLines(values, lines), weights.targets);
      return lines
        .flatMap((line, index) => {
          const target = targets[line];
          return target === undefined ? [] : [{ target, share: shareOfKind(kind) * (shares[index] ?? 0) }];
        })
        .sort((a, b) => b.share - a.share);
    });
}

export function linesOfKind(targets: readonly TargetName[], kind: MessageKind): number[] {
  return targets.flatMap((target, line) => (kindOf(target) === kind ? [line] : []));
}

/** Some lines of evidence, laid end to end. */
export function pickLines(values: Float64Array, lines: readonly number[]): Float64Array {
  const picked = new Float64Array(lines.length * width);
  for (const [index, line] of lines.entries())
    picked.set(values.subarray(line * width, (line + 1) * width), index * width);
  return picked;
}

export function sameTarget(left: TargetName, right: TargetName): boolean {
  return nameOf(left) === nameOf(right);
}

function listTargets(
  scores: {
    act: ReadonlyMap<string, number>;
    fact: ReadonlyMap<string, number>;
    intent: ReadonlyMap<string, number>;
  },
  phrases: ReadonlySet<string>,
  clauses: readonly string[],
  likeness: ReadonlyMap<string, number>,
  content: Content,
  right: TargetName | null,
): TargetName[] {
  const listed = new Map<string, TargetName>();
  const add = (target: TargetName): void => {
    listed.set(nameOf(target), target);
  };
  add({ kind: 'none' });
  for (const act of [...scores.act.keys(), ...phrases, ...clauses]) add({ kind: 'act', act });
  for (const id of scores.intent.keys()) {
    const act = actOfSmallTalk(id);
    if (content.fiches.has(id)) add({ kind: 'fiche', fiche: id });
    else if (act !== null) add({ kind: 'act', act });
  }
  const near = [...likeness].sort(([, a], [, b]) => b - a).slice(0, fewestLike);
  for (const id of [
    ...scores.fact.keys(),
    ...near.filter(([, like]) => like >= leastLikeness).map(([id]) => id),
  ]) {
    const [fiche = '', fact = ''] = id.split('/');
    add({ kind: 'fact', fiche, fact });
  }
  if (right !== null) add(right);
  return [...listed.values()];
}

function nameOf(target: TargetName): string {
  switch (target.kind) {
    case 'act':
      return `act ${target.act}`;
    case 'fact':
      return `fact ${target.fiche}/${target.fact}`;
    case 'fiche':
      return `fiche ${target.fiche}`;
    case 'none':
      return 'none';
  }
}

/**
 * How much the message is like a way of asking each fact of these fiches, in [0, 1]. `unseen`: in training, a way of
 * asking must not find itself.
 */
function likenessOf(
  text: string,
  ids: Iterable<string>,
  content: Content,
  unseen: boolean,
): ReadonlyMap<string, number> {
  const asked = shapeText(text);
  const likeness = new Map<string, number>();
  for (const id of ids) {
    for (const [fact, ways] of shapesOf(content, id)) {
      let best = 0;
      for (const way of ways) {
        if (unseen && way.folded === asked.folded) continue;
        best = Math.max(best, similarity(asked, way));
      }
      likeness.set(fact, best);
    }
  }
  return likeness;
}

type FactShapes = ReadonlyMap<string, readonly Shape[]>;
const knownShapes = new WeakMap<Content, Map<string, FactShapes>>();

/** The ways of asking each fact of a fiche, cut once for a content. */
function shapesOf(content: Content, id: string): FactShapes {
  const known = knownShapes.get(content) ?? new Map<string, FactShapes>();
  knownShapes.set(content, known);
  const shapes =
    known.get(id) ??
    new Map(
      (content.fiches.get(id)?.facts ?? []).map((fact) => [
        `${id}/${fact.id}`,
        fact.questions.map(shapeText),
      ]),
    );
  known.set(id, shapes);
  return shapes;
}

/** Fiches whose facts are compared with the message word for word: the one spoken of, and the likeliest. */
function nearFiches(
  context: ReadingContext,
  candidates: readonly Candidate[],
  facts: Iterable<string>,
): Set<string> {
  const likely = candidates.filter(({ score }) => score > 0.1).slice(0, 2);
  const [first] = facts;
  return new Set([
    ...(context.fiche === null ? [] : [context.fiche]),
    ...likely.map(({ id }) => id),
    ...(first === undefined ? [] : [first.slice(0, first.indexOf('/'))]),
  ]);
}

/** The best fact of each fiche, by the matcher of facts. */
function firstOfEach(ids: Iterable<string>): Set<string> {
  const seen = new Set<string>();
  const first = new Set<string>();
  for (const id of ids) {
    const fiche = id.slice(0, id.indexOf('/'));
    if (!seen.has(fiche)) first.add(id);
    seen.add(fiche);
  }
  return first;
}

/** Probability of the fact among those of its fiche that the matcher of facts sees. */
function shareOfFiche(scores: ReadonlyMap<string, number>, fiche: string, fact: string): number {
  let all = 0;
  for (const [id, score] of scores) if (id.startsWith(`${fiche}/`)) all += score;
  return all === 0 ? 0 : (scores.get(`${fiche}/${fact}`) ?? 0) / all;
}

/** Who has a SPAN has no NOEMI, and the reverse. */
export function contradicts(tool: string | null, profile: Profile): boolean {
  const machine = profile['machine'];
  return (
    (tool === 'noemi' || tool === 'span') && (machine === 'noemi' || machine === 'span') && machine !== tool
  );
}

const least = 1e-3;
const logOf = (probability: number): number => Math.log(Math.max(least, probability));
const total = (candidates: readonly Candidate[]): number =>
  candidates.reduce((sum, { score }) => sum + score, 0);
const scoresOf = (candidates: readonly Candidate[]): Map<string, number> =>
  new Map(candidates.map(({ id, score }) => [id, score]));
