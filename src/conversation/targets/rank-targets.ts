import type { Content, TargetName } from '../../knowledge/content.ts';
import { shareOut } from '../../understanding/ranking/share-out.ts';
import type { TargetWeights } from '../../understanding/understanding.ts';
import { gatherSigns, listTargets } from './gather-signs.ts';
import type { MessageReadings } from './read-message.ts';
import type { ReadingContext } from './reading-context.ts';
import { kindOf, type MessageKind, messageKinds } from './target.ts';
import { pickLines, valuesOfKinds, valuesOfTargets } from './weigh-evidence.ts';

export interface RankedTarget {
  readonly target: TargetName;
  /** Probability that the message is about it. */
  readonly share: number;
}

export interface WeighedTargets {
  readonly targets: readonly TargetName[];
  /** Evidence on each target, and on each of `messageKinds`, laid end to end. */
  readonly values: Float64Array;
  readonly kinds: Float64Array;
}

/** Every target worth weighing, with its evidence. `right`: one to keep whatever its chances (training). */
export function collectTargets(
  readings: MessageReadings,
  context: ReadingContext,
  content: Content,
  right: TargetName | null = null,
): WeighedTargets {
  const signs = gatherSigns(readings, context, content, right !== null);
  const targets = listTargets(signs, right);
  return { targets, values: valuesOfTargets(signs, targets), kinds: valuesOfKinds(signs) };
}

/**
 * What a message may be about, those of the likeliest kind first, best first: two conditional logits (McFadden, 1974), one
 * on the kind, one within it. A share is the kind's times that within the kind.
 */
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
