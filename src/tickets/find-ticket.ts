import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { StoredTicket } from '../store/ticket-table.ts';
import type { Occasion } from './carry-out.ts';

/**
 * The ticket that an operator's message is about: by the thread; by the message replied to; for a reaction, an edit, by
 * the message concerned.
 */
export function findTicket(
  message: IncomingMessage,
  { tools }: Pick<Occasion, 'tools'>,
): StoredTicket | null {
  const { input, thread, inReplyTo } = message;
  const { messages, tickets, store } = tools;
  const byOutgoing = (id: string | undefined) => (id === undefined ? undefined : messages.find(id)?.ticket);
  const byEvent = (event: string) =>
    byOutgoing(event) ??
    byOutgoing(store.outgoing.findByEvent(event)?.id) ??
    messages.findByTurn(event)[0]?.ticket;
  const turn = input.type === 'reaction' || input.type === 'edit' ? input.turnId : null;
  for (const event of [turn, thread, inReplyTo ?? null]) {
    const number = event === null ? undefined : byEvent(event);
    if (number !== undefined) return tickets.find(number);
  }
  return null;
}
