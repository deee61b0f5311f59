import { randomUUID } from 'node:crypto';
import type { Desk, Taken } from '../bot/desk.ts';
import type { HandoffRequest } from '../conversation/conversation.ts';
import { addressOf } from '../messages/ids.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { OutgoingMessage } from '../messages/outgoing-message.ts';
import type { StoredTicket } from '../store/ticket-table.ts';
import { answerOperator, carryOut, type Occasion, paragraphs } from './carry-out.ts';
import { composeReport } from './compose-report.ts';
import { createDeskTools, type DeskOptions, type DeskTools } from './desk-tools.ts';
import { findTicket } from './find-ticket.ts';
import { createPostBox } from './post-box.ts';
import { applyToTicket, reconcileTicket } from './reconcile-ticket.ts';
import { openTicket } from './rules/open-ticket.ts';
import { lastWeekly } from './rules/opening-hours.ts';
import { takeAgentMessage } from './take-agent-message.ts';
import { takeOperatorMessage } from './take-operator-message.ts';

const week = 7 * 24 * 3_600_000;

/**
 * The human take-over: tickets in the support salon, relay between their threads and the agents' direct messages.
 * Every method runs inside the caller's transaction: the ticket, what is promised of it and what is relayed are stored
 * together. Knows no edge: the support salon is a room like any other, in Matrix, in `chat --jsonl` and in tests.
 */
export function createDesk(options: DeskOptions): Desk {
  const { store } = options;

  return {
    salons: [options.supportRoom, ...(options.salons ?? []).map(({ id }) => id)],
    availability(now) {
      const tools = createDeskTools(options);
      if (tools.salons.open.length === 0) return { handoff: 'none' };
      if (!tools.isClosedAt(now)) return { handoff: 'available' };
      const reopens = tools.reopens(now);
      return reopens === null ? { handoff: 'closed' } : { handoff: 'closed', reopens };
    },
    take(message, now) {
      const tools = createDeskTools(options);
      if (tools.salons.of(message.room) !== null) {
        const occasion = begin(tools, message, now);
        // Whoever left holds nothing any more: a colleague may claim it in the same second.
        for (const stored of tools.tickets.listOpen()) reconcileTicket(stored, occasion);
        return takeOperatorMessage(message, occasion);
      }
      return message.place === 'dm' ? takeFromDirectMessage(message, tools, now) : null;
    },
    standingOf({ room, sender }) {
      const tools = createDeskTools(options);
      const salon = tools.salons.of(room);
      if (salon === null) return 'elsewhere';
      return tools.isOperator(sender, salon) ? 'operator' : 'stranger';
    },
    answerOperator(message, blocks, now) {
      const occasion = begin(createDeskTools(options), message, now);
      answerOperator(message, blocks, findTicket(message, occasion), occasion);
      return occasion.box.messages;
    },
    openTicket: (request, message, now) => open(request, message, createDeskTools(options), now),
    passTime(now) {
      const tools = createDeskTools(options);
      const report = reportWeekly(tools, now);
      const told = tools.tickets.listOpen().flatMap((stored) => {
        const box = createPostBox(tools, `ticket:${randomUUID()}`, now);
        const occasion = { tools, box, now, message: null };
        const current = reconcileTicket(stored, occasion);
        applyToTicket(current, { type: 'tick' }, occasion);
        return [...box.messages];
      });
      return [...report, ...told];
    },
    countOf: (person) => createDeskTools(options).tickets.countOf(person),
    isHeld(person) {
      const ticket = createDeskTools(options).tickets.findOpenOf(person)?.ticket;
      return ticket?.stage.status === 'held' && !ticket.awaitsConsent;
    },
    countOpen: () => createDeskTools(options).tickets.countOpen(),
    eraseOf(person, now) {
      const tools = createDeskTools(options);
      const numbers = tools.tickets.forgetAgent(person);
      return eraseMessages(
        numbers.flatMap((number) => tools.messages.list(number)),
        tools,
        now,
      );
    },
    eraseOld(before, now) {
      const tools = createDeskTools(options);
      tools.tickets.forgetOld(before);
      return eraseMessages(tools.messages.listOld(before), tools, now);
    },
  };

  function takeFromDirectMessage(message: IncomingMessage, tools: DeskTools, now: number): Taken | null {
    const occasion = begin(tools, message, now);
    const found = tools.tickets.findOpenOf(message.sender);
    // Nobody holds it any more if its holder has just left: the agent must not talk to an empty chair.
    const stored = found ? reconcileTicket({ ...found, address: message.room }, occasion) : null;
    const open = stored && stored.ticket.stage.status !== 'closed' ? stored : null;
    const taken = takeAgentMessage(message, open, occasion);
    if (taken) return taken;
    return occasion.box.messages.length > 0 ? { outgoing: occasion.box.messages, botAnswers: true } : null;
  }

  function begin(tools: DeskTools, message: IncomingMessage, now: number): Occasion {
    const salon = tools.salons.of(message.room) ?? tools.salon;
    return { tools, box: createPostBox(tools, message.id, now, { salon }), now, message };
  }

  function open(
    request: HandoffRequest,
    message: IncomingMessage,
    tools: DeskTools,
    now: number,
  ): readonly OutgoingMessage[] {
    const agent = message.sender;
    const box = createPostBox(tools, message.id, now, { origin: 'opening' });
    const occasion = { tools, box, now, message, request };
    const known = tools.tickets.findOpenOf(agent);
    if (known) {
      const { number, stage } = known.ticket;
      const text =
        stage.status === 'held'
          ? tools.say({ id: 'conseiller.deja-en-cours', values: { numero: number } })
          : tools.say({
              id: 'conseiller.deja-transmise',
              values: { numero: number, rang: tools.situate(known, now).place },
            });
      box.toAgent(known, box.compose(paragraphs(text)));
      return box.messages;
    }
    const number = tools.tickets.nextNumber();
    const address =
      message.place === 'dm' ? message.room : (store.rooms.findDirect(agent) ?? addressOf(agent));
    const salon = tools.chooseSalon({ agent, address, fiche: request.fiche }) ?? tools.salon;
    const change = openTicket({
      number,
      agent,
      fiche: request.fiche,
      step: request.step,
      summary: request.summary,
      before: endOf(tools.tickets.findClosedOf(agent)),
      now,
      place: tools.tickets.countBefore(number, salon) + 1,
      reopens: tools.reopens(now),
    });
    const stored = { ticket: change.ticket, address, salon, root: box.nextId() };
    carryOut(stored, change, occasion);
    return box.messages;
  }

  /** Once a week at the set moment, or as soon as the bot is back; never for the weeks before the first start. */
  function reportWeekly(tools: DeskTools, now: number): readonly OutgoingMessage[] {
    const { report = null } = options;
    if (report === null || tools.salons.open.length === 0) return [];
    const due = lastWeekly(tools.timeZone, report, now);
    const known = store.settings.read('weekly-report');
    if (known !== null && Number(known) >= due) return [];
    store.settings.write('weekly-report', String(due));
    if (known === null) return [];
    const box = createPostBox(tools, `ticket:${randomUUID()}`, now);
    const period = { since: due - week, until: due };
    const figures = tools.tickets.readFigures(period.since, period.until);
    box.toSalon(null, box.compose(composeReport(figures, period, tools)));
    return box.messages;
  }

  /**
   * The transcript is in the support salon, not only in the store: there it is deleted, message by message. The agent's
   * side is theirs to delete.
   */
  function eraseMessages(
    messages: ReturnType<DeskTools['messages']['listOld']>,
    tools: DeskTools,
    now: number,
  ): readonly OutgoingMessage[] {
    const box = createPostBox(tools, `ticket:${randomUUID()}`, now);
    for (const { outgoing, side } of messages) {
      const sent = store.outgoing.find(outgoing);
      tools.messages.remove(outgoing);
      if (side !== 'salon' || sent?.kind === 'redaction' || store.outgoing.cancel(outgoing)) continue;
      // By event id: the outgoing row may be erased before the deletion has left.
      if (sent?.eventId && sent.room) {
        box.erase(sent.room, sent.eventId);
      }
    }
    return box.messages;
  }
}

function endOf(closed: StoredTicket | null): { readonly number: number; readonly endedAt: number } | null {
  if (closed?.ticket.stage.status !== 'closed') return null;
  return { number: closed.ticket.number, endedAt: closed.ticket.stage.at };
}
