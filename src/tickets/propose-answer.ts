import { createHash } from 'node:crypto';
import type { Block } from '../conversation/conversation.ts';
import { withoutFormulas } from '../conversation/rendering/transcribe-reply.ts';
import type { UserId } from '../messages/ids.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { OutgoingMessage } from '../messages/outgoing-message.ts';
import type { Proposal } from '../store/proposal-table.ts';
import type { StoredTicket } from '../store/ticket-table.ts';
import { applyEvent, type Occasion, paragraphs } from './carry-out.ts';
import { costOf, type RelayPart } from './compose-relay.ts';
import { createPostBox } from './post-box.ts';
import { sendKeys } from './rules/read-operator-reaction.ts';

/** Bytes of a proposal, which is edited: see compose-relay.ts. What is longer is no answer to one message. */
const largest = 12_000;

/**
 * In the thread, what the assistant would answer to the agent's last message: operators alone read it, and one reaction
 * sends it. Never the same twice in one ticket, and never once nobody holds it any more. Returns what is to be sent.
 */
export function proposeAnswer(
  message: IncomingMessage,
  answer: readonly Block[],
  stored: StoredTicket,
  { tools, now }: Pick<Occasion, 'tools' | 'now'>,
): readonly OutgoingMessage[] {
  const turnId = turnOf(message.id);
  const box = createPostBox(tools, turnId, now);
  const blocks = withoutFormulas(answer, tools.content.sentences);
  const { number } = stored.ticket;
  if (tools.tickets.find(number)?.ticket.stage.status !== 'held') return box.messages;
  if (blocks.length === 0 || tools.proposals.isKnown(number, blocks)) return box.messages;
  const intro = paragraphs(tools.say({ id: 'ticket.proposition', values: {} }));
  const how = tools.say({ id: 'ticket.proposition-comment', values: {} });
  const content = box.compose([...intro, ...blocks, { type: 'note', text: how }]);
  if (content.type !== 'message' || costOf(content.text) + costOf(content.html) > largest)
    return box.messages;
  const outgoing = box.toThread(stored, content, { kind: 'notice', source: turnId });
  tools.proposals.add({ outgoing, ticket: number, turnId, blocks, at: now });
  for (const key of sendKeys) {
    box.toThread(stored, { type: 'reaction', of: outgoing, key }, { kind: 'notice', source: turnId });
  }
  return box.messages;
}

/** The holder's reaction: the agent reads the proposal as the operator's own words, and the thread says so. */
export function sendProposal(proposal: Proposal, stored: StoredTicket, by: UserId, occasion: Occasion): void {
  if (proposal.status !== 'open') return;
  const { tools, box } = occasion;
  const prepared = [composeForAgent(proposal.blocks, occasion)];
  if (!applyEvent(stored, { type: 'operator-sends', by }, { ...occasion, prepared }).relayed) return;
  tools.proposals.settle(proposal.outgoing, 'sent');
  const said = tools.say({ id: 'ticket.proposition-envoyee', values: { qui: { userId: by } } });
  const { text, html } = render([...paragraphs(said), ...proposal.blocks], occasion);
  box.toThread(stored, { type: 'edit', of: proposal.outgoing, text, html });
}

export function discardProposal(
  proposal: Proposal,
  stored: StoredTicket,
  by: UserId,
  occasion: Occasion,
): void {
  if (proposal.status !== 'open') return;
  const { tools, box } = occasion;
  tools.proposals.settle(proposal.outgoing, 'discarded');
  const said = tools.say({ id: 'ticket.proposition-ecartee', values: { qui: { userId: by } } });
  box.toThread(stored, { type: 'edit', of: proposal.outgoing, ...render(paragraphs(said), occasion) });
}

/** The agent has deleted the message that it answered: it is answered no more. */
export function withdrawProposal(deleted: string, { tools, box }: Occasion): void {
  const proposal = tools.proposals.findByTurn(turnOf(deleted));
  if (proposal === null || proposal.status !== 'open') return;
  const stored = tools.tickets.find(proposal.ticket);
  tools.proposals.remove(proposal.outgoing);
  if (stored === null || tools.store.outgoing.cancel(proposal.outgoing)) return;
  box.toThread(stored, { type: 'redaction', of: proposal.outgoing });
}

/** A hash: no id in clear is needed, and a deletion finds it again. */
function turnOf(message: string): string {
  return `proposition:${createHash('sha256').update(message).digest('base64url').slice(0, 27)}`;
}

function composeForAgent(blocks: readonly Block[], occasion: Occasion): RelayPart {
  const prefix = occasion.tools.say({ id: 'conseiller.prefixe', values: {} });
  return render([{ type: 'paragraph', text: `**${prefix}**` }, ...blocks], occasion);
}

function render(blocks: readonly Block[], { tools }: Occasion): RelayPart {
  const { body, html } = tools.render({ blocks });
  return { text: body, html };
}
