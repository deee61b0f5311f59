import { isEventId, isOutgoingId, type OutgoingId } from '../messages/ids.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { StoredTicket } from '../store/ticket-table.ts';
import type { Occasion } from './carry-out.ts';

/**
 * The ticket that an operator's message is about: by the thread; by the message replied to; for a reaction, an edit, by
 * the message concerned.
 *
 * A message outside any thread is the root of its own. What the desk has just said on its occasion (an agent is back)
 * bears its id too and belongs to a ticket: that does not make the message one for the agent.
 */
export function findTicket(
  message: IncomingMessage,
  { tools }: Pick<Occasion, 'tools'>,
): StoredTicket | null {
  const { id, input, inReplyTo } = message;
  const thread = message.thread === id ? null : message.thread;
  const { messages, tickets, store } = tools;
  const byOutgoing = (id: OutgoingId | undefined) =>
    id === undefined ? undefined : messages.find(id)?.ticket;
  const oursBy = (reference: string): OutgoingId | undefined => {
    if (isEventId(reference)) return store.outgoing.findByEvent(reference)?.id;
    return isOutgoingId(reference) ? reference : undefined;
  };
  const byReference = (reference: string) =>
    byOutgoing(oursBy(reference)) ?? messages.findByTurn(reference)[0]?.ticket;
  const turn = input.type === 'reaction' || input.type === 'edit' ? input.turnId : null;
  for (const reference of [turn, thread, inReplyTo ?? null]) {
    const number = reference === null ? undefined : byReference(reference);
    if (number !== undefined) return tickets.find(number);
  }
  return null;
}
