import { collectEvidence, type Evidence } from './collect-evidence.ts';
import type { Consultation } from './consult-classifiers.ts';
import { extractFeatures } from './extract-features.ts';
import type { ClassTraits } from './lay-outputs.ts';
import type { Message } from './read-message.ts';
import { type SparseVector, toVector, type VectorSpace } from './vector-space.ts';

/** Asks every classifier about the message and about each of its sentences. `right`: see collectEvidence. */
export function weighMessage(
  consultation: Consultation,
  space: VectorSpace,
  traits: readonly ClassTraits[],
  message: Message,
  vector: SparseVector = toVector(space, extractFeatures(message.whole.words)),
  right?: number,
): Evidence {
  const sentences = message.sentences.map(({ read }) =>
    consultation.opine(read, toVector(space, extractFeatures(read.words))),
  );
  // The whole comes last: `consultation.cosines` then tells which questions are nearest to it.
  const whole = consultation.opine(message.whole, vector);
  return collectEvidence(message, whole, sentences, traits, right);
}
