import type { TicketOrders } from '../chat-commands/capabilities.ts';
import type { UserId } from '../messages/ids.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { StoredTicket } from '../store/ticket-table.ts';
import { foldAccents } from '../text/fold-accents.ts';
import { answerOperator, answerSentence, applyEvent, type Occasion } from './carry-out.ts';
import { composeQueue } from './compose-ticket.ts';
import type { Sentence, TicketEvent } from './rules/ticket.ts';

/** What an operator's chat commands may do to tickets. `here`: the ticket in whose thread they write. */
export function createTicketOrders(
  message: IncomingMessage,
  here: StoredTicket | null,
  occasion: Occasion,
): TicketOrders {
  const { tools } = occasion;
  const by = message.sender;

  /** `decide`: what the order asks of the ticket, or the sentence that says what the order lacks. */
  function order(number: number | null, decide: (stored: StoredTicket) => TicketEvent | Sentence): void {
    const stored = number === null ? here : tools.tickets.find(number);
    const decision = stored ? decide(stored) : notFound(number);
    if ('id' in decision) answerSentence(message, decision, stored ?? here, occasion);
    else if (stored) applyEvent(stored, decision, occasion);
  }

  return {
    claim: (number) => order(number, () => ({ type: 'claim', by })),
    release: (number) => order(number, () => ({ type: 'release', by })),
    close: (number, note) => order(number, () => ({ type: 'close', by, note })),
    transfer: (number, written) =>
      order(number, ({ ticket }) => {
        const to = findColleague(written, message, occasion);
        return to === null
          ? { id: 'ticket.transfert-inconnu', values: { numero: ticket.number } }
          : { type: 'transfer', by, to };
      }),
    note: (number, note) =>
      order(number, () =>
        note === '' ? { id: 'ticket.note-vide', values: {} } : { type: 'note', by, note },
      ),
    list() {
      const open = tools.tickets.listOpen().map(({ ticket }) => ticket);
      answerOperator(message, composeQueue(open, tools), here, occasion);
    },
  };
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
): UserId | null {
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
