import { collectEvidence, type Evidence } from './collect-evidence.ts';
import type { Opinions } from './consult-classifiers.ts';
import type { ClassTraits } from './lay-outputs.ts';
import type { Message } from './read-message.ts';
import type { ReadText } from './read-words.ts';

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
