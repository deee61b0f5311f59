import type { Content, TargetName } from '../../knowledge/content.ts';
import type { TargetWeights } from '../../understanding/understanding.ts';
import { collectTargets } from './rank-targets.ts';
import type { MessageReadings } from './read-message.ts';
import type { ReadingContext } from './reading-context.ts';
import { kindOf, messageKinds, sameTarget } from './target.ts';
import { kindEvidenceNames, targetEvidence } from './weigh-evidence.ts';

/** A piece of evidence that put one target before another. */
export interface CountedEvidence {
  /** `kind`: evidence on what kind of message it is; `target`: on what it is about, within one kind. */
  readonly on: 'kind' | 'target';
  /** As in evidence-for-kinds.ts, evidence-for-acts.ts and evidence-for-questions.ts. */
  readonly name: string;
  /** True: it speaks for the first target. False: against the second. */
  readonly inFavour: boolean;
  /** The evidence is a probability, and a small one makes the difference. */
  readonly low: boolean;
}

/** Less than this in the logarithm of the odds changes nothing that one could see. */
const leastDifference = 0.05;

/** The evidence that counted most for the first target against the second, most important first. */
export function compareTargets(
  first: TargetName,
  second: TargetName,
  readings: MessageReadings,
  { context, content, weights }: { context: ReadingContext; content: Content; weights: TargetWeights },
): CountedEvidence[] {
  const { targets, values, kinds } = collectTargets(readings, context, content);
  const sameKind = kindOf(first) === kindOf(second);
  const lineOf = (target: TargetName): number =>
    sameKind ? targets.findIndex((known) => sameTarget(known, target)) : messageKinds.indexOf(kindOf(target));
  const names = sameKind ? targetEvidence : kindEvidenceNames;
  const readValue = (target: TargetName, place: number): number =>
    (sameKind ? values : kinds)[lineOf(target) * names.length + place] ?? 0;
  return names
    .map((name, place) => {
      const [ours, theirs] = [readValue(first, place), readValue(second, place)];
      const weight = (sameKind ? weights.targets : weights.kinds)[place] ?? 0;
      return {
        difference: weight * (ours - theirs),
        evidence: {
          on: sameKind ? ('target' as const) : ('kind' as const),
          name,
          // Within a kind both are judged by the same evidence; two kinds have none in common.
          inFavour: sameKind ? ours > theirs : ours !== 0,
          low: !sameKind && ours + theirs < 0,
        },
      };
    })
    .filter(({ difference }) => difference >= leastDifference)
    .sort((a, b) => b.difference - a.difference)
    .map(({ evidence }) => evidence);
}
