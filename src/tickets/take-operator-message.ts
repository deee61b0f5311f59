import type { Taken } from '../bot/desk.ts';
import type { Asker } from '../chat-commands/chat-command.ts';
import { findChatCommand } from '../chat-commands/find-chat-command.ts';
import { readChatCommand } from '../chat-commands/read-chat-command.ts';
import type { UserId } from '../messages/ids.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { StoredTicket } from '../store/ticket-table.ts';
import { answerSentence, applyEvent, type Occasion } from './carry-out.ts';
import { findTicket } from './find-ticket.ts';
import { discardProposal, sendProposal } from './propose-answer.ts';
import { livesIn } from './reconcile-ticket.ts';
import { findRelays, relayMessage, withdrawRelays } from './relay-message.ts';
import { readOperatorReaction, readProposalReaction } from './rules/read-operator-reaction.ts';
import { createTicketOrders } from './ticket-orders.ts';

/** In the support salon bot/ runs the commands of administrators before the desk sees them. */
const operator: Asker = { isOperator: true, isAdmin: false, signedDevice: false };

/** What somebody does in the support salon. The bot itself never answers there: people talk among themselves. */
export function takeOperatorMessage(message: IncomingMessage, occasion: Occasion): Taken {
  const { tools, box } = occasion;
  if (tools.isOperator(message.sender, box.salon)) act(message, occasion);
  return { outgoing: box.messages, botAnswers: false };
}

function act(message: IncomingMessage, occasion: Occasion): void {
  const { input } = message;
  const found = findTicket(message, occasion);
  if (found !== null && !livesIn(found, message.room, occasion)) {
    answerForOther(found, message, occasion);
    return;
  }
  const stored = found;
  switch (input.type) {
    case 'text': {
      const order = findChatCommand(input.text, operator, {
        when: ['in-turn'],
        // A misspelt command must never reach the agent.
        strict: true,
        can: { tickets: createTicketOrders(message, stored, occasion) },
      });
      if (order.type === 'command') void order.run();
      else if (order.type === 'refused') answerSentence(message, order.sentence, stored, occasion);
      else if (stored) writeInThread(stored, message, occasion);
      else writeBeside(message, occasion);
      break;
    }
    case 'media':
      if (stored === null) {
        writeBeside(message, occasion);
        break;
      }
      if (message.attachment) writeInThread(stored, message, occasion);
      else answerSentence(message, { id: 'ticket.piece-non-transmise', values: {} }, stored, occasion);
      break;
    case 'edit':
      if (stored === null || findRelays(input.turnId, 'agent', occasion.tools).length === 0) break;
      if (readChatCommand(input.text) !== null) {
        answerSentence(message, { id: 'ticket.commande-non-transmise', values: {} }, stored, occasion);
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

/** The ticket has gone to another salon: nothing that is done in its old thread reaches anybody. */
function answerForOther(stored: StoredTicket, message: IncomingMessage, occasion: Occasion): void {
  const { type } = message.input;
  if (type === 'deletion' || type === 'arrival') return;
  const { tools } = occasion;
  const salon = tools.salons.nameOf(stored.salon) ?? 'principal';
  const values = { numero: stored.ticket.number, salon };
  answerSentence(message, { id: 'ticket.autre-salon', values }, null, occasion);
}

function writeInThread(stored: StoredTicket, message: IncomingMessage, occasion: Occasion): void {
  applyEvent(stored, { type: 'operator-writes', by: message.sender }, occasion);
}

/** What answers a colleague, or is in a thread of their own, is not meant for an agent. */
function writeBeside(message: IncomingMessage, occasion: Occasion): void {
  const { id, sender, thread, inReplyTo = null, mentions = [] } = message;
  if ((thread !== null && thread !== id) || inReplyTo !== null || mentions.length > 0) return;
  const { tickets, linkTo } = occasion.tools;
  const held = tickets.listOpen().filter((stored) => holds(stored, sender));
  const latest = held.toSorted((a, b) => b.ticket.activeAt - a.ticket.activeAt)[0];
  for (const stored of held) {
    const where = stored === latest ? linkTo(stored) : null;
    applyEvent(stored, { type: 'operator-writes-beside', by: sender, thread: where }, occasion);
  }
}

function react(stored: StoredTicket, message: IncomingMessage, occasion: Occasion): void {
  const { input, sender } = message;
  if (input.type !== 'reaction' || input.turnId === null) return;
  const proposal = occasion.tools.proposals.findByTurn(input.turnId);
  if (proposal !== null) {
    const decision = readProposalReaction(input.key);
    if (decision === 'send') sendProposal(proposal, stored, sender, occasion);
    else if (decision === 'discard') discardProposal(proposal, stored, sender, occasion);
    return;
  }
  const wish = readOperatorReaction(input.key);
  const isRelay = findRelays(input.turnId, 'salon', occasion.tools).length > 0;
  if (wish === 'claim') applyEvent(stored, { type: 'claim', by: sender }, occasion);
  // Under what the agent wrote, a tick is for the agent; anywhere else in the ticket it closes.
  else if (wish === 'close' && !isRelay)
    applyEvent(stored, { type: 'close', by: sender, note: null }, occasion);
  else if (isRelay && holds(stored, sender)) relayMessage(stored, message, 'agent', occasion);
}

function holds({ ticket: { stage } }: StoredTicket, operator: UserId): boolean {
  return stage.status === 'held' && stage.by === operator;
}
