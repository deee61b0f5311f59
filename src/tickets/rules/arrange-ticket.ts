import type { Ticket } from '../../store/ticket.ts';
import type { Sentence, TicketChange, TicketEvent } from './ticket.ts';

export type Arrangement = Extract<TicketEvent, { readonly type: 'rename' | 'prioritise' | 'remind' }>;

/** What operators do for themselves: name, order and be reminded. The agent learns nothing of it, and nobody need hold it. */
export function arrangeTicket(ticket: Ticket, event: Arrangement): TicketChange {
  const numero = ticket.number;
  switch (event.type) {
    case 'rename':
      return shown(
        { ...ticket, title: event.title },
        event.title === null
          ? { id: 'ticket.sans-titre', values: { numero } }
          : { id: 'ticket.renommee', values: { numero, titre: event.title } },
      );
    case 'prioritise':
      return shown(
        { ...ticket, priority: event.priority },
        { id: `ticket.priorite-${event.priority}`, values: { numero } },
      );
    case 'remind':
      return shown(
        { ...ticket, reminder: event.reminder === null ? null : { at: event.reminder.at, by: event.by } },
        event.reminder === null
          ? { id: 'ticket.rappel-annule', values: { numero } }
          : { id: 'ticket.rappel-note', values: { numero, date: event.reminder.date } },
      );
  }
}

function shown(ticket: Ticket, say: Sentence): TicketChange {
  return { ticket, effects: [{ type: 'refresh-ticket' }, { type: 'answer-operator', say }] };
}
