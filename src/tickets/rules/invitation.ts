import type { ClosingReason, OpenTicket } from '../../store/ticket.ts';
import type { Sentence, TicketChange, TicketEffect, TicketEvent, TicketSituation } from './ticket.ts';

/** Whoever has not answered by then would not know any more what this was about. */
const lasts = 24 * 3_600_000;

/**
 * A ticket that an operator began, until the agent answers: nothing goes to the agent before, and no answer is a refusal.
 * null: the common rules say what happens.
 */
export function applyToInvitation(
  ticket: OpenTicket,
  event: TicketEvent,
  situation: TicketSituation,
): TicketChange | null {
  const { number, stage } = ticket;
  if (!ticket.awaitsConsent || stage.status !== 'held') return null;
  const isHolder = 'by' in event && event.by === stage.by;
  const pending: Sentence = { id: 'ticket.invitation-en-attente', values: { numero: number } };
  switch (event.type) {
    case 'agent-accepts':
      return accept(ticket, situation, false, []);
    case 'agent-writes':
      return accept(ticket, situation, true, [{ type: 'relay-to-thread' }]);
    case 'agent-declines':
    case 'agent-ends':
    case 'agent-left':
      return end(ticket, situation, 'agent', 'conseiller.invitation-declinee', [
        tell('ticket.invitation-declinee', ticket),
      ]);
    case 'operator-writes':
      if (!isHolder) return null;
      if (ticket.told.includes(event.by)) return { ticket, effects: [] };
      return {
        ticket: { ...ticket, told: [...ticket.told, event.by] },
        effects: [{ type: 'answer-operator', say: pending }],
      };
    case 'operator-sends':
    case 'change-salon':
    case 'release':
      return isHolder ? { ticket, effects: [{ type: 'answer-operator', say: pending }] } : null;
    case 'operator-left':
      if (event.operator !== stage.by) return null;
      return end(ticket, situation, 'idle', 'conseiller.invitation-retiree', [
        tell('ticket.invitation-retiree', ticket),
      ]);
    case 'close':
      if (!isHolder) return null;
      return end(ticket, situation, 'operator', 'conseiller.invitation-retiree', [
        tell('ticket.invitation-retiree', ticket),
        ...(event.note === null ? [] : [{ type: 'record-note', note: event.note } as const]),
      ]);
    case 'tick':
      if (situation.now - ticket.openedAt < lasts) return { ticket, effects: [] };
      return end(ticket, situation, 'idle', 'conseiller.invitation-retiree', [
        tell('ticket.invitation-sans-reponse', ticket),
      ]);
    default:
      return null;
  }
}

function accept(
  ticket: OpenTicket,
  { now }: TicketSituation,
  awaitsReply: boolean,
  passed: readonly TicketEffect[],
): TicketChange {
  return {
    ticket: { ...ticket, awaitsConsent: false, agentPresent: true, activeAt: now, awaitsReply, told: [] },
    effects: [
      { type: 'refresh-ticket' },
      { type: 'tell-agent', say: { id: 'conseiller.prise-en-charge', values: { numero: ticket.number } } },
      tell('ticket.invitation-acceptee', ticket),
      ...passed,
    ],
  };
}

/** Nobody asks whether it is solved: the two have not spoken. */
function end(
  ticket: OpenTicket,
  { now }: TicketSituation,
  reason: ClosingReason,
  told: Sentence['id'],
  others: readonly TicketEffect[],
): TicketChange {
  return {
    ticket: {
      ...ticket,
      stage: { status: 'closed', at: now, reason, satisfaction: 'not-asked' },
      awaitsConsent: false,
      askedAt: null,
    },
    effects: [
      { type: 'tell-agent', say: { id: told, values: { numero: ticket.number } } },
      { type: 'refresh-ticket' },
      ...others,
    ],
  };
}

function tell(id: Sentence['id'], { number }: OpenTicket): TicketEffect {
  return { type: 'tell-thread', say: { id, values: { numero: number } } };
}
