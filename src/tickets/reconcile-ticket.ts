import { type RoomId, startsWith } from '../messages/ids.ts';
import { followUpgrades } from '../store/follow-upgrades.ts';
import type { StoredTicket } from '../store/ticket-table.ts';
import { carryOut, type Occasion, postTicket } from './carry-out.ts';
import { applyTicketEvent } from './rules/apply-ticket-event.ts';
import type { TicketEvent } from './rules/ticket.ts';

/** Memberships are read from the store rather than followed event by event: no departure can be missed. */
export function reconcileTicket(stored: StoredTicket, occasion: Occasion): StoredTicket {
  const { tools } = occasion;
  const { rooms } = tools.store;
  let current = stored;
  const home = tools.salons.of(stored.salon);
  const membership = rooms.read(home ?? stored.salon)?.membership;
  if (membership === 'leave' || membership === 'ban') {
    const elsewhere = tools.salonFor(stored);
    if (elsewhere === null) return applyToTicket(stored, { type: 'salon-lost' }, occasion);
    current = moveTicket(stored, elsewhere, occasion);
    const name = tools.salons.nameOf(stored.salon) ?? 'principal';
    current = applyToTicket(current, { type: 'salon-replaced', lost: name }, occasion);
  } else if (home === null || home !== stored.salon) {
    // The salon was upgraded, or is none any more: the ticket gets a new thread.
    const next = home !== null && membership === 'join' ? home : tools.salonFor(stored);
    if (next !== null && next !== stored.salon) current = moveTicket(stored, next, occasion);
  }
  current = followDirectMessage(current, occasion);
  const { stage } = current.ticket;
  const isIn = rooms.read(current.salon)?.membership === 'join';
  if (stage.status === 'held' && isIn && !tools.isOperator(stage.by, current.salon)) {
    current = applyToTicket(current, { type: 'operator-left', operator: stage.by }, occasion);
  }
  const reachable = tools.isReachable(current);
  if (reachable === current.ticket.agentPresent) return current;
  return applyToTicket(current, { type: reachable ? 'agent-back' : 'agent-left' }, occasion);
}

export function applyToTicket(stored: StoredTicket, event: TicketEvent, occasion: Occasion): StoredTicket {
  const change = applyTicketEvent(stored.ticket, event, occasion.tools.situate(stored, occasion.now));
  if (change.ticket === stored.ticket && change.effects.length === 0) return stored;
  return carryOut(stored, change, occasion);
}

/** The ticket gets a new thread in that salon. What was said in the old one stays there: it is kept nowhere else. */
export function moveTicket(stored: StoredTicket, salon: RoomId, occasion: Occasion): StoredTicket {
  const moved = { ...stored, salon, root: occasion.box.nextId() };
  occasion.tools.tickets.write(moved);
  postTicket(moved, occasion);
  return moved;
}

/** Once the direct message has been made, the agent can leave it. */
function followDirectMessage(stored: StoredTicket, { tools }: Occasion): StoredTicket {
  const { address, ticket } = stored;
  if (!startsWith(address, 'dm:') || ticket.agent === '') return stored;
  const direct = tools.store.rooms.findDirect(ticket.agent);
  if (direct === null) return stored;
  const followed = { ...stored, address: direct };
  tools.tickets.write(followed);
  return followed;
}

/** Is this ticket that of the room where somebody writes, upgrades followed? */
export function livesIn(stored: StoredTicket, room: RoomId, { tools }: Pick<Occasion, 'tools'>): boolean {
  return followUpgrades(tools.store, stored.salon) === (tools.salons.of(room) ?? room);
}
