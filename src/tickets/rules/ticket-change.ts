import type { UserId } from '../../messages/ids.ts';
import type { Ticket } from '../../store/ticket.ts';
import type { Sentence, TicketChange, TicketEffect } from './ticket.ts';

export function refuse(ticket: Ticket, say: Sentence): TicketChange {
  return { ticket, effects: [{ type: 'answer-operator', say }] };
}

export function unchanged(ticket: Ticket): TicketChange {
  return { ticket, effects: [] };
}

export function tell(
  id: Sentence['id'],
  values: Sentence['values'],
): Extract<TicketEffect, { type: 'tell-thread' }> {
  return { type: 'tell-thread', say: { id, values } };
}

export function user(userId: UserId): { readonly userId: UserId } {
  return { userId };
}

export function keepNote(ticket: Ticket, note: string): readonly TicketEffect[] {
  return [{ type: 'record-note', note }, tell('ticket.note-gardee', { numero: ticket.number })];
}
