import type { Address, EventId, MessageReference, OutgoingId, UserId } from './ids.ts';
import type { Attachment } from './incoming-message.ts';

/** What the bot wants said, whatever the edge. `of`: the message that it is about. */
export type OutgoingContent =
  | {
      readonly type: 'message';
      readonly text: string;
      readonly html: string;
      /** Event answered, or null. */
      readonly inReplyTo: EventId | null;
      /** Person to notify, or null. */
      readonly mention: UserId | null;
    }
  | { readonly type: 'edit'; readonly of: MessageReference; readonly text: string; readonly html: string }
  /** A picture or a file passed on; `prefix` says from whom. */
  | { readonly type: 'media'; readonly attachment: Attachment; readonly prefix: string }
  | { readonly type: 'reaction'; readonly of: MessageReference; readonly key: string }
  | { readonly type: 'redaction'; readonly of: MessageReference };

/**
 * What made a message, and the series that it is numbered in. Stored: names are never changed.
 *
 * - `reply`, `reaction`: the conversation, and the reactions that it puts under its replies or takes away from them
 * - `redaction`: the agent has deleted what was answered
 * - `notice`: the edge itself (a refusal, an apology), or a word to a room
 * - `ticket`, `opening`: the desk. A message may be relayed and open a ticket: hence two series
 */
export type Origin = 'reply' | 'reaction' | 'redaction' | 'notice' | 'ticket' | 'opening';

/** Made by compose.ts, and nowhere else. */
export interface OutgoingMessage {
  /** Transaction id: derived from the event answered, so that sending twice cannot double it. */
  readonly id: OutgoingId;
  readonly origin: Origin;
  /** Event (turn) that this answers. */
  readonly turnId: string;
  readonly conversation: string;
  readonly address: Address;
  /** Whose the message is: it is forgotten with this person. Empty when it is nobody's. */
  readonly agent: UserId | '';
  /** Root of the thread to write in, or null. */
  readonly thread: MessageReference | null;
  readonly content: OutgoingContent;
}
