import type { Content, TargetName } from '../../knowledge/content.ts';
import { foldText } from '../../text/fold-text.ts';
import type { Candidate, TrainedMatcher, Understanding } from '../../understanding/understanding.ts';
import { actOfSmallTalk } from '../reading/acts.ts';
import { type MessageReadings, readClauses } from './read-message.ts';
import { readUnseen } from './read-unseen.ts';
import { type Awaited, emptyContext, type ReadingContext } from './reading-context.ts';

/** A question that a matcher was taught, as it reads it when it has not seen it. */
export interface HeldOut {
  readonly text: string;
  /** Null: out of scope for that matcher. */
  readonly expected: string | null;
  readonly candidates: readonly Candidate[];
}

/** What each matcher makes of its own questions by cross-validation. */
export interface HeldOutQuestions {
  readonly intents: readonly HeldOut[];
  readonly facts: readonly HeldOut[];
  readonly acts: readonly HeldOut[];
}

export interface SingleMessage {
  readonly readings: MessageReadings;
  readonly context: ReadingContext;
  readonly target: TargetName;
}

/** Reads one of them; null when it is as good as another target. */
type ReadMessage = () => SingleMessage | null;

export type TrainedMatchers = Readonly<Record<'intents' | 'facts' | 'acts', TrainedMatcher>>;

/** As many of each kind as the labelled conversations have turns, about; more would drown these. */
const ofEachKind = { fiche: 700, fact: 500, act: 350, none: 900 } as const;
/** Fiches of a list that the agent is asked to choose from. */
const choicesShown = 4;
/** A question of a fiche that is as good as one of its facts says nothing of the two. */
const alsoAFact = 0.35;

/**
 * Single messages to weigh evidence on, beside the labelled conversations: without them, whatever is rare in
 * conversations (a question about a whole fiche, one out of scope) would count too little. Each is read by the matcher
 * that was taught it as if it had not been, and stands at the start of a conversation or after a fiche.
 */
export function listSingleMessages(
  content: Content,
  matchers: TrainedMatchers,
  heldOut: HeldOutQuestions,
): ReadMessage[] {
  const fiches = [...content.fiches.values()];
  const after = (fiche: string, awaited: Awaited): ReadingContext => ({ ...emptyContext, fiche, awaited });
  /** After a fiche that did not help: the related ones are shown, and something else is asked. */
  const afterRefusal = (fiche: string, right: string | null): ReadingContext => ({
    ...after(fiche, 'solved'),
    choices: (content.fiches.get(fiche)?.related ?? []).filter((id) => id !== right),
  });
  /** Before a list that the message does not answer: what is shown is not always what is meant. */
  const beforeChoice = (index: number, right: string | null): ReadingContext => {
    const shown = Array.from(
      { length: choicesShown },
      (_, place) => fiches[(index * 5 + place * 3) % fiches.length]?.id,
    );
    const choices = shown.flatMap((id) => (id === undefined || id === right ? [] : [id]));
    return { ...emptyContext, awaited: 'choice', choices };
  };
  const read = (
    text: string,
    own: keyof TrainedMatchers,
    candidates: readonly Candidate[],
  ): MessageReadings => {
    const readBy = (name: keyof TrainedMatchers): Understanding =>
      name === own ? readUnseen(matchers[name], text, candidates) : matchers[name].understand(text);
    return {
      text,
      intents: readBy('intents'),
      facts: readBy('facts'),
      acts: readBy('acts'),
      clauseActs: readClauses(text, matchers.acts),
    };
  };

  const ofFiches = spread(
    heldOut.intents.filter(({ expected }) => expected !== null && content.fiches.has(expected)),
    ofEachKind.fiche,
  ).map(
    ({ text, expected, candidates }, index): ReadMessage =>
      () => {
        const fiche = expected as string;
        const readings = read(text, 'intents', candidates);
        if (
          readings.facts.candidates.some(({ id, score }) => id.startsWith(`${fiche}/`) && score > alsoAFact)
        )
          return null;
        const other = fiches[(index * 7) % fiches.length];
        const context =
          index % 3 === 1
            ? beforeChoice(index, fiche)
            : index % 3 === 0 && other !== undefined
              ? afterRefusal(other.id, fiche)
              : emptyContext;
        return { readings, context, target: { kind: 'fiche', fiche } };
      },
  );

  const ofFacts = spread(
    heldOut.facts.filter(({ expected }) => expected !== null),
    ofEachKind.fact,
  ).map(
    ({ text, expected, candidates }, index): ReadMessage =>
      () => {
        const [fiche = '', fact = ''] = (expected as string).split('/');
        const readings = read(text, 'facts', candidates);
        // A way of asking that names no tool is one for after the fiche.
        const named = readings.intents.reading.products.length > 0;
        const other = fiches[(index * 7) % fiches.length];
        const context = !named
          ? after(fiche, index % 2 === 0 ? 'solved' : 'nothing')
          : index % 3 === 1
            ? beforeChoice(index, fiche)
            : index % 3 === 0 && other !== undefined
              ? afterRefusal(other.id, fiche)
              : emptyContext;
        return { readings, context, target: { kind: 'fact', fiche, fact } };
      },
  );

  const awaiting: readonly Awaited[] = ['solved', 'step', 'nothing', 'consent', 'choice'];
  const ofActs = spread(
    heldOut.acts.filter(({ expected }) => expected !== null),
    ofEachKind.act,
  ).map(
    ({ text, expected, candidates }, index): ReadMessage =>
      () => {
        const awaited = awaiting[index % awaiting.length] ?? 'nothing';
        const fiche = fiches[(index * 5) % fiches.length]?.id ?? null;
        return {
          readings: read(text, 'acts', candidates),
          context: { ...emptyContext, fiche, awaited },
          target: { kind: 'act', act: expected as string },
        };
      },
  );

  const talk = new Set(content.acts.flatMap(({ questions }) => questions.map(foldText)));
  const ofSmallTalk = heldOut.intents.flatMap(({ text, expected, candidates }): ReadMessage[] => {
    const act = expected === null ? null : actOfSmallTalk(expected);
    if (act === null || talk.has(foldText(text))) return [];
    return [
      () => ({
        readings: read(text, 'intents', candidates),
        context: emptyContext,
        target: { kind: 'act', act },
      }),
    ];
  });

  const ofNone = spread(
    heldOut.intents.filter(({ expected }) => expected === null),
    ofEachKind.none,
  ).map(
    ({ text, candidates }, index): ReadMessage =>
      () => {
        const fiche = fiches[(index * 3) % fiches.length];
        const awaited = awaiting[index % awaiting.length] ?? 'nothing';
        const context =
          awaited === 'choice'
            ? beforeChoice(index, null)
            : index % 4 !== 0 && fiche !== undefined
              ? awaited === 'solved'
                ? afterRefusal(fiche.id, null)
                : after(fiche.id, awaited)
              : emptyContext;
        return { readings: read(text, 'intents', candidates), context, target: { kind: 'none' } };
      },
  );

  return [...ofFiches, ...ofFacts, ...ofActs, ...ofSmallTalk, ...ofNone];
}

/** At most `count` of them, evenly spread. */
function spread<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  return Array.from(
    { length: Math.min(count, items.length) },
    (_, index) => items[Math.floor(index * step)] as T,
  );
}
