import type { Candidate, TrainedMatcher, Understanding } from '../../understanding/understanding.ts';

/**
 * What a matcher that was taught a text would make of it unseen: `candidates` come from its cross-validation. It reads the
 * text and does not judge it; readings of a message look at nothing else of an understanding.
 */
export function readUnseen(
  matcher: TrainedMatcher,
  text: string,
  candidates: readonly Candidate[],
): Understanding {
  return {
    decision: 'refuse',
    candidates,
    confidence: 0,
    choices: [],
    alsoAsked: [],
    nearest: [],
    thresholds: { answer: 1, refuse: 1 },
    reading: matcher.read(text),
  };
}
