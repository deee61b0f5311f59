import type { OutgoingId } from '../messages/ids.ts';
import type { Database } from './open-database.ts';
import { type Row, readNumber, readOutgoingId, readText } from './read-row.ts';

/** A message of the bot that belongs to a ticket: which it is, where it went, and what it came from. Never a text. */
export interface TicketMessage {
  /** Id in the outgoing table. */
  readonly outgoing: OutgoingId;
  readonly ticket: number;
  /** Event that it came from: for a relay, the message passed on. */
  readonly turnId: string;
  readonly side: 'salon' | 'agent';
  readonly kind: 'relay' | 'notice' | 'question';
  readonly at: number;
}

export interface TicketMessageTable {
  add(message: TicketMessage): void;
  find(outgoing: OutgoingId): TicketMessage | null;
  findByTurn(turnId: string): TicketMessage[];
  /** Every message of this ticket, to delete them from the rooms. */
  list(ticket: number): TicketMessage[];
  /** Every message, of any ticket, older than that. */
  listOld(before: number): TicketMessage[];
  remove(outgoing: OutgoingId): void;
}

export function createTicketMessageTable(db: Database): TicketMessageTable {
  return {
    add({ outgoing, ticket, turnId, side, kind, at }) {
      db.run(
        `INSERT INTO ticket_message (outgoing, ticket, turn, side, kind, at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (outgoing) DO NOTHING`,
        outgoing,
        ticket,
        turnId,
        side,
        kind,
        at,
      );
    },
    find: (outgoing) => toMessage(db.get('SELECT * FROM ticket_message WHERE outgoing = ?', outgoing)),
    findByTurn: (turn) => toMessages(db.all('SELECT * FROM ticket_message WHERE turn = ? ORDER BY id', turn)),
    list: (ticket) => toMessages(db.all('SELECT * FROM ticket_message WHERE ticket = ? ORDER BY id', ticket)),
    listOld: (before) => toMessages(db.all('SELECT * FROM ticket_message WHERE at < ? ORDER BY id', before)),
    remove(outgoing) {
      db.run('DELETE FROM ticket_message WHERE outgoing = ?', outgoing);
    },
  };
}

function toMessages(rows: readonly Row[]): TicketMessage[] {
  return rows.map(toMessage).filter((message) => message !== null);
}

function toMessage(row: Row | undefined): TicketMessage | null {
  if (!row) return null;
  return {
    outgoing: readOutgoingId(row, 'outgoing'),
    ticket: readNumber(row, 'ticket'),
    turnId: readText(row, 'turn'),
    side: readText(row, 'side') as TicketMessage['side'],
    kind: readText(row, 'kind') as TicketMessage['kind'],
    at: readNumber(row, 'at'),
  };
}
