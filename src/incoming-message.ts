import type { UserInput } from './conversation/conversation.ts';

/** What an edge (Matrix, terminal, page, `chat`) hands to bot.ts, parsed and allowed. */
export interface IncomingMessage {
  /** Unique for ever: the event id on Matrix. It is the id of the turn. */
  readonly id: string;
  /** Key of the conversation: the room in a direct message; room, thread and person in a salon. */
  readonly conversation: string;
  readonly room: string;
  readonly place: 'dm' | 'salon';
  readonly person: string;
  /** Root of the thread to answer in, or null to answer in the room. */
  readonly thread: string | null;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** It waited more than a quarter of an hour while the bot was away: the answer starts with an apology. */
  readonly late: boolean;
  readonly input: UserInput;
}

/** The key that keeps a conversation apart from the others. */
export function conversationKey(
  place: IncomingMessage['place'],
  room: string,
  thread: string | null,
  person: string,
): string {
  return place === 'dm' ? room : `${room} ${thread ?? ''} ${person}`;
}
