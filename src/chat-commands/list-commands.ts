import type { Block } from '../conversation/conversation.ts';
import { say } from '../conversation/rendering/say.ts';
import type { Content } from '../knowledge/content.ts';
import type { SentenceId } from '../knowledge/sentence-catalogue.ts';
import type { Capabilities } from './capabilities.ts';
import type { Asker, Who } from './chat-command.ts';
import { chatCommands } from './chat-commands.ts';
import { mayUse } from './find-chat-command.ts';

const sections: readonly { readonly who: Who; readonly title: SentenceId; readonly after?: SentenceId }[] = [
  { who: 'operators', title: 'aide.titre-conseillers', after: 'aide.fil' },
  { who: 'administrators', title: 'aide.titre-administrateurs' },
  { who: 'everybody', title: 'aide.titre' },
];

/** `!aide`: what the one who asks may write where they ask; `inService` leaves out what is switched off. */
export function listCommands(
  asker: Asker,
  content: Content,
  inService: (capability: keyof Capabilities) => boolean,
): readonly Block[] {
  const blocks = sections
    .filter(({ who }) => mayUse(who, asker))
    .flatMap(({ who, title, after }): Block[] => {
      const lines = chatCommands
        .filter((command) => command.who === who && inService(command.uses))
        .map(({ help }) => ({ text: say(content, help) }));
      if (lines.length === 0) return [];
      return [
        { type: 'heading', text: say(content, title) },
        { type: 'bullets', items: lines },
        ...(after ? [{ type: 'paragraph', text: say(content, after) } as const] : []),
      ];
    });
  if (asker.isOperator) return blocks;
  return [...blocks, { type: 'paragraph', text: say(content, 'aide.question') }];
}
