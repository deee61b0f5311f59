import { trainMatcher } from './train-matcher.ts';
import type { Matcher, TrainingSet } from './understanding.ts';

/**
 * Learns to match French messages to intents. Pure and deterministic.
 *
 * @example
 * const matcher = createMatcher(trainingSetOf(content));
 * matcher.understand('mon vpn marche plus').candidates[0]?.id; // 'noemi-vpn'
 */
export function createMatcher(training: TrainingSet): Matcher {
  return trainMatcher(training).matcher;
}
