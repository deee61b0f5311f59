import type { Opinions } from '../classifiers/consult-classifiers.ts';
import type { ClassTraits } from '../classifiers/lay-outputs.ts';
import type { Message } from '../reading/read-message.ts';
import type { ReadText } from '../reading/read-words.ts';
import { collectEvidence, type Evidence } from './collect-evidence.ts';

/** Asks every classifier about each sentence of the message, then about the whole. `right`: see collectEvidence. */
export function weighMessage(
  opine: (text: ReadText) => Opinions,
  traits: readonly ClassTraits[],
  message: Message,
  right?: number,
): Evidence {
  const sentences = message.sentences.map(({ read }) => opine(read));
  return collectEvidence(message, opine(message.whole), sentences, traits, right);
}
