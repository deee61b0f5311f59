import type { Content, Fiche, TargetName } from '../../knowledge/content.ts';
import { foldedWords, foldText } from '../../text/fold-text.ts';
import type { Candidate } from '../../understanding/understanding.ts';
import { readSlots } from '../profile/read-slots.ts';
import { actOfSmallTalk, type DialogueAct } from '../reading/acts.ts';
import { readDeniedTools } from '../reading/denied-tools.ts';
import { type QuestionForm, readQuestionForm } from '../reading/question-form.ts';
import { readActs, readClauseActs } from '../reading/read-acts.ts';
import { compareFacts } from './compare-facts.ts';
import type { MessageReadings } from './read-message.ts';
import type { ReadingContext } from './reading-context.ts';
import { leansOnBefore, short } from './stands-alone.ts';
import { nameOf } from './target.ts';

/** All that evidence is computed from: a message, and what was said before it. Gathered once, whatever the targets. */
export interface Signs {
  readonly context: ReadingContext;
  readonly content: Content;
  /** The fiche spoken of. */
  readonly last: Fiche | null;
  readonly form: QuestionForm;
  /** In words. */
  readonly length: number;
  /** It goes on with what was said before. */
  readonly leans: boolean;
  /** It stands on its own feet, whatever was said before. */
  readonly whole: boolean;
  /** Acts that the message, or a clause of it, says in so many words. */
  readonly phrases: ReadonlySet<DialogueAct>;
  readonly clausePhrases: ReadonlySet<DialogueAct>;
  /** Probability by act, `fiche/fact`, intent, as each matcher sees it; acts also by clause. */
  readonly acts: ReadonlyMap<string, number>;
  readonly clauseActs: ReadonlyMap<string, number>;
  readonly facts: ReadonlyMap<string, number>;
  readonly intents: ReadonlyMap<string, number>;
  /** How much the message is like a way of asking a fact, by `fiche/fact`. */
  readonly likeness: ReadonlyMap<string, number>;
  /** The best fact of each fiche. */
  readonly firstFacts: ReadonlySet<string>;
  /** It says something of who writes. */
  readonly told: boolean;
  /** It says that and nothing else. */
  readonly toldOnly: boolean;
  readonly named: ReadonlySet<string>;
  readonly denied: ReadonlySet<string>;
  readonly namesForeignTool: boolean;
  /** Probability that a matcher gives to all that it knows. */
  readonly sumOf: {
    readonly acts: number;
    readonly facts: number;
    readonly intents: number;
    readonly fiches: number;
    readonly smallTalk: number;
  };
}

/** `unseen`: in training, the message must not find itself among the ways of asking a fact. */
export function gatherSigns(
  { text, intents, facts, acts, clauseActs }: MessageReadings,
  context: ReadingContext,
  content: Content,
  unseen: boolean,
): Signs {
  const folded = foldText(text);
  const length = foldedWords(text).length;
  const form = readQuestionForm(text, folded);
  const leans = leansOnBefore(folded) || length <= 3;
  const slots = readSlots(text, content.profile);
  const told = Object.keys(slots.told).length > 0;
  const denied = readDeniedTools(text, content.lexicon);
  const factScores = scoresOf(facts.candidates);
  return {
    context,
    content,
    last: context.fiche === null ? null : (content.fiches.get(context.fiche) ?? null),
    form,
    length,
    leans,
    whole: form.asks && !leans && length > short,
    phrases: readActs(text),
    clausePhrases: readClauseActs(text),
    acts: scoresOf(acts.candidates),
    clauseActs,
    facts: factScores,
    intents: scoresOf(intents.candidates),
    likeness: compareFacts(text, nearFiches(context, intents.candidates, factScores.keys()), content, unseen),
    firstFacts: firstOfEach(factScores.keys()),
    told,
    toldOnly: told && slots.spareWords <= 1 && !/\?/.test(text),
    named: new Set(intents.reading.products.filter((tool) => !denied.has(tool))),
    denied,
    namesForeignTool: intents.reading.outOfScopeProducts.length > 0,
    sumOf: {
      acts: total(acts.candidates),
      facts: total(facts.candidates),
      intents: total(intents.candidates),
      fiches: total(intents.candidates.filter(({ id }) => content.fiches.has(id))),
      smallTalk: total(intents.candidates.filter(({ id }) => actOfSmallTalk(id) !== null)),
    },
  };
}

const likelyClause = 0.2;
const mostAlike = 3;
const leastLikeness = 0.25;

/** Every target worth weighing. `right`: one to keep whatever its chances (training). */
export function listTargets(signs: Signs, right: TargetName | null): TargetName[] {
  const { acts, phrases, clausePhrases, clauseActs, intents, facts, likeness, content } = signs;
  const listed = new Map<string, TargetName>();
  const add = (target: TargetName): void => {
    listed.set(nameOf(target), target);
  };
  add({ kind: 'none' });
  const ofClauses = [...clauseActs].filter(([, score]) => score > likelyClause).map(([act]) => act);
  for (const act of [...acts.keys(), ...phrases, ...clausePhrases, ...ofClauses]) add({ kind: 'act', act });
  for (const id of intents.keys()) {
    const act = actOfSmallTalk(id);
    if (content.fiches.has(id)) add({ kind: 'fiche', fiche: id });
    else if (act !== null) add({ kind: 'act', act });
  }
  const alike = [...likeness].sort(([, a], [, b]) => b - a).slice(0, mostAlike);
  for (const id of [
    ...facts.keys(),
    ...alike.filter(([, like]) => like >= leastLikeness).map(([id]) => id),
  ]) {
    const [fiche = '', fact = ''] = id.split('/');
    add({ kind: 'fact', fiche, fact });
  }
  if (right !== null) add(right);
  return [...listed.values()];
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

function firstOfEach(facts: Iterable<string>): Set<string> {
  const seen = new Set<string>();
  const first = new Set<string>();
  for (const id of facts) {
    const fiche = id.slice(0, id.indexOf('/'));
    if (!seen.has(fiche)) first.add(id);
    seen.add(fiche);
  }
  return first;
}

function total(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, { score }) => sum + score, 0);
}

function scoresOf(candidates: readonly Candidate[]): Map<string, number> {
  return new Map(candidates.map(({ id, score }) => [id, score]));
}
