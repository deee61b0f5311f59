import type { Block, HandoffRequest, Situation } from '../conversation/conversation.ts';
import type { RoomId, UserId } from '../messages/ids.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { OutgoingMessage } from '../messages/outgoing-message.ts';

/**
 * The seam between bot.ts and the human take-over (tickets/create-desk.ts). Every method is called inside the transaction
 * that handles the message: what it writes is stored with the rest, or not at all.
 */
export interface Desk {
  /** The support salons as they are set, the default one first. */
  readonly salons?: readonly RoomId[];
  /** Is there somebody to hand over to, at this moment? */
  availability(now: number): Pick<Situation, 'handoff' | 'reopens'>;
  /** Takes a message that a human is to see, or that comes from the support salon; null when it is for the bot alone. */
  take(message: IncomingMessage, now: number): Taken | null;
  /** An operator in the support salon, a stranger in it, or somebody in any other room. */
  standingOf(message: IncomingMessage): 'operator' | 'stranger' | 'elsewhere';
  /** An answer to an operator, where they wrote. Returns what is to be sent. */
  answerOperator(message: IncomingMessage, blocks: readonly Block[], now: number): readonly OutgoingMessage[];
  /** The person agreed to be handed over. Returns what is to be sent. */
  openTicket(request: HandoffRequest, message: IncomingMessage, now: number): readonly OutgoingMessage[];
  /** Tickets that name this person, for `!mes-donnees`. */
  countOf(agent: UserId): number;
  /** Does a human hold this person's ticket? */
  isHeld(agent: UserId): boolean;
  /** Waiting or held, for the metrics. */
  countOpen(): number;
  /** What time alone asks for: reminders, idle tickets, people who left. Call it every few seconds. */
  passTime(now: number): readonly OutgoingMessage[];
  /** Erases what was kept of this person's closed tickets, for `!oublier`; returns the deletions to send. */
  eraseOf(agent: UserId, now: number): readonly OutgoingMessage[];
  /** Erases transcripts and notes older than `before`, here and in the support salon. */
  eraseOld(before: number, now: number): readonly OutgoingMessage[];
}

export interface Taken {
  /** What is to be sent; nothing, perhaps. */
  readonly outgoing: readonly OutgoingMessage[];
  /** False: a human holds the conversation, and the bot stays silent. */
  readonly botAnswers: boolean;
  /** When the bot answers: sent in the place of "I did not understand". */
  readonly insteadOfFallback?: readonly OutgoingMessage[];
  /**
   * A human holds the conversation: shows them, and nobody else, what the bot would have answered. Returns what is to be
   * sent.
   */
  readonly propose?: (answer: readonly Block[]) => readonly OutgoingMessage[];
}
