import type { Messages } from '../../knowledge/content.ts';
import type { MessageId, messageCatalogue } from '../../knowledge/message-catalogue.ts';

type Placeholder<Id extends MessageId> = (typeof messageCatalogue)[Id][number];

/** Fills the sentence `id` of knowledge/messages.yaml. The values are ours (titles, numbers), never a person's text. */
export type Say = <Id extends MessageId>(
  id: Id,
  ...values: [Placeholder<Id>] extends [never] ? [] : [Readonly<Record<Placeholder<Id>, string | number>>]
) => string;

export function createSay(messages: Messages): Say {
  return (id, ...values) => {
    const filled: Readonly<Record<string, string | number>> = values[0] ?? {};
    // The loader has refused a catalogue with holes: the id only shows with hand-made contents.
    const template = messages.texts.get(id) ?? id;
    return template.replace(/\{([a-z-]+)\}/g, (hole, name: string) => String(filled[name] ?? hole));
  };
}
