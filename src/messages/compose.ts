import type { Block, Reply } from '../conversation/conversation.ts';
import { escapeHtml } from '../text/escape-html.ts';
import { addressOf, type EventId, type OutgoingId, outgoingId, type RoomId, type UserId } from './ids.ts';
import type { IncomingMessage } from './incoming-message.ts';
import type { OutgoingContent, OutgoingMessage } from './outgoing-message.ts';

export type Render = (reply: Pick<Reply, 'blocks'>) => { readonly body: string; readonly html: string };

/** A reaction that the bot has put under the first reply of a turn, or will; its key is null when it is not known. */
export interface ShownReaction {
  readonly id: OutgoingId;
  readonly key: string | null;
}

/**
 * Replies of the conversation → messages to store and send. `directRoom` is the agent's direct message when known.
 * `shownUnder` gives the reactions under the answer of a turn: of an edited answer, those that no longer act are taken away.
 */
export function composeReplies(
  message: IncomingMessage,
  replies: readonly Reply[],
  render: Render,
  directRoom: RoomId | null,
  shownUnder: (turnId: string) => readonly ShownReaction[] = () => [],
): OutgoingMessage[] {
  const outgoing: OutgoingMessage[] = [];
  let reactionCount = 0;
  for (const [index, reply] of replies.entries()) {
    const { body, html } = render(reply);
    const here = reply.to === 'here' || message.place === 'dm';
    const place = here
      ? { conversation: message.conversation, address: message.room, thread: message.thread }
      : {
          conversation: directRoom ?? addressOf(message.sender),
          address: directRoom ?? addressOf(message.sender),
          thread: null,
        };
    const id = outgoingId(message.id, 'reply', index);
    const common = { turnId: message.id, agent: message.sender, ...place };
    outgoing.push({
      ...common,
      id,
      origin: 'reply',
      content:
        reply.replaces === null
          ? { type: 'message', text: body, html, ...addressee(message, here && index === 0) }
          : { type: 'edit', of: outgoingId(reply.replaces, 'reply', 0), text: body, html },
    });
    // An edit's reactions go under the message that it replaces, and belong to its turn: the next edit finds them there.
    const turnId = reply.replaces ?? message.id;
    const reactions = reactionsOf(reply, !here || message.place === 'dm');
    const of = reply.replaces === null ? id : outgoingId(reply.replaces, 'reply', 0);
    const shown = reply.replaces === null ? [] : shownUnder(reply.replaces);
    const gone = shown.filter(({ key }) => key === null || !reactions.includes(key));
    // A homeserver refuses the same reaction twice under one message.
    const missing = reactions.filter((wanted) => !shown.some(({ key }) => key === wanted));
    const contents: readonly OutgoingContent[] = [
      ...gone.map(({ id: reaction }) => ({ type: 'redaction', of: reaction }) as const),
      ...missing.map((key) => ({ type: 'reaction', of, key }) as const),
    ];
    for (const content of contents) {
      outgoing.push({
        ...common,
        id: outgoingId(message.id, 'reaction', reactionCount++),
        origin: 'reaction',
        turnId,
        content,
      });
    }
  }
  return outgoing;
}

/** Each is one more call, and one more sign on a phone: longer lists are picked from by words and numbers too. */
const mostDigits = 6;

/**
 * Under a list in a direct message, the digits that pick from it come first. A salon has none: anybody could tap them, and
 * the list is the agent's alone.
 */
function reactionsOf({ blocks, reactions }: Reply, direct: boolean): readonly string[] {
  const listed = blocks.flatMap((block) => (block.type === 'choices' ? block.items : []));
  const digits = Array.from(
    { length: Math.min(listed.length, mostDigits) },
    (_, index) => `${index + 1}\ufe0f\u20e3`,
  );
  const wanted = new Set([...digits, ...reactions]);
  return [...wanted].filter((key) => {
    const digit = /^(\d)\ufe0f?\u20e3$/.exec(key)?.[1];
    return digit === undefined || (direct && Number(digit) <= mostDigits);
  });
}

/** An answer of ours that a lost device has sent, as far as it is known: what it said is not. */
export function composeRecovered(
  question: EventId,
  place: Pick<OutgoingMessage, 'conversation' | 'address' | 'agent' | 'thread'>,
): OutgoingMessage {
  return {
    ...place,
    id: outgoingId(question, 'reply', 0),
    origin: 'reply',
    turnId: question,
    content: { type: 'message', text: '', html: '', inReplyTo: question, mention: null },
  };
}

/** One message that the edge itself has to say: a refusal, an apology, a warning. */
export function composeNotice(
  message: IncomingMessage,
  blocks: readonly Block[],
  render: Render,
  index = 0,
): OutgoingMessage {
  const { body, html } = render({ blocks });
  const content = { type: 'message', text: body, html, ...addressee(message, true) } as const;
  return noticeTo(message, content, index);
}

/**
 * What a command says once its work is done: after the notice that answered it, hence the index 1. The text is shown as
 * it stands, and not as a reply: the work may have taken minutes.
 */
export function composeOutcome(message: IncomingMessage, text: string): OutgoingMessage {
  return noticeTo(message, asPlainText(text), 1);
}

function noticeTo(message: IncomingMessage, content: OutgoingContent, index: number): OutgoingMessage {
  return {
    id: outgoingId(message.id, 'notice', index),
    origin: 'notice',
    turnId: message.id,
    conversation: message.conversation,
    address: message.room,
    agent: message.sender,
    thread: message.thread,
    content,
  };
}

/** A word to a room that nobody asked for, the administrators' for instance. `agent`: whom it is about, if anybody. */
export function composeForRoom(
  room: RoomId,
  text: string,
  { now, agent = '' }: { readonly now: number; readonly agent?: UserId | '' },
): OutgoingMessage {
  // It answers no event: the moment keeps the same words, said again, from counting as sent already.
  const id = outgoingId(`${text}${now}`, 'notice', 0);
  return {
    id,
    origin: 'notice',
    turnId: id,
    conversation: room,
    address: room,
    agent,
    thread: null,
    content: asPlainText(text),
  };
}

/** Deletes from its room the `index`th of the messages that answered what the agent has deleted. */
export function composeRedaction(
  message: IncomingMessage,
  sent: Pick<OutgoingMessage, 'id' | 'conversation' | 'address'> & { readonly room: RoomId | null },
  index: number,
): OutgoingMessage {
  return {
    id: outgoingId(message.id, 'redaction', index),
    origin: 'redaction',
    turnId: message.id,
    conversation: sent.conversation,
    address: sent.room ?? sent.address,
    agent: message.sender,
    thread: null,
    content: { type: 'redaction', of: sent.id },
  };
}

/** What the desk says in answer to one event, or to one tick of the clock: relays, edits, reactions, deletions, words. */
export interface TicketSeries {
  readonly messages: readonly OutgoingMessage[];
  /** The id that the next message gets: a ticket keeps that of its first one, which is composed from the ticket. */
  nextId(): OutgoingId;
  /** Adds a message to the series; returns its id. */
  add(to: Pick<OutgoingMessage, 'address' | 'thread' | 'agent'>, content: OutgoingContent): OutgoingId;
}

/** @param turnId the event answered; for a tick of the clock, an id of its own */
export function composeTicketSeries(turnId: string, origin: 'ticket' | 'opening'): TicketSeries {
  const messages: OutgoingMessage[] = [];
  const nextId = (): OutgoingId => outgoingId(turnId, origin, messages.length);
  return {
    messages,
    nextId,
    add(to, content) {
      const id = nextId();
      messages.push({ ...to, id, origin, turnId, conversation: to.address, content });
      return id;
    },
  };
}

/** Text that is not made of sentences. Of several lines, it keeps its columns: a caret may stand under an excerpt. */
function asPlainText(text: string): OutgoingContent {
  const escaped = escapeHtml(text);
  const html = text.includes('\n') ? `<pre><code>${escaped}</code></pre>` : `<p>${escaped}</p>`;
  return { type: 'message', text, html, inReplyTo: null, mention: null };
}

function addressee(
  message: IncomingMessage,
  first: boolean,
): { inReplyTo: EventId | null; mention: UserId | null } {
  const asked = message.input.type !== 'arrival';
  return {
    inReplyTo: first && asked ? answeredEvent(message) : null,
    mention: asked && message.place === 'salon' ? message.sender : null,
  };
}

/** A reaction or a deletion is nothing that one can reply to; the message it is about may be. */
function answeredEvent(message: IncomingMessage): EventId | null {
  switch (message.input.type) {
    case 'text':
    case 'media':
      return message.id;
    case 'edit':
      return message.input.turnId;
    case 'reaction':
    case 'deletion':
    case 'arrival':
      return null;
  }
}
