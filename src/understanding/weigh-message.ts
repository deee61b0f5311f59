import { collectEvidence, type Evidence } from './collect-evidence.ts';
import type { Message } from './read-message.ts';
import type { Classifiers } from './train-classifiers.ts';
import type { SparseVector } from './vector-space.ts';

/** Asks every classifier about the message and about each of its sentences. `right`: see collectEvidence. */
export function weighMessage(
  { consultation, outputs, vectorOf }: Classifiers,
  message: Message,
  vector: SparseVector,
  right?: number,
): Evidence {
  const sentences = message.sentences.map(({ read }) => consultation.opine(read, vectorOf(read)));
  // The whole comes last: `consultation.cosines` then tells which questions are nearest to it.
  const whole = consultation.opine(message.whole, vector);
  return collectEvidence(message, whole, sentences, outputs.traits, right);
}
