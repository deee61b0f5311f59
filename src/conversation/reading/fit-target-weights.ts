import type { Content, LabelledConversation, TargetName } from '../../knowledge/content.ts';
import { type ChoiceCase, fitConditionalLogit } from '../../understanding/training/conditional-logit.ts';
import type { Mind } from '../../understanding/understanding.ts';
import { type Profile, readSlots } from '../profile/read-slots.ts';
import { isProcedure } from '../rendering/lay-out-fiche.ts';
import {
  type Awaited,
  collectTargets,
  type ReadingContext,
  readThrice,
  sameTarget,
  targetPrior,
} from './rank-targets.ts';

const RIDGE = 2;

const awaitedNames: Readonly<Record<string, Awaited>> = {
  rien: 'nothing',
  resolu: 'solved',
  etape: 'step',
  choix: 'choice',
  variante: 'variant',
  accord: 'consent',
};

/** How much each kind of evidence counts, learnt from the labelled conversations of intents/contextes.yaml. */
export function fitTargetWeights(content: Content, matchers: Omit<Mind, 'weights'>): Float64Array {
  const cases = content.conversations.flatMap((conversation) => casesOf(conversation, content, matchers));
  return cases.length === 0 ? targetPrior : fitConditionalLogit(cases, targetPrior, RIDGE);
}

/** The turns of one conversation, each in the context that the turns before it make. */
export function casesOf(
  conversation: LabelledConversation,
  content: Content,
  matchers: Omit<Mind, 'weights'>,
): ChoiceCase[] {
  let context: ReadingContext = { fiche: null, earlier: [], awaited: 'nothing', choices: [], profile: {} };
  return conversation.map(({ text, target, awaited, choices }) => {
    const profile: Profile = { ...context.profile, ...readSlots(text, content.profile) };
    const given = awaited === null ? context.awaited : (awaitedNames[awaited] ?? 'nothing');
    const here = { ...context, profile, awaited: given, choices };
    const { targets, values } = collectTargets(readThrice(text, matchers), here, content, target);
    context = { ...follow(here, target, content), profile };
    return { values, right: targets.findIndex((candidate) => sameTarget(candidate, target)) };
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
