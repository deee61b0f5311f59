import type { Handled } from '../bot/bot.ts';
import type { Address } from '../messages/ids.ts';
import type { OutgoingMessage } from '../messages/outgoing-message.ts';

/** A message as somebody in the room sees it. */
export interface LocalReply {
  readonly to: 'room' | 'support';
  readonly room: Address;
  readonly text: string;
  readonly html: string;
  /** Reactions that the bot put under it. */
  readonly reactions: readonly string[];
  /** True when it replaces an earlier message of the bot. */
  readonly edit: boolean;
}

/** What the room shows after a message was handled; reactions are put with the message they are under. */
export function listReplies(
  handled: Handled,
  isSupport: (message: OutgoingMessage) => boolean,
): { replies: LocalReply[]; deleted: number } {
  const replies: (LocalReply & { reactions: string[] })[] = [];
  const byId = new Map<string, { reactions: string[] }>();
  let deleted = 0;
  for (const message of handled.outgoing) {
    const { content } = message;
    switch (content.type) {
      case 'message':
      case 'media':
      case 'edit': {
        const text = content.type === 'media' ? `${content.prefix} ${content.attachment.name}` : content.text;
        const reply = {
          to: isSupport(message) ? ('support' as const) : ('room' as const),
          room: message.address,
          text,
          html: content.type === 'media' ? text : content.html,
          reactions: [],
          edit: content.type === 'edit',
        };
        replies.push(reply);
        byId.set(content.type === 'edit' ? content.of : message.id, reply);
        break;
      }
      case 'reaction':
        byId.get(content.of)?.reactions.push(content.key);
        break;
      case 'redaction':
        if (message.origin !== 'reaction') deleted += 1;
        break;
    }
  }
  return { replies, deleted };
}
