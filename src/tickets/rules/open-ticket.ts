import type { UserId } from '../../messages/ids.ts';
import type { Sentence, TicketChange } from './ticket.ts';

export interface Opening {
  readonly number: number;
  readonly agent: UserId;
  readonly fiche: string | null;
  readonly step: number | null;
  readonly summary?: readonly string[] | undefined;
  /** The latest demande of this agent that has ended. */
  readonly before?: { readonly number: number; readonly endedAt: number } | null;
  readonly now: number;
  /** 1-based place in the queue. */
  readonly place: number;
  /** When somebody answers again, in French ("lundi à 8 h"), null when somebody is there. */
  readonly reopens: string | null;
}

/** A new ticket. What it promises to the agent is said after the ticket is stored and posted: see the order of effects. */
export function openTicket({
  number,
  agent,
  fiche,
  step,
  summary,
  before = null,
  now,
  place,
  reopens,
}: Opening): TicketChange {
  const say: Sentence =
    reopens === null
      ? { id: 'conseiller.demande-transmise', values: { numero: number, rang: place } }
      : { id: 'conseiller.demande-hors-horaires', values: { numero: number, rang: place, retour: reopens } };
  return {
    ticket: {
      number,
      agent,
      openedAt: now,
      fiche,
      step,
      ...(summary === undefined ? {} : { summary }),
      ...unarranged,
      follows: before !== null && now - before.endedAt < soonAgain ? before.number : null,
      invited: false,
      awaitsConsent: false,
      stage: { status: 'waiting', since: now, reminded: false },
      agentPresent: true,
      activeAt: now,
      awaitsReply: true,
      askedAt: null,
      told: [],
    },
    effects: [{ type: 'post-ticket' }, { type: 'tell-agent', say, numbers: reopens !== null }],
  };
}

/** A demande opened again so soon was not solved. */
const soonAgain = 7 * 24 * 3_600_000;

const unarranged = { answeredAt: null, title: null, priority: 'normale', reminder: null } as const;

/** An operator begins: the ticket is theirs, and waits for the agent's answer. `subject`: what it is about, if they said. */
export function inviteAgent({
  number,
  agent,
  by,
  subject,
  summary,
  now,
}: Pick<Opening, 'number' | 'agent' | 'summary' | 'now'> & {
  readonly by: UserId;
  readonly subject: string | null;
}): TicketChange {
  return {
    ticket: {
      number,
      agent,
      openedAt: now,
      fiche: null,
      step: null,
      ...(summary === undefined ? {} : { summary }),
      ...unarranged,
      follows: null,
      invited: true,
      awaitsConsent: true,
      stage: { status: 'held', by },
      agentPresent: true,
      activeAt: now,
      awaitsReply: false,
      askedAt: null,
      told: [],
    },
    effects: [
      { type: 'post-ticket' },
      { type: 'tell-thread', say: { id: 'ticket.invitation-envoyee', values: { numero: number } } },
      { type: 'invite-agent', subject },
    ],
  };
}
