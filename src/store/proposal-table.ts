import type { Block } from '../conversation/conversation.ts';
import type { OutgoingId } from '../messages/ids.ts';
import type { Database } from './open-database.ts';
import { type Row, readCount, readJson, readNumber, readOutgoingId, readText } from './read-row.ts';

/** What the assistant proposed to whoever holds a ticket: words of the guide, never the agent's. */
export interface Proposal {
  /** The message of the thread that shows it. */
  readonly outgoing: OutgoingId;
  readonly ticket: number;
  /** A turn of its own, so that a reaction under it is not one under the agent's message. */
  readonly turnId: string;
  readonly blocks: readonly Block[];
  readonly status: ProposalStatus;
  readonly at: number;
}

export type ProposalStatus = 'open' | 'sent' | 'discarded';

export interface ProposalTable {
  add(proposal: Omit<Proposal, 'status'>): void;
  findByTurn(turnId: string): Proposal | null;
  /** Was this proposed already, whatever became of it? */
  isKnown(ticket: number, blocks: readonly Block[]): boolean;
  settle(outgoing: OutgoingId, status: Exclude<ProposalStatus, 'open'>): void;
  remove(outgoing: OutgoingId): void;
  /** Since then. */
  count(status: ProposalStatus, since: number): number;
}

export function createProposalTable(db: Database): ProposalTable {
  return {
    add({ outgoing, ticket, turnId, blocks, at }) {
      db.run(
        `INSERT INTO ticket_proposal (outgoing, ticket, turn, blocks, status, at) VALUES (?, ?, ?, ?, 'open', ?)
         ON CONFLICT (outgoing) DO NOTHING`,
        outgoing,
        ticket,
        turnId,
        JSON.stringify(blocks),
        at,
      );
    },
    findByTurn: (turn) => toProposal(db.get('SELECT * FROM ticket_proposal WHERE turn = ?', turn)),
    isKnown: (ticket, blocks) =>
      db.get(
        'SELECT 1 FROM ticket_proposal WHERE ticket = ? AND blocks = ?',
        ticket,
        JSON.stringify(blocks),
      ) !== undefined,
    settle(outgoing, status) {
      db.run('UPDATE ticket_proposal SET status = ? WHERE outgoing = ?', status, outgoing);
    },
    remove(outgoing) {
      db.run('DELETE FROM ticket_proposal WHERE outgoing = ?', outgoing);
    },
    count: (status, since) =>
      readCount(
        db.get('SELECT count(*) AS n FROM ticket_proposal WHERE status = ? AND at >= ?', status, since),
      ),
  };
}

function toProposal(row: Row | undefined): Proposal | null {
  if (!row) return null;
  return {
    outgoing: readOutgoingId(row, 'outgoing'),
    ticket: readNumber(row, 'ticket'),
    turnId: readText(row, 'turn'),
    blocks: readJson<Block[]>(row, 'blocks'),
    status: readText(row, 'status') as ProposalStatus,
    at: readNumber(row, 'at'),
  };
}
