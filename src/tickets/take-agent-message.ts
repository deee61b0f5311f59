import type { Taken } from '../bot/desk.ts';
import type { Block } from '../conversation/conversation.ts';
import { searchSecrets } from '../conversation/reading/secrets.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { OutgoingMessage } from '../messages/outgoing-message.ts';
import type { StoredTicket } from '../store/ticket-table.ts';
import { applyEvent, type Occasion, paragraphs } from './carry-out.ts';
import { createPostBox } from './post-box.ts';
import { proposeAnswer, withdrawProposal } from './propose-answer.ts';
import { findRelays, relayMessage, withdrawRelays } from './relay-message.ts';
import { asksForBot, cancelsTicket, namesBot, readSatisfaction } from './rules/read-agent-words.ts';

/** "oui", hours after the question, may answer something else. */
const wordsCountFor = 24 * 3_600_000;

/** What an agent does in the direct message while there is, or just was, a ticket of theirs. null: for the bot alone. */
export function takeAgentMessage(
  message: IncomingMessage,
  stored: StoredTicket | null,
  occasion: Occasion,
): Taken | null {
  if (message.input.type === 'deletion') return takeDeletion(message, occasion);
  if (stored === null) return takeSatisfaction(message, occasion);
  // They are answered where they last wrote.
  const here = { ...stored, address: message.room };
  const held = stored.ticket.stage.status === 'held';
  if (message.input.type === 'reaction') return takeReaction(message, here, held, occasion);
  if (message.input.type === 'arrival') {
    applyEvent(here, { type: 'agent-back' }, occasion);
    return silent(occasion);
  }
  const said = wordsOf(message);
  if (stored.ticket.awaitsConsent) {
    // A message of before the invitation is none of the operator's business.
    if (message.input.type === 'edit') return null;
    if (message.input.type === 'text' && (readSatisfaction(said) === false || asksForBot(said))) {
      applyEvent(here, { type: 'agent-declines' }, occasion);
      return silent(occasion);
    }
    if (message.input.type === 'text' && readSatisfaction(said) === true) {
      applyEvent(here, { type: 'agent-accepts' }, occasion);
      return silent(occasion);
    }
  }
  if (
    message.input.type === 'text' &&
    (held ? asksForBot(said) || cancelsTicket(said) : cancelsTicket(said))
  ) {
    applyEvent(here, { type: 'agent-ends' }, occasion);
    return silent(occasion);
  }
  if (message.input.type === 'text' && namesBot(said)) {
    // Nobody has claimed the ticket: the bot never left, and the agent gives nothing up by calling it.
    const { tools, box } = occasion;
    const { number } = stored.ticket;
    box.toAgent(
      here,
      box.compose(paragraphs(tools.say({ id: 'conseiller.assistant-la', values: { numero: number } }))),
    );
    return silent(occasion);
  }
  if (searchSecrets(said).found) {
    // Before somebody holds the ticket the bot answers, and warns by itself.
    const botAnswers = !held && message.input.type !== 'media';
    applyEvent(here, { type: 'agent-message-withheld', warned: botAnswers }, occasion);
    return { outgoing: occasion.box.messages, botAnswers };
  }
  if (message.input.type === 'media' && !message.attachment) {
    const { tools, box } = occasion;
    const text = tools.say({ id: 'conseiller.piece-non-transmise', values: {} });
    box.toAgent(here, box.compose(paragraphs(text)));
  }
  applyEvent(here, { type: 'agent-writes' }, occasion);
  if (held) {
    const propose = (answer: readonly Block[]) => proposeAnswer(message, answer, here, occasion);
    return message.input.type === 'text' ? { ...silent(occasion), propose } : silent(occasion);
  }
  const added = acknowledge(message, here, occasion);
  // The bot does not look into files.
  if (message.input.type === 'media') {
    return { outgoing: [...occasion.box.messages, ...added], botAnswers: false };
  }
  return { outgoing: occasion.box.messages, botAnswers: true, insteadOfFallback: added };
}

/** Always obeyed, whatever became of the ticket; the bot deletes its own answer as well. */
function takeDeletion(message: IncomingMessage, occasion: Occasion): Taken | null {
  if (message.input.type !== 'deletion') return null;
  withdrawProposal(message.input.turnId, occasion);
  for (const number of withdrawRelays(message.input.turnId, occasion)) {
    const stored = occasion.tools.tickets.find(number);
    // Whoever has read the message is told that it is no longer there.
    if (stored !== null) applyEvent(stored, { type: 'agent-deletes' }, occasion);
  }
  if (occasion.box.messages.length === 0) return null;
  return { outgoing: occasion.box.messages, botAnswers: true };
}

function takeReaction(
  message: IncomingMessage,
  stored: StoredTicket,
  held: boolean,
  occasion: Occasion,
): Taken | null {
  if (message.input.type !== 'reaction' || message.input.turnId === null)
    return held ? silent(occasion) : null;
  if (stored.ticket.awaitsConsent) {
    const answer = readSatisfaction(message.input.key);
    if (answer === null || findQuestion(message.input.turnId, occasion)?.ticket !== stored.ticket.number) {
      return null;
    }
    applyEvent(stored, { type: answer ? 'agent-accepts' : 'agent-declines' }, occasion);
    return silent(occasion);
  }
  const relays = findRelays(message.input.turnId, 'agent', occasion.tools);
  if (!relays.some(({ ticket }) => ticket === stored.ticket.number)) {
    // Under an earlier answer of the bot: for the bot, unless it has to be silent.
    return held ? silent(occasion) : null;
  }
  relayMessage(stored, message, 'salon', occasion);
  return silent(occasion);
}

function takeSatisfaction(message: IncomingMessage, occasion: Occasion): Taken | null {
  const { tools, now } = occasion;
  const { input } = message;
  if (input.type === 'reaction') {
    const question = input.turnId === null ? undefined : findQuestion(input.turnId, occasion);
    const asked = question ? tools.tickets.find(question.ticket) : null;
    const resolved = readSatisfaction(input.key);
    if (!asked || resolved === null || asked.ticket.agent !== message.sender) return null;
    applyEvent(asked, { type: 'satisfaction', resolved }, occasion);
    return silent(occasion);
  }
  if (input.type !== 'text') return null;
  const closed = tools.tickets.findClosedOf(message.sender);
  if (closed?.ticket.stage.status !== 'closed' || closed.ticket.stage.satisfaction !== 'asked') return null;
  const resolved = now - closed.ticket.stage.at > wordsCountFor ? null : readSatisfaction(input.text);
  if (resolved === null) {
    applyEvent(closed, { type: 'agent-moves-on' }, occasion);
    return null;
  }
  applyEvent(closed, { type: 'satisfaction', resolved }, occasion);
  return silent(occasion);
}

function findQuestion(turnId: string, { tools }: Occasion) {
  return tools.messages.findByTurn(turnId).find(({ kind }) => kind === 'question');
}

/** In a box of its own: it is said only if the bot has no answer. */
function acknowledge(
  message: IncomingMessage,
  stored: StoredTicket,
  { tools, now }: Occasion,
): readonly OutgoingMessage[] {
  const box = createPostBox(tools, message.id, now, { origin: 'opening' });
  const text = tools.say({ id: 'conseiller.ajoute', values: { numero: stored.ticket.number } });
  box.toAgent(stored, box.compose(paragraphs(text), { inReplyTo: message.id }));
  return box.messages;
}

function wordsOf({ input, attachment }: IncomingMessage): string {
  switch (input.type) {
    case 'text':
    case 'edit':
      return input.text;
    case 'media':
      return [attachment?.name, attachment?.caption].filter(Boolean).join('\n');
    default:
      return '';
  }
}

function silent({ box }: Occasion): Taken {
  return { outgoing: box.messages, botAnswers: false };
}
