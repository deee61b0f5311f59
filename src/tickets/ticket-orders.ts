import type { TicketOrders } from '../chat-commands/capabilities.ts';
import type { Block } from '../conversation/conversation.ts';
import type { UserId } from '../messages/ids.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { Priority } from '../store/ticket.ts';
import type { StoredTicket } from '../store/ticket-table.ts';
import { cutAtSentence } from '../text/cut-at-sentence.ts';
import { cutText } from '../text/cut-text.ts';
import { foldAccents } from '../text/fold-accents.ts';
import { frenchTypography } from '../text/french-typography.ts';
import { answerOperator, answerSentence, applyEvent, type Occasion, paragraphs } from './carry-out.ts';
import { composeRelay, type RelayPart } from './compose-relay.ts';
import { composeReport } from './compose-report.ts';
import { composeQueue } from './compose-ticket.ts';
import type { DeskTools } from './desk-tools.ts';
import { fillReply } from './fill-reply.ts';
import type { OpenSalon } from './find-salons.ts';
import { inviteInWords } from './invite-in-words.ts';
import { livesIn, moveTicket } from './reconcile-ticket.ts';
import type { Sentence, TicketEvent } from './rules/ticket.ts';

const week = 7 * 24 * 3_600_000;

/** What an operator's chat commands may do to tickets. `here`: the ticket in whose thread they write. */
export function createTicketOrders(
  message: IncomingMessage,
  here: StoredTicket | null,
  occasion: Occasion,
): TicketOrders {
  const { tools } = occasion;
  const by = message.sender;

  /** `decide`: what the order asks of the ticket, the sentence that says what it lacks, or null when it is done. */
  function order(
    number: number | null,
    decide: (stored: StoredTicket) => TicketEvent | Sentence | null,
  ): void {
    const stored = number === null ? here : tools.tickets.find(number);
    const decision = stored ? inThisSalon(stored, decide) : notFound(number);
    if (decision === null) return;
    if ('id' in decision) answerSentence(message, decision, stored ?? here, occasion);
    else if (stored) applyEvent(stored, decision, occasion);
  }

  function inThisSalon(
    stored: StoredTicket,
    decide: (stored: StoredTicket) => TicketEvent | Sentence | null,
  ): TicketEvent | Sentence | null {
    if (livesIn(stored, message.room, occasion)) return decide(stored);
    const salon = tools.salons.nameOf(stored.salon) ?? 'principal';
    return { id: 'ticket.autre-salon', values: { numero: stored.ticket.number, salon } };
  }

  function changeSalon(stored: StoredTicket, salon: OpenSalon): null {
    const { number } = stored.ticket;
    const event = { type: 'change-salon', by, to: salon.name ?? 'principal' } as const;
    const before = tools.linkTo(stored);
    if (!applyEvent(stored, event, occasion).changed) return null;
    const gone = { numero: number, salon: event.to, qui: { userId: by } };
    const { body, html } = tools.render({
      blocks: [
        { type: 'heading', text: tools.say({ id: 'ticket.titre', values: { numero: number } }) },
        ...paragraphs(tools.say({ id: 'ticket.change-salon', values: gone })),
      ],
    });
    occasion.box.toSalon(stored, { type: 'edit', of: stored.root, text: body, html });
    const moved = moveTicket(tools.tickets.find(number) ?? stored, salon.id, occasion);
    const blocks = paragraphs(tools.say({ id: 'ticket.fil-precedent', values: { fil: before } }));
    occasion.box.toThread(moved, occasion.box.compose(blocks));
    return null;
  }

  return {
    claim: (number) => order(number, () => ({ type: 'claim', by })),
    release: (number) => order(number, () => ({ type: 'release', by })),
    close: (number, note) => order(number, () => ({ type: 'close', by, note })),
    transfer: (number, written) =>
      order(number, (stored) => {
        const to = findColleague(written, message, occasion);
        if (to !== null) return { type: 'transfer', by, to };
        const salon = tools.salons.named(written);
        if (salon !== null && salon.id !== stored.salon) return changeSalon(stored, salon);
        return { id: 'ticket.transfert-inconnu', values: { numero: stored.ticket.number } };
      }),
    note: (number, note) =>
      order(number, () =>
        note === '' ? { id: 'ticket.note-vide', values: {} } : { type: 'note', by, note },
      ),
    reply: (number, name) =>
      order(number, (stored) => {
        const prepared = prepareReply(name, stored, occasion);
        if ('id' in prepared) return prepared;
        const event = { type: 'operator-sends', by } as const;
        if (!applyEvent(stored, event, { ...occasion, prepared: prepared.parts }).relayed) return null;
        const sent = frenchTypography(tools.say({ id: 'ticket.reponse-envoyee', values: {} }));
        for (const part of composeRelay(sent, prepared.text)) {
          occasion.box.toThread(stored, { type: 'message', ...part, inReplyTo: null, mention: null });
        }
        return null;
      }),
    rename: (number, written) => order(number, () => ({ type: 'rename', by, title: cleanTitle(written) })),
    prioritise: (number, written) =>
      order(number, ({ ticket }) => {
        const priority = readPriority(written);
        return priority === null
          ? { id: 'ticket.priorite-comment', values: { numero: ticket.number } }
          : { type: 'prioritise', by, priority };
      }),
    remind: (number, delay) =>
      order(number, () => {
        if (delay === null) return { id: 'ticket.rappel-comment', values: {} };
        if (delay === 'never') return { type: 'remind', by, reminder: null };
        const at = occasion.now + delay;
        return { type: 'remind', by, reminder: { at, date: tools.dateOf(at) } };
      }),
    writeTo(written) {
      const refusal = inviteInWords(written, message, occasion);
      if (refusal !== null) answerSentence(message, refusal, here, occasion);
    },
    listReplies: () => answerOperator(message, composeReplies(tools), here, occasion),
    report() {
      // What was done in this very millisecond counts.
      const period = { since: occasion.now - week, until: occasion.now + 1 };
      const figures = tools.tickets.readFigures(period.since, period.until);
      answerOperator(message, composeReport(figures, period, tools), here, occasion);
    },
    list() {
      const open = tools.tickets.listOpen().filter((stored) => livesIn(stored, message.room, occasion));
      const tickets = open.map(({ ticket }) => ticket);
      answerOperator(message, composeQueue(tickets, tools), here, occasion);
    },
  };
}

/** A canned reply with its blanks filled, or the sentence that says why it cannot be sent. */
function prepareReply(
  written: string,
  stored: StoredTicket,
  { tools }: Occasion,
): Sentence | { readonly text: string; readonly parts: readonly RelayPart[] } {
  const found = [...tools.replies].find(([name]) => fold(name) === fold(written));
  if (found === undefined) return { id: 'ticket.reponse-inconnue', values: {} };
  const [name, reply] = found;
  const filled = fillReply(reply, {
    agent: tools.nameOf(stored.ticket.agent, stored.address),
    number: stored.ticket.number,
    profile: tools.profileOf(stored),
    slots: tools.content.profile,
  });
  if ('unknown' in filled) {
    return { id: 'ticket.reponse-a-trous', values: { nom: name, mot: filled.unknown[0] ?? '' } };
  }
  const prefix = tools.say({ id: 'conseiller.prefixe', values: {} });
  return { text: filled.text, parts: composeRelay(prefix, filled.text) };
}

/** `!reponses`: names, and how each begins. */
function composeReplies({ replies, say }: DeskTools): Block[] {
  if (replies.size === 0) return paragraphs(say({ id: 'ticket.reponses-vides', values: {} }));
  const items = [...replies].map(([name, text]) => ({
    text: say({
      id: 'ticket.reponses-ligne',
      values: { nom: name, debut: cutAtSentence(text.replace(/[*`]|\s+/g, ' ').trim(), 120) },
    }),
  }));
  return [...paragraphs(say({ id: 'ticket.reponses', values: {} })), { type: 'bullets', items }];
}

/** Shown in a heading, between other words. */
function cleanTitle(written: string): string | null {
  const title = cutText(
    written
      .replace(/[*`«»<>]|\p{C}/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
    80,
  );
  return title === '' ? null : title;
}

function readPriority(written: string): Priority | null {
  const word = fold(written);
  if (['haute', 'haut', 'urgente', 'urgent'].includes(word)) return 'haute';
  if (['normale', 'normal'].includes(word)) return 'normale';
  return ['basse', 'bas'].includes(word) ? 'basse' : null;
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
  { tools, box }: Occasion,
): UserId | null {
  const operators = tools.listOperators(box.salon);
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
