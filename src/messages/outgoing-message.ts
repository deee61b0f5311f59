import { createHash } from 'node:crypto';
import type { Attachment } from './incoming-message.ts';

/**
 * What the bot wants said, whatever the edge. `of` names another outgoing message by its id (the edge knows which event
 * that became), or somebody's message by its event id, which starts with `$` as our ids never do.
 */
export type OutgoingContent =
  | {
      readonly type: 'message';
      readonly text: string;
      readonly html: string;
      /** Event answered, or null. */
      readonly inReplyTo: string | null;
      /** Person to notify, or null. */
      readonly mention: string | null;
    }
  | { readonly type: 'edit'; readonly of: string; readonly text: string; readonly html: string }
  /** A picture or a file passed on; `prefix` says from whom. */
  | { readonly type: 'media'; readonly attachment: Attachment; readonly prefix: string }
  | { readonly type: 'reaction'; readonly of: string; readonly key: string }
  | { readonly type: 'redaction'; readonly of: string };

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
  readonly id: string;
  readonly origin: Origin;
  /** Event (turn) that this answers. */
  readonly turnId: string;
  readonly conversation: string;
  /** A room id, or `dm:` and a user id: the agent's direct message, made if need be. */
  readonly address: string;
  /** Whose the message is: it is forgotten with this person. Empty when it is nobody's. */
  readonly agent: string;
  /** Root of the thread to write in, or null: an event, or an outgoing message by its id, as `of` above. */
  readonly thread: string | null;
  readonly content: OutgoingContent;
}

/**
 * The transaction id of the `index`th message of a series. A hash of the event id, since event ids come from outside and
 * transaction ids end up in URLs; the same event always gives the same one, so a resend cannot double an answer. That
 * holds across versions: an account in service may resend after an upgrade what the version before had sent.
 */
export function outgoingId(turnId: string, origin: Origin, index: number): string {
  const hash = createHash('sha256').update(turnId).digest('base64url').slice(0, 27);
  return `${hash}-${origin}${index}`;
}
