import type { Block, Reply } from '../conversation/conversation.ts';
import type { IncomingMessage } from './incoming-message.ts';
import { type OutgoingMessage, outgoingId } from './outgoing-message.ts';

export type Render = (reply: Pick<Reply, 'blocks'>) => { readonly body: string; readonly html: string };

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
          conversation: directRoom ?? `dm:${message.sender}`,
          address: directRoom ?? `dm:${message.sender}`,
          thread: null,
        };
    const id = outgoingId(message.id, 'reply', index);
    const common = { turnId: message.id, agent: message.sender, ...place };
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
    turnId: message.id,
    conversation: message.conversation,
    address: message.room,
    agent: message.sender,
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
    mention: asked && message.place === 'salon' ? message.sender : null,
  };
}

/** A reaction or a deletion is nothing that one can reply to; the message it is about may be. */
function answeredEvent(message: IncomingMessage): string | null {
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
