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

export interface OutgoingMessage {
  /** Transaction id: derived from the event answered, so that sending twice cannot double it. */
  readonly id: string;
  /** Event (turn) that this answers. */
  readonly turnId: string;
  readonly conversation: string;
  /** A room id, or `dm:` and a user id: the person's direct message, made if need be. */
  readonly address: string;
  readonly agent: string;
  /** Root of the thread to write in, or null: an event, or an outgoing message by its id, as `of` above. */
  readonly thread: string | null;
  readonly content: OutgoingContent;
}

/**
 * The transaction id of the `index`th message of a turn. A hash of the event id, since event ids come from outside and
 * transaction ids end up in URLs; the same event always gives the same one, so a resend cannot double an answer.
 */
export function outgoingId(
  turnId: string,
  kind: 'reply' | 'reaction' | 'redaction' | 'notice' | 'ticket' | 'opening',
  index: number,
): string {
  const hash = createHash('sha256').update(turnId).digest('base64url').slice(0, 27);
  return `${hash}-${kind}${index}`;
}
