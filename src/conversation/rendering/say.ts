import type { Content, Sentences } from '../../knowledge/content.ts';
import type { SentenceId, sentenceCatalogue } from '../../knowledge/sentence-catalogue.ts';
import { plural } from '../../text/plural.ts';

type Placeholder<Id extends SentenceId> = (typeof sentenceCatalogue)[Id][number];

/**
 * Fills the sentence `id` of knowledge/messages.yaml. The values are ours (titles, numbers), never a person's text.
 * `{nombre:heure|heures}` is the form of a word that goes with the number: « {rang}{rang:ʳᵉ|ᵉ} », « 1ʳᵉ », « 2ᵉ ».
 */
export type Say = <Id extends SentenceId>(
  id: Id,
  ...values: [Placeholder<Id>] extends [never] ? [] : [Readonly<Record<Placeholder<Id>, string | number>>]
) => string;

export function createSay(sentences: Sentences): Say {
  return (id, ...values) => fill(sentences, id, values[0] ?? {});
}

/** The same for whoever picks the sentence while running (bot/, matrix/, tickets/): the values are not checked by type. */
export function say(
  content: Content,
  id: SentenceId,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return fill(content.sentences, id, values);
}

function fill(
  sentences: Sentences,
  id: SentenceId,
  values: Readonly<Record<string, string | number>>,
): string {
  // The loader has refused a catalogue with holes: the id only shows with hand-made contents.
  const template = sentences.texts.get(id) ?? id;
  return template.replace(
    /\{([a-z-]+)(?::([^{}|]*)\|([^{}|]*))?\}/g,
    (hole, name: string, one?: string, many?: string) => {
      const value = values[name];
      return one === undefined ? String(value ?? hole) : plural(Number(value), one, many);
    },
  );
}
