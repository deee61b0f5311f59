import type { Ticket } from '../../store/ticket.ts';
import type { Arrangement } from './arrange-ticket.ts';
import type { TicketChange, TicketEvent } from './ticket.ts';
import { keepNote, refuse, tell, unchanged } from './ticket-change.ts';

/** Nothing opens it again; its agent may still say whether it is solved. */
export function applyToClosed(ticket: Ticket, event: Exclude<TicketEvent, Arrangement>): TicketChange {
  const { stage, number } = ticket;
  if (stage.status !== 'closed') return unchanged(ticket);
  switch (event.type) {
    case 'claim':
    case 'release':
    case 'transfer':
    case 'close':
    case 'change-salon':
    case 'operator-sends':
      return refuse(ticket, { id: 'ticket.deja-clos', values: { numero: number } });
    case 'operator-writes':
      if (ticket.told.includes(event.by)) return unchanged(ticket);
      return {
        ticket: { ...ticket, told: [...ticket.told, event.by] },
        effects: [
          { type: 'answer-operator', say: { id: 'ticket.clos-non-transmis', values: { numero: number } } },
        ],
      };
    case 'note':
      return { ticket, effects: keepNote(ticket, event.note) };
    case 'satisfaction':
      if (stage.satisfaction !== 'asked' && stage.satisfaction !== 'passed-over') return unchanged(ticket);
      return {
        ticket: {
          ...ticket,
          stage: { ...stage, satisfaction: event.resolved ? 'resolved' : 'unresolved' },
        },
        effects: [
          {
            type: 'tell-agent',
            say: { id: event.resolved ? 'conseiller.satisfait' : 'conseiller.pas-satisfait', values: {} },
            numbers: !event.resolved,
          },
          tell(event.resolved ? 'ticket.satisfait' : 'ticket.pas-satisfait', { numero: number }),
        ],
      };
    case 'agent-moves-on':
      if (stage.satisfaction !== 'asked') return unchanged(ticket);
      return { ticket: { ...ticket, stage: { ...stage, satisfaction: 'passed-over' } }, effects: [] };
    case 'operator-writes-beside':
    case 'agent-writes':
    case 'agent-message-withheld':
    case 'agent-deletes':
    case 'agent-ends':
    case 'agent-accepts':
    case 'agent-declines':
    case 'operator-left':
    case 'agent-left':
    case 'agent-back':
    case 'salon-replaced':
    case 'salon-lost':
    case 'tick':
      return unchanged(ticket);
  }
}
