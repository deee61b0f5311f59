import { randomUUID } from 'node:crypto';
import type { Desk, Taken } from '../bot/desk.ts';
import type { HandoffRequest } from '../conversation/conversation.ts';
import { addressOf, type RoomId, startsWith } from '../messages/ids.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { OutgoingMessage } from '../messages/outgoing-message.ts';
import type { StoredTicket } from '../store/ticket-table.ts';
import { answerOperator, carryOut, type Occasion, paragraphs, postTicket } from './carry-out.ts';
import { composeReport } from './compose-report.ts';
import { createDeskTools, type DeskOptions, type DeskTools } from './desk-tools.ts';
import { findTicket } from './find-ticket.ts';
import { createPostBox } from './post-box.ts';
import { applyTicketEvent } from './rules/apply-ticket-event.ts';
import { openTicket } from './rules/open-ticket.ts';
import { lastWeekly } from './rules/opening-hours.ts';
import type { TicketEvent } from './rules/ticket.ts';
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
    availability(now) {
      const tools = createDeskTools(options);
      if (!tools.salonOpen) return { handoff: 'none' };
      if (!tools.isClosedAt(now)) return { handoff: 'available' };
      const reopens = tools.reopens(now);
      return reopens === null ? { handoff: 'closed' } : { handoff: 'closed', reopens };
    },
    take(message, now) {
      const tools = createDeskTools(options);
      if (isSupportSalon(message.room, tools)) {
        const occasion = begin(tools, message, now);
        // Whoever left holds nothing any more: a colleague may claim it in the same second.
        for (const stored of tools.tickets.listOpen()) reconcile(stored, occasion);
        return takeOperatorMessage(message, occasion);
      }
      return message.place === 'dm' ? takeFromDirectMessage(message, tools, now) : null;
    },
    standingOf({ room, sender }) {
      const tools = createDeskTools(options);
      if (!isSupportSalon(room, tools)) return 'elsewhere';
      return tools.isOperator(sender) ? 'operator' : 'stranger';
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
        const current = reconcile(stored, occasion);
        apply(current, { type: 'tick' }, occasion);
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

  /** The salon, and those that it replaced: an old client may still write there. */
  function isSupportSalon(room: RoomId, tools: DeskTools): boolean {
    return room === tools.salon || room === options.supportRoom;
  }

  function takeFromDirectMessage(message: IncomingMessage, tools: DeskTools, now: number): Taken | null {
    const occasion = begin(tools, message, now);
    const found = tools.tickets.findOpenOf(message.sender);
    // Nobody holds it any more if its holder has just left: the agent must not talk to an empty chair.
    const stored = found ? reconcile({ ...found, address: message.room }, occasion) : null;
    const open = stored && stored.ticket.stage.status !== 'closed' ? stored : null;
    const taken = takeAgentMessage(message, open, occasion);
    if (taken) return taken;
    return occasion.box.messages.length > 0 ? { outgoing: occasion.box.messages, botAnswers: true } : null;
  }

  function begin(tools: DeskTools, message: IncomingMessage, now: number): Occasion {
    return { tools, box: createPostBox(tools, message.id, now), now, message };
  }

  /** Memberships are read from the store rather than followed event by event: no departure can be missed. */
  function reconcile(stored: StoredTicket, occasion: Occasion): StoredTicket {
    const { tools } = occasion;
    const salon = store.rooms.read(tools.salon);
    if (salon && (salon.membership === 'leave' || salon.membership === 'ban')) {
      return apply(stored, { type: 'salon-lost' }, occasion);
    }
    let current = stored.salon === tools.salon || !tools.salonOpen ? stored : move(stored, occasion);
    // The direct message has been made since: from now on the agent can leave it.
    const { address, ticket } = current;
    const direct =
      startsWith(address, 'dm:') && ticket.agent !== '' ? store.rooms.findDirect(ticket.agent) : null;
    if (direct !== null) {
      current = { ...current, address: direct };
      tools.tickets.write(current);
    }
    const { stage } = stored.ticket;
    if (stage.status === 'held' && salon?.membership === 'join' && !tools.isOperator(stage.by)) {
      current = apply(current, { type: 'operator-left', operator: stage.by }, occasion);
    }
    const reachable = tools.isReachable(current);
    if (reachable === current.ticket.agentPresent) return current;
    return apply(current, { type: reachable ? 'agent-back' : 'agent-left' }, occasion);
  }

  /** The salon was upgraded: the ticket gets a new thread in the room that replaced it. */
  function move(stored: StoredTicket, occasion: Occasion): StoredTicket {
    const moved = { ...stored, salon: occasion.tools.salon, root: occasion.box.nextId() };
    occasion.tools.tickets.write(moved);
    postTicket(moved, occasion);
    return moved;
  }

  function open(
    request: HandoffRequest,
    message: IncomingMessage,
    tools: DeskTools,
    now: number,
  ): readonly OutgoingMessage[] {
    const agent = message.sender;
    const box = createPostBox(tools, message.id, now, 'opening');
    const occasion = { tools, box, now, message, request };
    const known = tools.tickets.findOpenOf(agent);
    if (known) {
      const { number, stage } = known.ticket;
      const text =
        stage.status === 'held'
          ? tools.say({ id: 'conseiller.deja-en-cours', values: { numero: number } })
          : tools.say({
              id: 'conseiller.deja-transmise',
              values: { numero: number, rang: tools.situate(number, now).place },
            });
      box.toAgent(known, box.compose(paragraphs(text)));
      return box.messages;
    }
    const number = tools.tickets.nextNumber();
    const change = openTicket({
      number,
      agent,
      fiche: request.fiche,
      step: request.step,
      summary: request.summary,
      before: endOf(tools.tickets.findClosedOf(agent)),
      now,
      place: tools.situate(number, now).place,
      reopens: tools.reopens(now),
    });
    const address =
      message.place === 'dm' ? message.room : (store.rooms.findDirect(agent) ?? addressOf(agent));
    const stored = { ticket: change.ticket, address, salon: tools.salon, root: box.nextId() };
    carryOut(stored, change, occasion);
    return box.messages;
  }

  function apply(stored: StoredTicket, event: TicketEvent, occasion: Occasion): StoredTicket {
    const situation = occasion.tools.situate(stored.ticket.number, occasion.now);
    const change = applyTicketEvent(stored.ticket, event, situation);
    if (change.ticket === stored.ticket && change.effects.length === 0) return stored;
    return carryOut(stored, change, occasion);
  }

  /** Once a week at the set moment, or as soon as the bot is back; never for the weeks before the first start. */
  function reportWeekly(tools: DeskTools, now: number): readonly OutgoingMessage[] {
    const { report = null } = options;
    if (report === null || !tools.salonOpen) return [];
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
