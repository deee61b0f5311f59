import type { UserId } from '../messages/ids.ts';

/** One agent handed over to the people of the support salon. */
export interface Ticket {
  /** Never used twice. */
  readonly number: number;
  /** Who asked. At most one open ticket a person. Empty once forgotten. */
  readonly agent: UserId | '';
  readonly openedAt: number;
  /** Fiche and 1-based step where the bot could not help any more. */
  readonly fiche: string | null;
  readonly step: number | null;
  /** A few lines for whoever takes over. Absent: the ticket was opened by a version that wrote none. Gone once forgotten. */
  readonly summary?: readonly string[];
  /** When a human first answered; null: none has yet. */
  readonly answeredAt: number | null;
  /** The demande of the same agent that had ended less than seven days before, or null. */
  readonly follows: number | null;
  /** An operator began it. */
  readonly invited: boolean;
  /** What operators call it; null when they gave it no name. */
  readonly title: string | null;
  readonly priority: Priority;
  /** Who is to be reminded of it, and when. */
  readonly reminder: { readonly at: number; readonly by: UserId } | null;
  /** An operator began it, and the agent has not answered yet: nothing is passed on. */
  readonly awaitsConsent: boolean;
  readonly stage: Stage;
  /** False while the agent has left the direct message: nothing can reach them. */
  readonly agentPresent: boolean;
  /** Last message either way, or last change of hands. */
  readonly activeAt: number;
  /** The agent wrote last: it is for the holder to answer. */
  readonly awaitsReply: boolean;
  /** When "still there?" was asked, or null. Any message of the agent or of the holder takes it back. */
  readonly askedAt: number | null;
  /** Operators who have been told that what they write in the thread is not passed on; told once a stage. */
  readonly told: readonly UserId[];
}

export type Stage =
  /** `since`: when it came, or came back, into the queue. */
  | { readonly status: 'waiting'; readonly since: number; readonly reminded: boolean }
  | { readonly status: 'held'; readonly by: UserId }
  | {
      readonly status: 'closed';
      readonly at: number;
      readonly reason: ClosingReason;
      readonly satisfaction: Satisfaction;
    };

export type Priority = 'haute' | 'normale' | 'basse';

export type ClosingReason = 'operator' | 'agent' | 'idle' | 'salon-lost';

/**
 * "Is it solved?" `asked`: the next words may be the answer. `passed-over`: the agent went on to something else, and
 * only a reaction under the question still answers it.
 */
export type Satisfaction = 'not-asked' | 'asked' | 'passed-over' | 'resolved' | 'unresolved';

export type OpenTicket = Ticket & { readonly stage: Exclude<Stage, { readonly status: 'closed' }> };

export function isOpen(ticket: Ticket): ticket is OpenTicket {
  return ticket.stage.status !== 'closed';
}
