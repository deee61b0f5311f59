import { randomUUID } from 'node:crypto';
import { type BotOptions, createBot, type Handled } from '../bot/bot.ts';
import type { Respond } from '../conversation/conversation.ts';
import { renderReply } from '../conversation/rendering/render-reply.ts';
import { respond } from '../conversation/respond.ts';
import { type EventId, startsWith } from '../messages/ids.ts';
import type { IncomingInput } from '../messages/incoming-message.ts';
import type { OutgoingMessage } from '../messages/outgoing-message.ts';
import { explainTurn } from './explain-turn.ts';
import type { PageAnswer, PageEvent } from './page-view.ts';

/** A PageMessage whose ids have been checked. */
export interface ReadPageMessage {
  readonly conversation: string;
  readonly input: Extract<IncomingInput, { type: 'text' | 'reaction' | 'edit' | 'deletion' }>;
}

export interface PageConversationOptions
  extends Pick<BotOptions, 'store' | 'brain' | 'desk' | 'clock' | 'idleMinutes'> {
  /** Does a message go to the support salon? None does by default. */
  readonly isSupport?: (message: OutgoingMessage) => boolean;
}

/** The page alone asks for reasons. */
const respondWithReasons: Respond = (state, input, situation, content, mind) =>
  respond(state, input, { ...situation, explains: true }, content, mind);

/** The same bot as on Tchap; each visit of the page is a direct message with it. */
export function createPageConversation(
  options: PageConversationOptions,
): (message: ReadPageMessage) => Promise<PageAnswer> {
  const { store, brain, isSupport = () => false } = options;
  const clock = options.clock ?? Date.now;
  const bot = createBot({ ...options, clock, respond: respondWithReasons, render: renderReply });

  return async ({ conversation, input }) => {
    const name = `page:${conversation}`;
    const turn: EventId = `$page-${randomUUID()}`;
    const handled = await bot.handle({
      id: turn,
      conversation: name,
      room: `!${name}`,
      place: 'dm',
      sender: `@${name}`,
      thread: null,
      sentAt: clock(),
      late: false,
      input,
    });
    deliver(handled);
    return {
      turnId: turn,
      events: handled.outgoing.map((message) => toEvent(message, isSupport(message))),
      why: handled.turn && explainTurn(handled.turn, brain().content),
    };
  };

  /** A message is marked sent once the page has it, so that no send queue picks it up later. */
  function deliver({ outgoing }: Handled): void {
    store.transaction(() => {
      for (const { id, address } of outgoing)
        store.outgoing.markSent(id, `$${id}`, startsWith(address, '!') ? address : `!${address}`);
    });
  }
}

function toEvent({ id, turnId, content }: OutgoingMessage, support: boolean): PageEvent {
  switch (content.type) {
    case 'message':
      return { type: 'message', id, turnId, html: content.html, support };
    case 'media':
      // Files are only relayed between agent and operator, and an agent cannot send one from the page.
      return { type: 'message', id, turnId, html: '', support };
    case 'edit':
      return { type: 'edit', of: content.of, html: content.html };
    case 'reaction':
      return { type: 'reaction', id, of: content.of, key: content.key };
    case 'redaction':
      return { type: 'redaction', of: content.of };
  }
}
