import { createHash } from 'node:crypto';
import type { Block, Reply } from '../conversation/conversation.ts';
import type { OutgoingMessage } from '../store/outgoing-table.ts';
import type { IncomingMessage } from './incoming-message.ts';

export type Render = (reply: Pick<Reply, 'blocks'>) => { readonly body: string; readonly html: string };

/**
 * The transaction id of the `index`th message of a turn. A hash of the event id, since event ids come from outside and
 * transaction ids end up in URLs; the same event always gives the same one, so a resend cannot double an answer.
 */
export function outgoingId(
  turn: string,
  kind: 'reply' | 'reaction' | 'redaction' | 'notice' | 'ticket' | 'opening',
  index: number,
): string {
  const hash = createHash('sha256').update(turn).digest('base64url').slice(0, 27);
  return `${hash}-${kind}${index}`;
}

/** Replies of the conversation → messages to store and send. `directRoom` is the person's direct message when known. */
export function composeReplies(
  message: IncomingMessage,
  replies: readonly Reply[],
  render: Render,
  directRoom: string | null,
): OutgoingMessage[] {
  const outgoing: OutgoingMessage[] = [];
  let reactions = 0;
  for (const [index, reply] of replies.entries()) {
    const { body, html } = render(reply);
    const here = reply.to === 'here' || message.place === 'dm';
    const place = here
      ? { conversation: message.conversation, address: message.room, thread: message.thread }
      : {
          conversation: directRoom ?? `dm:${message.person}`,
          address: directRoom ?? `dm:${message.person}`,
          thread: null,
        };
    const id = outgoingId(message.id, 'reply', index);
    const common = { turn: message.id, person: message.person, ...place };
    outgoing.push({
      ...common,
      id,
      content:
        reply.replaces === null
          ? { type: 'message', text: body, html, ...addressee(message, here && index === 0) }
          : { type: 'edit', of: outgoingId(reply.replaces, 'reply', 0), text: body, html },
    });
    for (const key of reply.reactions) {
      // An edit's reactions go under the message that it replaces.
      const of = reply.replaces === null ? id : outgoingId(reply.replaces, 'reply', 0);
      outgoing.push({
        ...common,
        id: outgoingId(message.id, 'reaction', reactions++),
        content: { type: 'reaction', of, key },
      });
    }
  }
  return outgoing;
}

/** One message that the edge itself has to say: a refusal, an apology, a warning. */
export function composeNotice(
  message: IncomingMessage,
  blocks: readonly Block[],
  render: Render,
  index = 0,
): OutgoingMessage {
  const { body, html } = render({ blocks });
  return {
    id: outgoingId(message.id, 'notice', index),
    turn: message.id,
    conversation: message.conversation,
    address: message.room,
    person: message.person,
    thread: message.thread,
    content: { type: 'message', text: body, html, ...addressee(message, true) },
  };
}

function addressee(
  message: IncomingMessage,
  first: boolean,
): { inReplyTo: string | null; mention: string | null } {
  const asked = message.input.type !== 'arrival';
  return {
    inReplyTo: first && asked ? answeredEvent(message) : null,
    mention: asked && message.place === 'salon' ? message.person : null,
  };
}

/** A reaction or a deletion is nothing that one can reply to; the message it is about may be. */
function answeredEvent(message: IncomingMessage): string | null {
  switch (message.input.type) {
    case 'text':
    case 'media':
      return message.id;
    case 'edit':
      return message.input.turn;
    case 'reaction':
    case 'deletion':
    case 'arrival':
      return null;
  }
}
