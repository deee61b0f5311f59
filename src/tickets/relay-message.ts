import { isEventId } from '../messages/ids.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { StoredTicket } from '../store/ticket-table.ts';
import { composeRelay, costOf } from './compose-relay.ts';
import type { DeskTools } from './desk-tools.ts';
import type { PostBox } from './post-box.ts';

/** Bytes of a caption that stands in the event of its file, beside a thumbnail and keys. */
const largestCaption = 10_000;

interface Occasion {
  readonly tools: DeskTools;
  readonly box: PostBox;
}

/** Passes on what was written, sent or rewritten, to the agent's direct message or to the ticket's thread. */
export function relayMessage(
  stored: StoredTicket,
  message: IncomingMessage,
  to: 'agent' | 'salon',
  { tools, box }: Occasion,
): void {
  const { input } = message;
  const prefix = tools.say({
    id: to === 'agent' ? 'conseiller.prefixe' : 'ticket.prefixe-agent',
    values: {},
  });
  const post = to === 'agent' ? box.toAgent : box.toThread;
  // A later version is found again, to be deleted, by the message that it rewrites.
  const note = { kind: 'relay', source: input.type === 'edit' ? input.turnId : message.id } as const;
  const say = (text: string, start = prefix): void => {
    for (const part of composeRelay(start, text)) {
      post(stored, { type: 'message', ...part, inReplyTo: null, mention: null }, note);
    }
  };
  switch (input.type) {
    case 'text':
      say(input.text);
      break;
    case 'edit': {
      // An operator may have answered the first version; the agent reads one text, as in any conversation.
      const anew = `${prefix} ${tools.say({ id: 'ticket.modifie', values: {} })}`;
      const parts = composeRelay(to === 'salon' ? anew : prefix, input.text);
      const [first] = parts;
      const relayed = findRelays(input.turnId, to, tools).filter(
        ({ outgoing }) => tools.store.outgoing.find(outgoing)?.kind === 'message',
      );
      const [target] = relayed;
      // What was passed on in several events, or not at all, is said anew.
      if (target && first && relayed.length === 1 && parts.length === 1) {
        post(stored, { type: 'edit', of: target.outgoing, ...first }, note);
      } else {
        say(input.text, anew);
      }
      break;
    }
    case 'media':
      if (message.attachment) {
        const { caption } = message.attachment;
        // What is long is said after the file, in as many parts as it takes.
        const apart = caption !== null && costOf(caption) > largestCaption;
        const attachment = apart ? { ...message.attachment, caption: null } : message.attachment;
        post(stored, { type: 'media', attachment, prefix }, note);
        if (apart) say(caption);
      } else if (to === 'salon') {
        say(tools.say({ id: 'ticket.piece-illisible', values: {} }));
      }
      break;
    case 'reaction':
      // What carries the reaction here is the copy of `turn`: the reaction goes under the original.
      if (isEventId(input.turnId)) post(stored, { type: 'reaction', of: input.turnId, key: input.key }, note);
      break;
    case 'deletion':
    case 'arrival':
      break;
  }
}

/**
 * Deletes every copy of a message, later versions included; what has not left yet never will. Returns the tickets in whose
 * thread one could be read.
 */
export function withdrawRelays(turnId: string, { tools, box }: Occasion): ReadonlySet<number> {
  const read = new Set<number>();
  for (const { outgoing, ticket, side, kind } of tools.messages.findByTurn(turnId)) {
    if (kind !== 'relay' || tools.store.outgoing.cancel(outgoing)) continue;
    const stored = tools.tickets.find(ticket);
    const sent = tools.store.outgoing.find(outgoing);
    if (!stored || !sent || sent.kind === 'redaction') continue;
    const content = { type: 'redaction', of: outgoing } as const;
    if (side === 'salon') {
      box.toThread(stored, content);
      read.add(ticket);
    } else box.toAgent(stored, content);
  }
  return read;
}

/** Copies of the message `turn` on that side. */
export function findRelays(turnId: string, side: 'agent' | 'salon', { messages }: DeskTools) {
  return messages.findByTurn(turnId).filter((message) => message.kind === 'relay' && message.side === side);
}
