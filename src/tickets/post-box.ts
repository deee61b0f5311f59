import type { Block } from '../conversation/conversation.ts';
import { composeTicketSeries } from '../messages/compose.ts';
import type { Address, EventId, MessageReference, OutgoingId, RoomId, UserId } from '../messages/ids.ts';
import type { OutgoingContent, OutgoingMessage } from '../messages/outgoing-message.ts';
import type { TicketMessage } from '../store/ticket-message-table.ts';
import type { StoredTicket } from '../store/ticket-table.ts';
import type { DeskTools } from './desk-tools.ts';

/** What the ticket remembers of a message of the bot. */
export interface Note {
  readonly kind: TicketMessage['kind'];
  /** The message that this one is a copy, or a later version, of; the one in hand by default. */
  readonly source?: string;
}

/** Collects what one message, or one tick of the clock, has the desk say; notes which ticket each belongs to. */
export interface PostBox {
  readonly messages: readonly OutgoingMessage[];
  /** Where what belongs to no ticket is said. */
  readonly salon: RoomId;
  /** The id that the next message gets. */
  nextId(): OutgoingId;
  toAgent(stored: StoredTicket, content: OutgoingContent, note?: Note): OutgoingId;
  /** In the ticket's thread. */
  toThread(stored: StoredTicket, content: OutgoingContent, note?: Note): OutgoingId;
  /** In the salon, beside the threads. `stored`: the ticket that it belongs to, if any. */
  toSalon(
    stored: StoredTicket | null,
    content: OutgoingContent,
    thread?: MessageReference | null,
  ): OutgoingId;
  /** In a room that is neither. */
  toRoom(room: RoomId, content: OutgoingContent): void;
  /** Deletes an event of a room, by its id. */
  erase(room: RoomId, event: EventId): void;
  /** A message made of sentences. */
  compose(
    blocks: readonly Block[],
    change?: { readonly inReplyTo?: EventId | null; readonly mention?: UserId | null },
  ): OutgoingContent;
}

/**
 * @param turnId the event that all this answers; for a timer, an id of its own
 * @param origin tells apart two boxes of the same turn
 * @param salon where what belongs to no ticket is said; the default one by default
 */
export function createPostBox(
  tools: DeskTools,
  turnId: string,
  now: number,
  {
    origin = 'ticket',
    salon = tools.salon,
  }: { readonly origin?: 'ticket' | 'opening'; readonly salon?: RoomId } = {},
): PostBox {
  const series = composeTicketSeries(turnId, origin);

  function post(
    stored: StoredTicket | null,
    to: { readonly address: Address; readonly thread: MessageReference | null; readonly agent: UserId | '' },
    content: OutgoingContent,
    side: TicketMessage['side'],
    { kind, source = turnId }: Note = { kind: 'notice' },
  ): OutgoingId {
    const id = series.add(to, content);
    if (stored) {
      const ticket = stored.ticket.number;
      tools.messages.add({ outgoing: id, ticket, turnId: source, at: now, side, kind });
    }
    return id;
  }

  return {
    messages: series.messages,
    salon,
    nextId: series.nextId,
    toAgent: (stored, content, note) => {
      const to = { address: tools.reach(stored), thread: null, agent: stored.ticket.agent };
      return post(stored, to, content, 'agent', note);
    },
    // Whoever asks to be forgotten is forgotten here too: hence the agent as the person of what the salon reads.
    toThread: (stored, content, note) => {
      const to = { address: stored.salon, thread: stored.root, agent: stored.ticket.agent };
      return post(stored, to, content, 'salon', note);
    },
    toSalon: (stored, content, thread = null) => {
      const to = { address: stored?.salon ?? salon, thread, agent: stored?.ticket.agent ?? '' };
      return post(stored, to, content, 'salon');
    },
    toRoom(room, content) {
      post(null, { address: room, thread: null, agent: '' }, content, 'salon');
    },
    erase(room, event) {
      post(null, { address: room, thread: null, agent: '' }, { type: 'redaction', of: event }, 'salon');
    },
    compose(blocks, { inReplyTo = null, mention = null } = {}) {
      const { body, html } = tools.render({ blocks });
      return { type: 'message', text: body, html, inReplyTo, mention };
    },
  };
}
