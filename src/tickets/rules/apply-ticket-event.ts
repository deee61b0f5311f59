import type { UserId } from '../../messages/ids.ts';
import { isOpen, type OpenTicket, type Ticket } from '../../store/ticket.ts';
import { applyToClosed } from './apply-to-closed.ts';
import { arrangeTicket } from './arrange-ticket.ts';
import { applyToInvitation } from './invitation.ts';
import { passTime } from './pass-time.ts';
import type { Sentence, TicketChange, TicketEffect, TicketEvent, TicketSituation } from './ticket.ts';
import { keepNote, refuse, tell, unchanged, user } from './ticket-change.ts';

/**
 * One step of a ticket's life. Total: every event is answered in every state, by a change or by a refusal, and a
 * refusal never changes who holds the ticket. Who is an operator is checked before: events come from members only.
 */
export function applyTicketEvent(
  ticket: Ticket,
  event: TicketEvent,
  situation: TicketSituation,
): TicketChange {
  if (event.type === 'rename' || event.type === 'prioritise' || event.type === 'remind') {
    return isOpen(ticket)
      ? arrangeTicket(ticket, event)
      : refuse(ticket, { id: 'ticket.deja-clos', values: { numero: ticket.number } });
  }
  if (!isOpen(ticket)) return applyToClosed(ticket, event);
  const invited = applyToInvitation(ticket, event, situation);
  if (invited !== null) return invited;
  switch (event.type) {
    case 'claim':
      return claim(ticket, event.by, situation);
    case 'release':
      return release(ticket, event.by, situation);
    case 'transfer':
      return transfer(ticket, event.by, event.to, situation);
    case 'close':
      return close(ticket, event.by, event.note, situation);
    case 'note':
      return { ticket, effects: keepNote(ticket, event.note) };
    case 'operator-writes':
      return operatorWrites(ticket, event.by, situation);
    case 'operator-sends':
      return operatorSends(ticket, event.by, situation);
    case 'operator-writes-beside':
      return operatorWritesBeside(ticket, event.by, event.thread);
    case 'agent-writes':
      return agentWrites(ticket, situation, [{ type: 'relay-to-thread' }]);
    case 'agent-message-withheld':
      return agentWrites(ticket, situation, withhold(event.warned));
    case 'agent-deletes':
      return { ticket, effects: [tell('ticket.agent-a-supprime', {})] };
    case 'agent-ends':
      return agentEnds(ticket, situation);
    case 'operator-left':
      if (ticket.stage.status !== 'held' || ticket.stage.by !== event.operator) return unchanged(ticket);
      return backToQueue(ticket, situation, tell('ticket.conseiller-parti', { qui: user(event.operator) }));
    case 'agent-left':
      if (!ticket.agentPresent) return unchanged(ticket);
      return {
        ticket: { ...ticket, agentPresent: false },
        effects: [{ type: 'refresh-ticket' }, tell('ticket.agent-parti', {})],
      };
    case 'agent-back':
      return ticket.agentPresent ? unchanged(ticket) : welcomeBack(ticket);
    case 'tick':
      return passTime(ticket, situation);
    case 'change-salon':
      return changeSalon(ticket, event.by, event.to, situation);
    case 'salon-replaced':
      return {
        ticket,
        effects: [
          tell('ticket.salon-remplace', { salon: event.lost }),
          {
            type: 'tell-administrators',
            say: {
              id: 'administrateurs.salon-remplace',
              values: { numero: ticket.number, salon: event.lost },
            },
          },
        ],
      };
    case 'salon-lost':
      return {
        ticket: {
          ...ticket,
          stage: { status: 'closed', at: situation.now, reason: 'salon-lost', satisfaction: 'not-asked' },
          askedAt: null,
        },
        effects: [
          {
            type: 'tell-agent',
            say: { id: 'conseiller.salon-perdu', values: { numero: ticket.number } },
            numbers: true,
          },
          {
            type: 'tell-administrators',
            say: { id: 'administrateurs.salon-perdu', values: { numero: ticket.number } },
          },
        ],
      };
    case 'agent-accepts':
    case 'agent-declines':
      // Nobody has invited them, or they have answered.
      return unchanged(ticket);
    case 'satisfaction':
    case 'agent-moves-on':
      // An open ticket has not been asked about.
      return unchanged(ticket);
  }
}

function claim(ticket: OpenTicket, by: UserId, { now }: TicketSituation): TicketChange {
  const { stage, number } = ticket;
  if (stage.status === 'held') {
    const id = stage.by === by ? 'ticket.deja-a-vous' : 'ticket.deja-pris';
    return refuse(ticket, { id, values: { numero: number, qui: user(stage.by) } });
  }
  return {
    ticket: held(ticket, by, now),
    effects: [
      { type: 'refresh-ticket' },
      tell('ticket.pris', { numero: number, qui: user(by) }),
      { type: 'tell-agent', say: { id: 'conseiller.prise-en-charge', values: { numero: number } } },
    ],
  };
}

function release(ticket: OpenTicket, by: UserId, situation: TicketSituation): TicketChange {
  const refusal = refusalOf(ticket, by);
  if (refusal) return refuse(ticket, refusal);
  return backToQueue(ticket, situation, tell('ticket.rendu', { numero: ticket.number, qui: user(by) }));
}

function transfer(ticket: OpenTicket, by: UserId, to: UserId, { now }: TicketSituation): TicketChange {
  const refusal = refusalOf(ticket, by);
  if (refusal) return refuse(ticket, refusal);
  if (to === by) {
    return refuse(ticket, { id: 'ticket.deja-a-vous', values: { numero: ticket.number, qui: user(by) } });
  }
  const values = { numero: ticket.number, qui: user(to), par: user(by) };
  return {
    ticket: held(ticket, to, now),
    effects: [
      { type: 'refresh-ticket' },
      { ...tell('ticket.transfere', values), notify: to },
      { type: 'tell-agent', say: { id: 'conseiller.transfert', values: { numero: ticket.number } } },
    ],
  };
}

/** Whoever holds it may send it elsewhere, and anybody a ticket that nobody holds. There, it waits for somebody. */
function changeSalon(ticket: OpenTicket, by: UserId, to: string, { now }: TicketSituation): TicketChange {
  const { stage, number } = ticket;
  if (stage.status === 'held' && stage.by !== by) return refuse(ticket, notYours(number, stage.by));
  return {
    ticket: {
      ...ticket,
      stage: stage.status === 'waiting' ? stage : { status: 'waiting', since: now, reminded: false },
      activeAt: now,
      askedAt: null,
      told: [],
    },
    effects: [
      tell('ticket.change-salon', { numero: number, salon: to, qui: user(by) }),
      ...(stage.status === 'held'
        ? [
            {
              type: 'tell-agent',
              say: { id: 'conseiller.change-salon', values: { numero: number } },
            } as const,
          ]
        : []),
    ],
  };
}

/** Whoever holds it may close it, and anybody a ticket that nobody holds. */
function close(ticket: OpenTicket, by: UserId, note: string | null, { now }: TicketSituation): TicketChange {
  if (ticket.stage.status === 'held' && ticket.stage.by !== by) {
    return refuse(ticket, notYours(ticket.number, ticket.stage.by));
  }
  return {
    ticket: {
      ...ticket,
      stage: { status: 'closed', at: now, reason: 'operator', satisfaction: 'asked' },
      askedAt: null,
    },
    effects: [
      { type: 'ask-satisfaction' },
      { type: 'refresh-ticket' },
      tell('ticket.clos', { numero: ticket.number, qui: user(by) }),
      ...(note === null ? [] : [{ type: 'record-note', note } as const]),
    ],
  };
}

function operatorWrites(ticket: OpenTicket, by: UserId, { now }: TicketSituation): TicketChange {
  const { stage, number } = ticket;
  if (stage.status === 'held' && stage.by === by) return relayToAgent(ticket, now);
  // Colleagues may talk in the thread: they are told once that the agent does not see it, then left alone.
  if (ticket.told.includes(by)) return unchanged(ticket);
  const say: Sentence =
    stage.status === 'held'
      ? { id: 'ticket.non-transmis', values: { numero: number, qui: user(stage.by) } }
      : { id: 'ticket.a-prendre-d-abord', values: { numero: number } };
  return { ticket: { ...ticket, told: [...ticket.told, by] }, effects: [{ type: 'answer-operator', say }] };
}

/** A command: refused each time, unlike what is written. */
function operatorSends(ticket: OpenTicket, by: UserId, { now }: TicketSituation): TicketChange {
  const refusal = refusalOf(ticket, by);
  return refusal ? refuse(ticket, refusal) : relayToAgent(ticket, now);
}

function relayToAgent(ticket: OpenTicket, now: number): TicketChange {
  if (!ticket.agentPresent) {
    return refuse(ticket, { id: 'ticket.agent-absent', values: { numero: ticket.number } });
  }
  return {
    ticket: {
      ...ticket,
      answeredAt: ticket.answeredAt ?? now,
      activeAt: now,
      askedAt: null,
      awaitsReply: false,
    },
    effects: [{ type: 'relay-to-agent' }],
  };
}

/** The holder is told once that what they write there stays among colleagues; `told` starts anew with each holder. */
function operatorWritesBeside(ticket: OpenTicket, by: UserId, thread: string | null): TicketChange {
  const { stage, number } = ticket;
  if (stage.status !== 'held' || stage.by !== by || ticket.told.includes(by)) return unchanged(ticket);
  const say: Sentence | null =
    thread === null ? null : { id: 'ticket.a-cote-du-fil', values: { numero: number, fil: thread } };
  return {
    ticket: { ...ticket, told: [...ticket.told, by] },
    effects: say === null ? [] : [{ type: 'answer-operator', say }],
  };
}

function withhold(warned: boolean): readonly TicketEffect[] {
  return [
    ...(warned
      ? []
      : [{ type: 'tell-agent', say: { id: 'conseiller.secret-non-transmis', values: {} } } as const]),
    tell('ticket.secret-retenu', {}),
  ];
}

/** `passed`: what becomes of the message. */
function agentWrites(
  ticket: OpenTicket,
  situation: TicketSituation,
  passed: readonly TicketEffect[],
): TicketChange {
  const { now } = situation;
  const back = ticket.agentPresent ? null : welcomeBack(ticket);
  const present = back?.ticket ?? ticket;
  const effects: TicketEffect[] = [...(back?.effects ?? []), ...passed];
  const active = { ...present, activeAt: now, askedAt: null, awaitsReply: true };
  // The holder owes an answer, was asked about it, and it is the agent who speaks again: somebody else must see it.
  if (present.askedAt !== null && present.awaitsReply && active.stage.status === 'held') {
    const returned = backToQueue(
      active,
      situation,
      tell('ticket.sans-reponse', { numero: ticket.number, qui: user(active.stage.by) }),
    );
    return { ticket: returned.ticket, effects: [...effects, ...returned.effects] };
  }
  return { ticket: active, effects };
}

function agentEnds(ticket: OpenTicket, { now }: TicketSituation): TicketChange {
  const wasHeld = ticket.stage.status === 'held';
  return {
    ticket: {
      ...ticket,
      stage: { status: 'closed', at: now, reason: 'agent', satisfaction: wasHeld ? 'asked' : 'not-asked' },
      askedAt: null,
    },
    effects: [
      {
        type: 'tell-agent',
        say: {
          id: wasHeld ? 'conseiller.fin-par-agent' : 'conseiller.demande-annulee',
          values: { numero: ticket.number },
        },
      },
      ...(wasHeld ? [{ type: 'ask-satisfaction' } as const] : []),
      { type: 'refresh-ticket' },
      tell(wasHeld ? 'ticket.fin-par-agent' : 'ticket.annule', { numero: ticket.number }),
    ],
  };
}

function backToQueue(ticket: OpenTicket, { now, place }: TicketSituation, why: TicketEffect): TicketChange {
  return {
    ticket: {
      ...ticket,
      stage: { status: 'waiting', since: now, reminded: false },
      activeAt: now,
      askedAt: null,
      told: [],
    },
    effects: [
      { type: 'refresh-ticket' },
      why,
      {
        type: 'tell-agent',
        say: { id: 'conseiller.retour-en-file', values: { numero: ticket.number, rang: place } },
      },
    ],
  };
}

function welcomeBack(ticket: OpenTicket): {
  readonly ticket: OpenTicket;
  readonly effects: readonly TicketEffect[];
} {
  return {
    ticket: { ...ticket, agentPresent: true },
    effects: [{ type: 'refresh-ticket' }, tell('ticket.agent-de-retour', {})],
  };
}

function held(ticket: OpenTicket, by: UserId, now: number): Ticket {
  return { ...ticket, stage: { status: 'held', by }, activeAt: now, askedAt: null, told: [] };
}

/** Why `by` may not hand the ticket on, or null. */
function refusalOf(ticket: OpenTicket, by: UserId): Sentence | null {
  if (ticket.stage.status === 'waiting') {
    return { id: 'ticket.a-prendre-d-abord', values: { numero: ticket.number } };
  }
  return ticket.stage.by === by ? null : notYours(ticket.number, ticket.stage.by);
}

function notYours(number: number, holder: UserId): Sentence {
  return { id: 'ticket.pas-a-vous', values: { numero: number, qui: user(holder) } };
}
