import type { Block, HandoffRequest } from '../conversation/conversation.ts';
import { isEventId } from '../messages/ids.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { StoredTicket } from '../store/ticket-table.ts';
import type { RelayPart } from './compose-relay.ts';
import { composeExchange, composeTicket } from './compose-ticket.ts';
import type { DeskTools } from './desk-tools.ts';
import type { PostBox } from './post-box.ts';
import { relayMessage } from './relay-message.ts';
import { applyTicketEvent } from './rules/apply-ticket-event.ts';
import type { Sentence, TicketChange, TicketEffect, TicketEvent } from './rules/ticket.ts';

export interface Occasion {
  readonly tools: DeskTools;
  readonly box: PostBox;
  readonly now: number;
  /** What somebody wrote; null for a timer. */
  readonly message: IncomingMessage | null;
  /** What the agent agreed to pass on, for a new ticket. */
  readonly request?: HandoffRequest;
  /** What goes to the agent in the place of the message. */
  readonly prepared?: readonly RelayPart[];
}

/** What happens to a ticket, by its rules, is carried out. `relayed`: something went to the agent; `changed`: it was not refused. */
export function applyEvent(
  stored: StoredTicket,
  event: TicketEvent,
  occasion: Occasion,
): { readonly relayed: boolean; readonly changed: boolean } {
  const { tools, now } = occasion;
  const situation = tools.situate(stored, now);
  const change = applyTicketEvent(stored.ticket, event, situation);
  carryOut(stored, change, occasion);
  const relayed = change.effects.some(({ type }) => type === 'relay-to-agent');
  return { relayed, changed: change.ticket !== stored.ticket };
}

/** Stores what became of a ticket, then has said what this asks for. The caller's transaction holds both. */
export function carryOut(stored: StoredTicket, change: TicketChange, occasion: Occasion): StoredTicket {
  const next = { ...stored, ticket: change.ticket };
  occasion.tools.tickets.write(next);
  for (const effect of change.effects) carryOutOne(next, effect, occasion);
  return next;
}

function carryOutOne(stored: StoredTicket, effect: TicketEffect, occasion: Occasion): void {
  const { tools, box, now, message } = occasion;
  switch (effect.type) {
    case 'post-ticket':
      postTicket(stored, occasion);
      break;
    case 'refresh-ticket': {
      const { text, html } = composeTicket(stored.ticket, stored.address, tools);
      box.toSalon(stored, { type: 'edit', of: stored.root, text, html });
      break;
    }
    case 'tell-thread':
      box.toThread(
        stored,
        box.compose(paragraphs(tools.say(effect.say)), { mention: effect.notify ?? null }),
      );
      break;
    case 'tell-salon':
      box.toSalon(stored, box.compose(paragraphs(tools.say(effect.say))));
      break;
    case 'tell-agent':
      box.toAgent(
        stored,
        box.compose([
          ...paragraphs(tools.say(effect.say)),
          ...(effect.numbers === true ? tools.numbers() : []),
        ]),
      );
      break;
    case 'tell-administrators':
      if (tools.adminRoom !== null) {
        box.toRoom(tools.adminRoom, box.compose(paragraphs(tools.say(effect.say))));
      }
      break;
    case 'answer-operator':
      if (message) answerSentence(message, effect.say, stored, occasion);
      break;
    case 'relay-to-agent':
      if (message && occasion.prepared) {
        for (const part of occasion.prepared) {
          const content = { type: 'message', ...part, inReplyTo: null, mention: null } as const;
          box.toAgent(stored, content, { kind: 'relay', source: message.id });
        }
      } else if (message) relayMessage(stored, message, 'agent', occasion);
      break;
    case 'relay-to-thread':
      if (message) relayMessage(stored, message, 'salon', occasion);
      break;
    case 'ask-satisfaction':
      askSatisfaction(stored, occasion);
      break;
    case 'invite-agent':
      invite(stored, effect.subject, occasion);
      break;
    case 'record-note':
      tools.tickets.addNote(stored.ticket.number, { at: now, text: effect.note });
      break;
  }
}

/** The salon first: what the agent is then told is true already, in the order of sending too. */
export function postTicket(stored: StoredTicket, { tools, box, request }: Occasion): void {
  const { text, html } = composeTicket(stored.ticket, stored.address, tools);
  const root = box.toSalon(stored, { type: 'message', text, html, inReplyTo: null, mention: null });
  if (request) {
    const exchange = composeExchange(request.transcript, tools);
    box.toThread(stored, { type: 'message', ...exchange, inReplyTo: null, mention: null });
  }
  // Put there by the bot, so that one tap claims or closes.
  for (const key of ['✋', '✅']) box.toSalon(stored, { type: 'reaction', of: root, key });
}

function invite(stored: StoredTicket, subject: string | null, { tools, box }: Occasion): void {
  const blocks = [
    ...paragraphs(tools.say({ id: 'conseiller.invitation', values: {} })),
    ...(subject === null
      ? []
      : paragraphs(tools.say({ id: 'conseiller.invitation-sujet', values: { sujet: subject } }))),
    ...paragraphs(tools.say({ id: 'conseiller.invitation-comment', values: {} })),
  ];
  askInOneTap(stored, blocks, box);
}

function askInOneTap(stored: StoredTicket, blocks: readonly Block[], box: PostBox): void {
  const asked = box.toAgent(stored, box.compose(blocks), { kind: 'question' });
  for (const key of ['👍', '👎']) box.toAgent(stored, { type: 'reaction', of: asked, key });
}

function askSatisfaction(stored: StoredTicket, { tools, box }: Occasion): void {
  const { stage, number } = stored.ticket;
  const byOperator = stage.status === 'closed' && stage.reason === 'operator';
  const closing = byOperator
    ? paragraphs(tools.say({ id: 'conseiller.cloture', values: { numero: number } }))
    : [];
  const question = paragraphs(tools.say({ id: 'conseiller.question', values: {} }));
  askInOneTap(stored, [...closing, ...question], box);
}

/** Where the operator wrote: in the ticket's thread, or in the thread of their own message. */
export function answerOperator(
  message: IncomingMessage,
  blocks: readonly Block[],
  stored: StoredTicket | null,
  { tools, box }: Pick<Occasion, 'tools' | 'box'>,
): void {
  const written = message.input.type === 'text' || message.input.type === 'media';
  const content = box.compose(blocks, {
    inReplyTo: written ? message.id : null,
    mention: message.sender,
  });
  const inThread = stored !== null && isInThread(message, stored, tools);
  if (stored !== null && stored.salon === box.salon && (inThread || !written)) box.toThread(stored, content);
  // Of a ticket that has gone to another salon, one answers where the operator wrote.
  else if (stored !== null && stored.salon === box.salon) {
    box.toSalon(stored, content, written ? message.thread : null);
  } else box.toSalon(null, content, written ? message.thread : null);
}

export function answerSentence(
  message: IncomingMessage,
  sentence: Sentence,
  stored: StoredTicket | null,
  occasion: Occasion,
): void {
  answerOperator(message, paragraphs(occasion.tools.say(sentence)), stored, occasion);
}

function isInThread(message: IncomingMessage, stored: StoredTicket, { store }: DeskTools): boolean {
  const { thread } = message;
  if (thread === null) return false;
  const root = isEventId(thread) ? store.outgoing.findByEvent(thread)?.id : thread;
  return root === stored.root;
}

/** A sentence of messages.yaml may hold several lines: each is a paragraph. */
export function paragraphs(text: string): Block[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => ({ type: 'paragraph', text: line }));
}
