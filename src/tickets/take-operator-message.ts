import type { Taken } from '../bot/desk.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { StoredTicket } from '../store/ticket-table.ts';
import { foldAccents } from '../text/fold-accents.ts';
import { answerOperator, carryOut, type Occasion, paragraphs } from './carry-out.ts';
import { composeQueue } from './compose-ticket.ts';
import { findRelays, relayMessage, withdrawRelays } from './relay-message.ts';
import { applyTicketEvent } from './rules/apply-ticket-event.ts';
import {
  type OperatorCommand,
  readOperatorCommand,
  readOperatorReaction,
} from './rules/read-operator-command.ts';
import type { Sentence, TicketEvent } from './rules/ticket.ts';

/** What somebody does in the support salon. The bot itself never answers there: people talk among themselves. */
export function takeOperatorMessage(message: IncomingMessage, occasion: Occasion): Taken {
  const { tools, box } = occasion;
  if (tools.isOperator(message.sender)) act(message, occasion);
  return { outgoing: box.messages, botAnswers: false };
}

function act(message: IncomingMessage, occasion: Occasion): void {
  const { input } = message;
  const stored = findTicket(message, occasion);
  switch (input.type) {
    case 'text': {
      const command = readOperatorCommand(input.text);
      if (command) obey(command, message, stored, occasion);
      else if (stored) writeInThread(stored, message, occasion);
      break;
    }
    case 'media':
      if (stored === null) break;
      if (message.attachment) writeInThread(stored, message, occasion);
      else answer(message, stored, { id: 'ticket.piece-non-transmise', values: {} }, occasion);
      break;
    case 'edit':
      if (stored === null || findRelays(input.turnId, 'agent', occasion.tools).length === 0) break;
      if (readOperatorCommand(input.text)) {
        answer(message, stored, { id: 'ticket.commande-non-transmise', values: {} }, occasion);
      } else writeInThread(stored, message, occasion);
      break;
    case 'deletion':
      withdrawRelays(input.turnId, occasion);
      break;
    case 'reaction':
      if (stored !== null) react(stored, message, occasion);
      break;
    case 'arrival':
      break;
  }
}

function writeInThread(stored: StoredTicket, message: IncomingMessage, occasion: Occasion): void {
  apply(stored, { type: 'operator-writes', by: message.sender }, occasion);
}

function react(stored: StoredTicket, message: IncomingMessage, occasion: Occasion): void {
  const { input, sender } = message;
  if (input.type !== 'reaction' || input.turnId === null) return;
  const wish = readOperatorReaction(input.key);
  const isRelay = findRelays(input.turnId, 'salon', occasion.tools).length > 0;
  if (wish === 'claim') apply(stored, { type: 'claim', by: sender }, occasion);
  // Under what the agent wrote, a tick is for the agent; anywhere else in the ticket it closes.
  else if (wish === 'close' && !isRelay) apply(stored, { type: 'close', by: sender, note: null }, occasion);
  else if (isRelay && holds(stored, sender)) relayMessage(stored, message, 'agent', occasion);
}

function holds({ ticket: { stage } }: StoredTicket, agent: string): boolean {
  return stage.status === 'held' && stage.by === agent;
}

function obey(
  command: OperatorCommand,
  message: IncomingMessage,
  here: StoredTicket | null,
  occasion: Occasion,
): void {
  const { tools } = occasion;
  switch (command.type) {
    case 'list': {
      const open = tools.tickets.listOpen().map(({ ticket }) => ticket);
      answerOperator(message, composeQueue(open, tools), here, occasion);
      break;
    }
    case 'help': {
      const lines = tools.say({ id: 'ticket.aide', values: {} }).split('\n').filter(Boolean);
      const blocks = [
        { type: 'heading', text: tools.say({ id: 'ticket.aide-titre', values: {} }) },
        { type: 'bullets', items: lines.map((text) => ({ text })) },
      ] as const;
      answerOperator(message, blocks, here, occasion);
      break;
    }
    case 'unknown': {
      const values = { mot: command.word };
      answer(message, here, { id: 'ticket.commande-inconnue', values }, occasion);
      break;
    }
    case 'claim':
    case 'release':
    case 'close':
    case 'transfer':
    case 'note': {
      const stored = command.number === null ? here : tools.tickets.find(command.number);
      const order = stored ? readOrder(stored, command, message, occasion) : notFound(command.number);
      if ('id' in order) answer(message, stored ?? here, order, occasion);
      else if (stored) apply(stored, order, occasion);
      break;
    }
  }
}

/** What the command asks of the ticket, or the sentence that says what it lacks. */
function readOrder(
  { ticket: { number } }: StoredTicket,
  command: Extract<OperatorCommand, { number: number | null }>,
  message: IncomingMessage,
  occasion: Occasion,
): TicketEvent | Sentence {
  const by = message.sender;
  switch (command.type) {
    case 'claim':
    case 'release':
      return { type: command.type, by };
    case 'close':
      return { type: 'close', by, note: command.note };
    case 'note':
      return command.note === ''
        ? { id: 'ticket.note-vide', values: {} }
        : { type: 'note', by, note: command.note };
    case 'transfer': {
      const to = findColleague(command.to, message, occasion);
      return to === null
        ? { id: 'ticket.transfert-inconnu', values: { numero: number } }
        : { type: 'transfer', by, to };
    }
  }
}

function notFound(number: number | null): Sentence {
  return number === null
    ? { id: 'ticket.lequel', values: {} }
    : { id: 'ticket.inconnu', values: { numero: number } };
}

/** By mention, by id, or by a name that only one member of the salon bears. */
function findColleague(
  written: string,
  { mentions = [] }: IncomingMessage,
  { tools }: Occasion,
): string | null {
  const operators = tools.listOperators();
  const mentioned = operators.filter(({ id }) => mentions.includes(id));
  if (mentioned.length === 1) return mentioned[0]?.id ?? null;
  const wanted = fold(written.replace(/^@/, ''));
  if (wanted === '') return null;
  const named = operators.filter(({ id, name }) =>
    [id.slice(1), id.slice(1).replace(/:.*$/, ''), name, name.replace(/\s*\[[^\]]*\]$/, '')]
      .map(fold)
      .includes(wanted),
  );
  return named.length === 1 ? (named[0]?.id ?? null) : null;
}

/** Signs are kept: they are part of a user id. */
function fold(name: string): string {
  return foldAccents(name.toLowerCase()).trim();
}

/** By the thread; by the message replied to; for a reaction, an edit, by the message concerned. */
function findTicket(message: IncomingMessage, { tools }: Occasion): StoredTicket | null {
  const { input, thread, inReplyTo } = message;
  const { messages, tickets, store } = tools;
  const byOutgoing = (id: string | undefined) => (id === undefined ? undefined : messages.find(id)?.ticket);
  const byEvent = (event: string) =>
    byOutgoing(event) ??
    byOutgoing(store.outgoing.findByEvent(event)?.id) ??
    messages.findByTurn(event)[0]?.ticket;
  const turn = input.type === 'reaction' || input.type === 'edit' ? input.turnId : null;
  for (const event of [turn, thread, inReplyTo ?? null]) {
    const number = event === null ? undefined : byEvent(event);
    if (number !== undefined) return tickets.find(number);
  }
  return null;
}

function apply(stored: StoredTicket, event: TicketEvent, occasion: Occasion): void {
  const { tools, now } = occasion;
  carryOut(
    stored,
    applyTicketEvent(stored.ticket, event, tools.situate(stored.ticket.number, now)),
    occasion,
  );
}

function answer(
  message: IncomingMessage,
  stored: StoredTicket | null,
  sentence: Sentence,
  occasion: Occasion,
): void {
  answerOperator(message, paragraphs(occasion.tools.say(sentence)), stored, occasion);
}
