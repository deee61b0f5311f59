import type { Content, TargetName } from '../../knowledge/content.ts';
import { foldedWords, foldText } from '../../text/fold-text.ts';
import { shareOut } from '../../understanding/training/conditional-logit.ts';
import type { Candidate, Mind, Understanding } from '../../understanding/understanding.ts';
import type { Profile } from '../profile/read-slots.ts';
import { actOfSmallTalk, type DialogueAct, fitsAwaited } from './acts.ts';
import { readActs } from './read-acts.ts';
import { similarity } from './similarity.ts';

/** What the assistant waits for, as far as reading is concerned. */
export type Awaited = 'nothing' | 'solved' | 'step' | 'choice' | 'variant' | 'consent';

/** What was said before, as far as it helps to read the next message. */
export interface ReadingContext {
  readonly fiche: string | null;
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
}

export function readThrice(text: string, mind: Omit<Mind, 'weights'>): MessageReadings {
  return {
    text,
    intents: mind.intents.understand(text),
    facts: mind.facts.understand(text),
    acts: mind.acts.understand(text),
  };
}

/** Kinds of evidence weighed, in order; the weights are learnt from intents/contextes.yaml. */
export const targetEvidence = [
  'act',
  'act: score',
  'act: small talk',
  'act: phrase',
  'act: fits what is awaited',
  'act: does not fit',
  'act: short message',
  'act: long message',
  'act: question score',
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
  'names another tool',
  'names its tool',
  'contradicts the profile',
  'none',
  'none: score',
  'none: facts score',
  'none: leaning on a fiche',
  'none: names a foreign tool',
  'none: long message',
  'none: question score',
] as const;

type Kind = (typeof targetEvidence)[number];
const WIDTH = targetEvidence.length;
const place = new Map<Kind, number>(targetEvidence.map((kind, index) => [kind, index]));

/** Weights to start from when there are few conversations to learn from. */
export const targetPrior = Float64Array.from(targetEvidence, (kind) => {
  switch (kind) {
    case 'act: score':
    case 'fact: score':
    case 'fiche: score':
    case 'none: score':
      return 1;
    case 'act: phrase':
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
    default:
      return 0;
  }
});

const leaning =
  /^(?:et|ou|mais|sinon|ok|donc|aussi|du coup|dans ce cas|c est|c|ca|il|elle|on|quel(?:le)?s?|lequel|laquelle|combien|je mets quoi|apres|la|le|celle|celui)\b/;
const SHORT = 6;
const LONG = 14;
const FEWEST_LIKE = 3;
const LEAST_LIKENESS = 0.25;

interface Candidates {
  readonly targets: readonly TargetName[];
  readonly values: Float64Array;
}

/** Every target worth weighing, with its evidence. `right`: one to keep whatever its chances (training). */
export function collectTargets(
  readings: MessageReadings,
  context: ReadingContext,
  content: Content,
  right: TargetName | null = null,
): Candidates {
  const { text, intents, facts, acts } = readings;
  const words = foldedWords(text).length;
  const leans = leaning.test(foldText(text)) || words <= 3;
  const phrases = readActs(text);
  const scores = {
    act: scoresOf(acts.candidates),
    fact: scoresOf(facts.candidates),
    intent: scoresOf(intents.candidates),
  };
  const likeness = likenessOf(text, context.fiche, content);
  const targets = listTargets(scores, phrases, likeness, content, right);
  const values = new Float64Array(targets.length * WIDTH);
  const question = logOf(1 - total(acts.candidates));
  const named = new Set(intents.reading.products);
  const last = context.fiche === null ? null : (content.fiches.get(context.fiche) ?? null);

  for (const [line, target] of targets.entries()) {
    const set = (kind: Kind, value: number): void => {
      values[line * WIDTH + (place.get(kind) ?? 0)] = value;
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
        const talk = Math.max(
          0,
          ...[...scores.intent].map(([id, score]) => (actOfSmallTalk(id) === act ? score : 0)),
        );
        set('act: small talk', talk);
        flag('act: phrase', phrases.has(act));
        const fits = fitsAwaited(act, context.awaited);
        flag('act: fits what is awaited', fits === true);
        flag('act: does not fit', fits === false);
        flag('act: short message', words <= SHORT);
        flag('act: long message', words > LONG);
        set('act: question score', question);
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
        flag('fact: short, same fiche', words <= SHORT && of.same);
        flag('fact: of a choice shown', context.choices.includes(target.fiche));
        flag('fact: no fiche before', last === null);
        set('fact: question score', question);
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
        flag('fiche: short, other tool', words <= SHORT && last !== null && !of.same && !of.sameTool);
        flag('fiche: a choice shown', context.choices.includes(target.fiche));
        flag('fiche: no fiche before', last === null);
        set('fiche: question score', question);
        nameTools(of.tool);
        break;
      }
      case 'none':
        set('none', 1);
        set('none: score', logOf(1 - total(intents.candidates)));
        set('none: facts score', logOf(1 - total(facts.candidates)));
        flag('none: leaning on a fiche', leans && last !== null);
        flag('none: names a foreign tool', intents.reading.outOfScopeProducts.length > 0);
        flag('none: long message', words > LONG);
        set('none: question score', question);
        break;
    }
    function nameTools(tool: string | null): void {
      flag('names its tool', tool !== null && named.has(tool));
      flag('names another tool', named.size > 0 && tool !== null && !named.has(tool));
      flag('contradicts the profile', contradicts(tool, context.profile));
    }
  }
  return { targets, values };
}

/** Best first. */
export function rankTargets(
  readings: MessageReadings,
  context: ReadingContext,
  content: Content,
  weights: Float64Array,
): RankedTarget[] {
  const { targets, values } = collectTargets(readings, context, content);
  const shares = shareOut(values, weights);
  return targets
    .map((target, line) => ({ target, share: shares[line] ?? 0 }))
    .sort((a, b) => b.share - a.share);
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
  likeness: ReadonlyMap<string, number>,
  content: Content,
  right: TargetName | null,
): TargetName[] {
  const listed = new Map<string, TargetName>();
  const add = (target: TargetName): void => {
    listed.set(nameOf(target), target);
  };
  add({ kind: 'none' });
  for (const act of [...scores.act.keys(), ...phrases]) add({ kind: 'act', act });
  for (const id of scores.intent.keys()) {
    const act = actOfSmallTalk(id);
    if (content.fiches.has(id)) add({ kind: 'fiche', fiche: id });
    else if (act !== null) add({ kind: 'act', act });
  }
  const near = [...likeness].sort(([, a], [, b]) => b - a).slice(0, FEWEST_LIKE);
  for (const id of [
    ...scores.fact.keys(),
    ...near.filter(([, like]) => like >= LEAST_LIKENESS).map(([id]) => id),
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

/** How much the message is like a way of asking each fact of the last fiche, in [0, 1]. */
function likenessOf(text: string, id: string | null, content: Content): ReadonlyMap<string, number> {
  const fiche = id === null ? undefined : content.fiches.get(id);
  return new Map(
    (fiche?.facts ?? []).map((fact) => [
      `${id}/${fact.id}`,
      Math.max(0, ...fact.questions.map((question) => similarity(text, question))),
    ]),
  );
}

/** Who has a SPAN has no NOEMI, and the reverse. */
function contradicts(tool: string | null, profile: Profile): boolean {
  const machine = profile['machine'];
  return (
    (tool === 'noemi' || tool === 'span') && (machine === 'noemi' || machine === 'span') && machine !== tool
  );
}

const LEAST = 1e-3;
const logOf = (probability: number): number => Math.log(Math.max(LEAST, probability));
const total = (candidates: readonly Candidate[]): number =>
  candidates.reduce((sum, { score }) => sum + score, 0);
const scoresOf = (candidates: readonly Candidate[]): Map<string, number> =>
  new Map(candidates.map(({ id, score }) => [id, score]));
