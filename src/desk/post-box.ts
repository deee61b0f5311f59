import { outgoingId } from '../compose-outgoing.ts';
import type { Block } from '../conversation/conversation.ts';
import type { OutgoingContent, OutgoingMessage } from '../store/outgoing-table.ts';
import type { TicketMessage } from '../store/ticket-message-table.ts';
import type { StoredTicket } from '../store/ticket-table.ts';
import type { DeskTools } from './desk-tools.ts';

/** Collects what one message, or one tick of the clock, has the desk say; notes which ticket each belongs to. */
export interface PostBox {
  readonly messages: readonly OutgoingMessage[];
  /** The id that the next message gets. */
  nextId(): string;
  toAgent(stored: StoredTicket, content: OutgoingContent, kind?: TicketMessage['kind']): string;
  /** In the ticket's thread. */
  toThread(stored: StoredTicket, content: OutgoingContent, kind?: TicketMessage['kind']): string;
  /** In the salon, beside the threads. `stored`: the ticket that it belongs to, if any. */
  toSalon(stored: StoredTicket | null, content: OutgoingContent, thread?: string | null): string;
  /** Deletes an event of a room, by its id. */
  erase(room: string, event: string): void;
  /** A message made of sentences. */
  compose(
    blocks: readonly Block[],
    change?: { readonly inReplyTo?: string | null; readonly mention?: string | null },
  ): OutgoingContent;
}

/**
 * @param turn the event that all this answers; for a timer, an id of its own
 * @param series tells apart two boxes of the same turn
 */
export function createPostBox(
  tools: DeskTools,
  turn: string,
  now: number,
  series: 'ticket' | 'opening' = 'ticket',
): PostBox {
  const messages: OutgoingMessage[] = [];
  const unnoted = { side: 'salon', kind: 'notice' } as const;

  function post(
    stored: StoredTicket | null,
    to: { readonly address: string; readonly thread: string | null; readonly person: string },
    content: OutgoingContent,
    note: Pick<TicketMessage, 'side' | 'kind'>,
  ): string {
    const id = outgoingId(turn, series, messages.length);
    messages.push({ id, turn, conversation: to.address, ...to, content });
    if (stored) tools.messages.add({ outgoing: id, ticket: stored.ticket.number, turn, at: now, ...note });
    return id;
  }

  return {
    messages,
    nextId: () => outgoingId(turn, series, messages.length),
    toAgent: (stored, content, kind = 'notice') =>
      post(stored, { address: tools.reach(stored), thread: null, person: stored.ticket.agent }, content, {
        side: 'agent',
        kind,
      }),
    // Whoever asks to be forgotten is forgotten here too: hence the agent as the person of what the salon reads.
    toThread: (stored, content, kind = 'notice') =>
      post(stored, { address: stored.salon, thread: stored.root, person: stored.ticket.agent }, content, {
        side: 'salon',
        kind,
      }),
    toSalon: (stored, content, thread = null) =>
      post(
        stored,
        { address: stored?.salon ?? tools.salon, thread, person: stored?.ticket.agent ?? '' },
        content,
        { side: 'salon', kind: 'notice' },
      ),
    erase(room, event) {
      post(null, { address: room, thread: null, person: '' }, { type: 'redaction', of: event }, unnoted);
    },
    compose(blocks, { inReplyTo = null, mention = null } = {}) {
      const { body, html } = tools.render({ blocks });
      return { type: 'message', text: body, html, inReplyTo, mention };
    },
  };
}
