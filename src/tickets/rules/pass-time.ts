import type { OpenTicket } from '../../store/ticket.ts';
import type { TicketChange, TicketSituation } from './ticket.ts';

/**
 * What time alone does to an open ticket: the reminder that an operator asked for; one to the salon when nobody claims it; a question when nobody writes, then the
 * end. At most one of them a call, so that a bot that was away for a week does not close what it should ask about.
 */
export function passTime(ticket: OpenTicket, situation: TicketSituation): TicketChange {
  const { now, delays, openTime } = situation;
  const { stage, number, reminder } = ticket;
  if (reminder !== null && now >= reminder.at) {
    const say = {
      id: 'ticket.rappel-venu',
      values: { numero: number, qui: { userId: reminder.by } },
    } as const;
    return {
      ticket: { ...ticket, reminder: null, activeAt: now },
      effects: [{ type: 'tell-thread', say, notify: reminder.by }, { type: 'refresh-ticket' }],
    };
  }
  if (stage.status === 'waiting' && !stage.reminded && openTime(stage.since, now) >= delays.claim) {
    return {
      ticket: { ...ticket, stage: { ...stage, reminded: true } },
      effects: [
        {
          type: 'tell-salon',
          say: {
            id: 'ticket.rappel',
            values: { numero: number, minutes: Math.round(delays.claim / 60_000) },
          },
        },
        {
          type: 'tell-agent',
          say: { id: 'conseiller.attente', values: { numero: number } },
          numbers: true,
        },
      ],
    };
  }
  // Put off on purpose: it is not asked about before.
  if (reminder !== null && ticket.askedAt === null) return { ticket, effects: [] };
  if (ticket.askedAt === null) {
    if (openTime(ticket.activeAt, now) < delays.idle) return { ticket, effects: [] };
    const minutes = Math.round(delays.close / 60_000);
    return {
      ticket: { ...ticket, askedAt: now },
      effects: [
        { type: 'tell-agent', say: { id: 'conseiller.toujours-la', values: { numero: number, minutes } } },
        {
          type: 'tell-thread',
          say: { id: 'ticket.toujours-la', values: { numero: number, minutes } },
          ...(stage.status === 'held' ? { notify: stage.by } : {}),
        },
      ],
    };
  }
  if (openTime(ticket.askedAt, now) < delays.close) return { ticket, effects: [] };
  const wasHeld = stage.status === 'held';
  return {
    ticket: {
      ...ticket,
      stage: { status: 'closed', at: now, reason: 'idle', satisfaction: wasHeld ? 'asked' : 'not-asked' },
      askedAt: null,
    },
    effects: [
      {
        type: 'tell-agent',
        say: { id: 'conseiller.sans-nouvelles', values: { numero: number } },
        numbers: true,
      },
      ...(wasHeld ? [{ type: 'ask-satisfaction' } as const] : []),
      { type: 'refresh-ticket' },
      { type: 'tell-thread', say: { id: 'ticket.sans-nouvelles', values: { numero: number } } },
    ],
  };
}
