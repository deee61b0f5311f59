import type { Matcher, Mind, Understanding } from '../../understanding/understanding.ts';
import { kindPrior, targetPrior } from './weigh-evidence.ts';

const none: Understanding = {
  decision: 'refuse',
  candidates: [],
  confidence: 0,
  choices: [],
  alsoAsked: [],
  nearest: [],
  thresholds: { answer: 1, refuse: 1 },
  reading: { normalised: '', words: [], corrections: [], products: [], outOfScopeProducts: [] },
};

/** A mind that knows intents alone: the page's preview of a fiche, and tests that say themselves what is understood. */
export function createSoloMind(intents: Matcher): Mind {
  const nothing: Matcher = { understand: () => none };
  return { intents, facts: nothing, acts: nothing, weights: { kinds: kindPrior, targets: targetPrior } };
}
