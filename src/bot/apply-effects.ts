import type { Effect } from '../conversation/conversation.ts';
import { composeRedaction } from '../messages/compose.ts';
import { type Address, addressOf } from '../messages/ids.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { OutgoingMessage } from '../messages/outgoing-message.ts';
import type { Store } from '../store/open-store.ts';
import type { SentMessage } from '../store/outgoing-table.ts';
import type { Desk } from './desk.ts';

interface Surroundings {
  readonly store: Store;
  readonly desk: Desk | undefined;
  readonly now: number;
}

/** Does what a turn decided besides replying. Returns the messages to send that come of it. */
export function applyEffects(
  message: IncomingMessage,
  effects: readonly Effect[],
  surroundings: Surroundings,
): OutgoingMessage[] {
  const { store, desk, now } = surroundings;
  const outgoing: OutgoingMessage[] = [];
  for (const effect of effects) {
    switch (effect.type) {
      case 'open-ticket':
        outgoing.push(...(desk?.openTicket(effect.request, message, now) ?? []));
        break;
      case 'feedback':
        store.feedback.recordFeedback({
          turnId: message.id,
          at: now,
          fiche: effect.fiche,
          solved: effect.solved,
        });
        break;
      case 'unanswered':
        store.feedback.recordUnanswered({
          turnId: message.id,
          at: now,
          agent: message.sender,
          text: effect.text,
          nearest: effect.nearest,
        });
        break;
      case 'withdraw':
        outgoing.push(...withdraw(message, effect.turnId, store));
        forget(effect.turnId, store);
        break;
      case 'forget-text':
        forget(effect.turnId, store);
        break;
      case 'continue-in-dm': {
        // When the direct message does not exist yet, openDirectMessage moves the state there.
        const room = store.rooms.findDirect(message.sender) ?? addressOf(message.sender);
        store.conversations.write({ key: room, room, agent: message.sender, state: effect.state, now });
        break;
      }
    }
  }
  return outgoing;
}

/**
 * Of the answers to a message, those that have not left never will, and those that have are deleted from their room. What
 * belongs to a ticket is left to the desk.
 */
function withdraw(message: IncomingMessage, turnId: string, store: Store): OutgoingMessage[] {
  const sent = store.outgoing.findByTurn(turnId);
  return sent
    .filter(({ kind, origin }) => kind !== 'redaction' && origin !== 'ticket' && origin !== 'opening')
    .filter((reply) => !store.outgoing.cancel(reply.id))
    .filter((reply) => reply.kind === 'message' && (reply.status === 'sent' || reply.status === 'waiting'))
    .filter(isSomewhere)
    .map((reply, index) => composeRedaction(message, reply, index));
}

function isSomewhere(sent: SentMessage): sent is SentMessage & { readonly address: Address } {
  return sent.address !== '';
}

function forget(turnId: string, store: Store): void {
  store.journal.eraseText(turnId);
  store.feedback.forgetText(turnId);
}
