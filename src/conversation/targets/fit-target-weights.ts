import type { Content, LabelledConversation, TargetName } from '../../knowledge/content.ts';
import { type ChoiceCase, fitConditionalLogit } from '../../understanding/training/conditional-logit.ts';
import type { Matcher, Mind, TargetWeights } from '../../understanding/understanding.ts';
import { readSlots, updateProfile } from '../profile/read-slots.ts';
import { isProcedure } from '../rendering/lay-out-fiche.ts';
import { type HeldOutQuestions, listSingleMessages, type TrainedMatchers } from './list-single-messages.ts';
import { collectTargets, linesOfKind } from './rank-targets.ts';
import { type MessageReadings, readPastPoliteness } from './read-message.ts';
import { readUnseen } from './read-unseen.ts';
import { type Awaited, emptyContext, type ReadingContext } from './reading-context.ts';
import { kindOf, messageKinds, sameTarget } from './target.ts';
import { kindPrior, pickLines, targetPrior } from './weigh-evidence.ts';

const ridge = 2;
/** Turns of conversations count so many times a single message: they are what is met, and the fewer. */
const repeats = 3;

const awaitedNames: Readonly<Record<string, Awaited>> = {
  rien: 'nothing',
  resolu: 'solved',
  etape: 'step',
  choix: 'choice',
  variante: 'variant',
  accord: 'consent',
};

/**
 * How much each kind of evidence counts, learnt from the labelled conversations of intents/contextes.yaml and from single
 * messages as the matchers read them unseen.
 */
export function fitTargetWeights(
  content: Content,
  matchers: TrainedMatchers,
  heldOut: HeldOutQuestions,
): TargetWeights {
  return weighCases(planCases(content, matchers, heldOut).map((make) => make()));
}

/**
 * One task for each labelled conversation and each single message: reading them takes most of the time, and they may be
 * shared between threads. None without labelled conversations.
 */
export function planCases(
  content: Content,
  matchers: TrainedMatchers,
  heldOut: HeldOutQuestions,
): (() => TargetCase[])[] {
  if (content.conversations.every((turns) => turns.length === 0)) return [];
  const blind = unseeing(matchers, heldOut);
  return [
    ...content.conversations.map(
      (conversation) => () =>
        casesOf(conversation, content, blind).map((found) => ({ ...found, weight: repeats })),
    ),
    ...listSingleMessages(content, matchers, heldOut).map((read) => () => {
      const message = read();
      return message === null ? [] : [caseOf(message.readings, message.context, content, message.target)];
    }),
  ];
}

/** `made`: what the tasks of planCases gave, in their order: sums of floating-point numbers depend on it. */
export function weighCases(made: readonly (readonly TargetCase[])[]): TargetWeights {
  if (made.length === 0) return { kinds: kindPrior, targets: targetPrior };
  const cases = made.flat();
  return {
    kinds: fitConditionalLogit(
      cases.map(({ kinds, kind, weight = 1 }) => ({ values: kinds, right: kind, weight })),
      kindPrior,
      ridge,
    ),
    targets: fitConditionalLogit(cases.filter(isChoice), targetPrior, ridge),
  };
}

/** The matchers as they read what they were taught when they had not seen it; anything else as it is. */
export function unseeing(matchers: TrainedMatchers, heldOut: HeldOutQuestions): Omit<Mind, 'weights'> {
  const blind = (name: 'intents' | 'facts' | 'acts'): Matcher => {
    const unseen = new Map(heldOut[name].map(({ text, candidates }) => [text, candidates]));
    return {
      understand(text) {
        const candidates = unseen.get(text);
        return candidates === undefined
          ? matchers[name].understand(text)
          : readUnseen(matchers[name], text, candidates);
      },
    };
  };
  return { intents: blind('intents'), facts: blind('facts'), acts: blind('acts') };
}

/** A choice among the targets of the right kind, and the choice of the kind. */
export interface TargetCase extends ChoiceCase {
  /** How many there are. */
  readonly targets: number;
  readonly kinds: Float64Array;
  /** Place of the right kind in `messageKinds`. */
  readonly kind: number;
}

/** One candidate alone teaches nothing. */
const isChoice = ({ targets }: TargetCase): boolean => targets > 1;

/** One choice to learn from: the targets that a message may be about, and the right one. */
export function caseOf(
  readings: MessageReadings,
  context: ReadingContext,
  content: Content,
  target: TargetName,
): TargetCase {
  const collected = collectTargets(readings, context, content, target);
  const kind = kindOf(target);
  const lines = linesOfKind(collected.targets, kind);
  const targets = lines.flatMap((line) => collected.targets[line] ?? []);
  return {
    targets: targets.length,
    values: pickLines(collected.values, lines),
    right: targets.findIndex((candidate) => sameTarget(candidate, target)),
    kinds: collected.kinds,
    kind: messageKinds.indexOf(kind),
  };
}

/** The turns of one conversation, each in the context that the turns before it make. */
export function casesOf(
  conversation: LabelledConversation,
  content: Content,
  matchers: Omit<Mind, 'weights'>,
): TargetCase[] {
  let context: ReadingContext = emptyContext;
  return conversation.map(({ text, target, awaited, choices }) => {
    const slots = readSlots(text, content.profile, content.otherPeople, context.profile);
    const profile = updateProfile(context.profile, slots);
    const given = awaited === null ? context.awaited : (awaitedNames[awaited] ?? 'nothing');
    const here = { ...context, profile, awaited: given, choices };
    const found = caseOf(readPastPoliteness(text, matchers, content.profile), here, content, target);
    context = { ...follow(here, target, content), profile };
    return found;
  });
}

/** What the assistant's right answer makes of the context. */
function follow(context: ReadingContext, target: TargetName, content: Content): ReadingContext {
  switch (target.kind) {
    case 'fiche':
    case 'fact': {
      const { fiche } = target;
      const earlier = [context.fiche, ...context.earlier].flatMap((id) =>
        id === null || id === fiche ? [] : [id],
      );
      const known = content.fiches.get(fiche);
      const asks = target.kind === 'fiche' && known !== undefined && isProcedure(known);
      return {
        ...context,
        fiche,
        fact: target.kind === 'fact' ? target.fact : null,
        earlier: earlier.slice(0, 4),
        awaited: asks ? 'solved' : context.awaited === 'step' ? 'step' : 'nothing',
      };
    }
    case 'act':
      switch (target.act) {
        case 'guide':
        case 'simpler':
          return { ...context, awaited: context.fiche === null ? 'nothing' : 'step' };
        case 'human':
          return { ...context, awaited: 'consent' };
        case 'stop':
        case 'solved':
        case 'goodbye':
        case 'yes':
          return { ...context, awaited: context.awaited === 'step' ? 'step' : 'nothing' };
        default:
          return context;
      }
    case 'none':
      return { ...context, awaited: 'nothing' };
  }
}
