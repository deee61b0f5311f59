import type { UserInput } from '../conversation/conversation.ts';
import type { EventId, MessageReference, RoomId, UserId } from './ids.ts';

/** A message is rewritten or deleted by the id of its event; a reaction may be under what answered no event. */
export type IncomingInput =
  | Exclude<UserInput, { type: 'edit' | 'deletion' }>
  | (Extract<UserInput, { type: 'edit' | 'deletion' }> & { readonly turnId: EventId });

/** What an edge (Matrix, terminal, page, `chat`) hands to bot.ts, parsed and allowed. */
export interface IncomingMessage {
  /** Unique for ever. It is the id of the turn. */
  readonly id: EventId;
  /** Key of the conversation: the room in a direct message; room, thread and person in a salon. */
  readonly conversation: string;
  readonly room: RoomId;
  readonly place: 'dm' | 'salon';
  readonly sender: UserId;
  /** Root of the thread to answer in, or null to answer in the room. */
  readonly thread: MessageReference | null;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** It waited more than a quarter of an hour while the bot was away: the answer starts with an apology. */
  readonly late: boolean;
  readonly input: IncomingInput;
  /** With `media`: what was sent, when it can be passed on. */
  readonly attachment?: Attachment;
  /** Event that this message answers, when it says so. */
  readonly inReplyTo?: EventId | null;
  /** People whom the message notifies (`m.mentions`). */
  readonly mentions?: readonly UserId[];
}

/**
 * A picture or a file: where it is and how to open it, never the bytes. It is passed on by this reference; the one who
 * receives it may read it, since media are not bound to a room.
 */
export interface Attachment {
  readonly msgtype: 'm.image' | 'm.file' | 'm.audio' | 'm.video';
  readonly name: string;
  /** What was written with it, or null. */
  readonly caption: string | null;
  /** `url`, or `file` (client-server specification, « Sending encrypted attachments »), checked. */
  readonly source: Readonly<Record<string, unknown>>;
  /** Size, type, thumbnail; checked. */
  readonly info: Readonly<Record<string, unknown>>;
}

/** The key that keeps a conversation apart from the others. */
export function conversationKey(
  place: IncomingMessage['place'],
  room: RoomId,
  thread: MessageReference | null,
  /** Empty: nobody, in a direct message. */
  agent: UserId | '',
): string {
  return place === 'dm' ? room : `${room} ${thread ?? ''} ${agent}`;
}
