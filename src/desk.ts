import type { HandoffRequest, Situation } from './conversation/conversation.ts';
import type { IncomingMessage } from './incoming-message.ts';
import type { OutgoingMessage } from './store/outgoing-table.ts';

/**
 * The seam between bot.ts and the human take-over (src/handoff). Every method is called inside the transaction that
 * handles the message: what it writes with `store.database` is stored with the rest, or not at all.
 */
export interface Desk {
  /** Is there somebody to hand over to, at this moment? */
  availability(now: number): Pick<Situation, 'handoff' | 'reopens'>;
  /**
   * Takes a message that is not for the bot: a human holds the conversation, or it comes from the support salon.
   * Returns what is to be sent (nothing, perhaps), or null to let the bot answer.
   */
  take(message: IncomingMessage, now: number): readonly OutgoingMessage[] | null;
  /** The person agreed to be handed over. Returns what is to be sent. */
  openTicket(request: HandoffRequest, message: IncomingMessage, now: number): readonly OutgoingMessage[];
  /** Tickets that name this person, for `!mes-donnees`. */
  countOf(person: string): number;
  /** Erases what was kept of this person's closed tickets, for `!oublier`. */
  eraseOf(person: string): void;
}
