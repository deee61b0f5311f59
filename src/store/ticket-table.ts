import type { Address, OutgoingId, RoomId, UserId } from '../messages/ids.ts';
import type { Database } from './open-database.ts';
import {
  type Row,
  readAddress,
  readCount,
  readErasable,
  readFlag,
  readJson,
  readNumber,
  readNumberOrNull,
  readOutgoingId,
  readRoomId,
  readText,
  readTextOrNull,
  readUserId,
} from './read-row.ts';
import {
  type ClosingReason,
  isOpen,
  type Priority,
  type Satisfaction,
  type Stage,
  type Ticket,
} from './ticket.ts';
import { readTicketFigures, type TicketFigures } from './ticket-figures.ts';

const minute = 60_000;

/** A ticket and where it lives. */
export interface StoredTicket {
  readonly ticket: Ticket;
  /** Where the agent is reached. Empty once forgotten. */
  readonly address: Address | '';
  /** The support salon that it was posted in. */
  readonly salon: RoomId;
  /** The message whose thread is the conversation. */
  readonly root: OutgoingId;
}

/** What a closed ticket tells the editors: how far the knowledge went, and what the operator knew besides. */
export interface KnowledgeGap {
  readonly number: number;
  readonly closedAt: number;
  readonly fiche: string | null;
  readonly step: number | null;
  /** null: not answered. */
  readonly resolved: boolean | null;
  readonly notes: readonly string[];
}

export interface TicketTable {
  /** The number that the next ticket gets; numbers are never used twice. */
  nextNumber(): number;
  /** Writes the ticket, new or changed. A second open ticket of the same agent is refused by the database. */
  write(stored: StoredTicket): void;
  find(number: number): StoredTicket | null;
  findOpenOf(agent: UserId): StoredTicket | null;
  /** The latest closed one. */
  findClosedOf(agent: UserId): StoredTicket | null;
  findByRoot(root: OutgoingId): StoredTicket | null;
  /** In the order of the queue. */
  listOpen(): StoredTicket[];
  countOpen(): number;
  /** Tickets that wait and come before this one: of a higher priority, or older, in that salon. */
  countBefore(number: number, salon: RoomId): number;
  addNote(number: number, note: { readonly at: number; readonly text: string }): void;
  readGaps(since: number): KnowledgeGap[];
  countSatisfaction(since: number): {
    readonly resolved: number;
    readonly unresolved: number;
    readonly unanswered: number;
  };
  /** Of what was opened or closed between two moments; what is open waits until the second. */
  readFigures(since: number, until: number): TicketFigures;
  countOf(agent: UserId): number;
  /** Closed tickets of this person become nobody's, and their notes go. Their numbers. */
  forgetAgent(agent: UserId): number[];
  /** The same for all tickets closed before then. */
  forgetOld(before: number): number[];
}

export function createTicketTable(db: Database): TicketTable {
  const find = (where: string, ...values: readonly (string | number)[]) =>
    toStored(db.get(`SELECT * FROM ticket WHERE ${where}`, ...values));
  const forget = (where: string, ...values: readonly (string | number)[]): number[] => {
    const numbers = db
      .all(`SELECT number FROM ticket WHERE status = 'closed' AND agent <> '' AND ${where}`, ...values)
      .map((row) => readNumber(row, 'number'));
    for (const number of numbers) {
      db.run(
        `UPDATE ticket SET agent = '', address = '', told = '[]', summary = NULL, title = NULL, remind_at = NULL,
           remind_by = NULL WHERE number = ?`,
        number,
      );
      db.run('DELETE FROM ticket_note WHERE ticket = ?', number);
      db.run('DELETE FROM ticket_proposal WHERE ticket = ?', number);
    }
    return numbers;
  };
  const listOpen = (): StoredTicket[] =>
    db
      .all(`SELECT * FROM ticket WHERE status <> 'closed' ORDER BY priority DESC, number`)
      .map(toStored)
      .filter((stored) => stored !== null);
  const countSatisfaction: TicketTable['countSatisfaction'] = (since) => {
    const row = db.get(
      `SELECT coalesce(sum(satisfaction = 'resolved'), 0) AS yes, coalesce(sum(satisfaction = 'unresolved'), 0) AS no,
              count(*) AS n FROM ticket WHERE status = 'closed' AND closed_at >= ?`,
      since,
    );
    const [resolved, unresolved] = row ? [readNumber(row, 'yes'), readNumber(row, 'no')] : [0, 0];
    return { resolved, unresolved, unanswered: readCount(row) - resolved - unresolved };
  };
  return {
    nextNumber() {
      const row = db.get(`SELECT seq FROM sqlite_sequence WHERE name = 'ticket'`);
      return (row ? readNumber(row, 'seq') : 0) + 1;
    },
    write({ ticket, address, salon, root }) {
      const columns = { ...toColumns(ticket), address, salon, root };
      const names = Object.keys(columns);
      db.run(
        `INSERT INTO ticket (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})
         ON CONFLICT (number) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
        ...Object.values(columns),
      );
    },
    find: (number) => find('number = ?', number),
    findOpenOf: (agent) => find(`agent = ? AND status <> 'closed'`, agent),
    findClosedOf: (agent) => find(`agent = ? AND status = 'closed' ORDER BY closed_at DESC LIMIT 1`, agent),
    findByRoot: (root) => find('root = ?', root),
    listOpen,
    countOpen: () => readCount(db.get(`SELECT count(*) AS n FROM ticket WHERE status <> 'closed'`)),
    countBefore: (number, salon) =>
      readCount(
        db.get(
          // A number that no ticket has yet is that of the next one, of normal priority.
          `SELECT count(*) AS n FROM ticket
           LEFT JOIN (SELECT priority AS mine FROM ticket WHERE number = ?1) ON TRUE
           WHERE status = 'waiting' AND salon = ?2 AND number <> ?1
             AND (priority > coalesce(mine, 0) OR (priority = coalesce(mine, 0) AND number < ?1))`,
          number,
          salon,
        ),
      ),
    addNote(number, { at, text }) {
      db.run('INSERT INTO ticket_note (ticket, at, text) VALUES (?, ?, ?)', number, at, text);
    },
    readGaps: (since) =>
      db
        .all(`SELECT * FROM ticket WHERE status = 'closed' AND closed_at >= ? ORDER BY closed_at`, since)
        .map((row) => ({
          number: readNumber(row, 'number'),
          closedAt: readNumber(row, 'closed_at'),
          fiche: readTextOrNull(row, 'fiche'),
          step: readNumberOrNull(row, 'step'),
          resolved:
            row['satisfaction'] === 'resolved' ? true : row['satisfaction'] === 'unresolved' ? false : null,
          notes: db
            .all('SELECT text FROM ticket_note WHERE ticket = ? ORDER BY at, id', readNumber(row, 'number'))
            .map((note) => readText(note, 'text')),
        })),
    countSatisfaction,
    readFigures(since, until) {
      const open = listOpen().map(({ ticket: { number, fiche, stage, openedAt } }) => ({
        number,
        fiche,
        minutes: (until - (stage.status === 'waiting' ? stage.since : openedAt)) / minute,
        claimed: stage.status === 'held',
      }));
      open.sort((a, b) => Number(a.claimed) - Number(b.claimed) || b.minutes - a.minutes);
      return readTicketFigures(db, since, until, open);
    },
    countOf: (agent) => readCount(db.get('SELECT count(*) AS n FROM ticket WHERE agent = ?', agent)),
    forgetAgent: (agent) => forget('agent = ?', agent),
    forgetOld: (before) => forget('closed_at < ?', before),
  };
}

function toColumns(ticket: Ticket): Record<string, string | number | null> {
  const { stage } = ticket;
  return {
    number: ticket.number,
    agent: ticket.agent,
    opened_at: ticket.openedAt,
    fiche: ticket.fiche,
    step: ticket.step,
    summary: ticket.summary === undefined ? null : JSON.stringify(ticket.summary),
    answered_at: ticket.answeredAt,
    follows: ticket.follows,
    invited: ticket.invited ? 1 : 0,
    title: ticket.title,
    priority: ranks[ticket.priority],
    remind_at: ticket.reminder?.at ?? null,
    remind_by: ticket.reminder?.by ?? null,
    awaits_consent: ticket.awaitsConsent ? 1 : 0,
    status: stage.status,
    since: stage.status === 'waiting' ? stage.since : null,
    reminded: stage.status === 'waiting' && stage.reminded ? 1 : 0,
    holder: stage.status === 'held' ? stage.by : null,
    closed_at: isOpen(ticket) ? null : closedAt(stage),
    reason: stage.status === 'closed' ? stage.reason : null,
    satisfaction: stage.status === 'closed' ? stage.satisfaction : null,
    agent_present: ticket.agentPresent ? 1 : 0,
    active_at: ticket.activeAt,
    awaits_reply: ticket.awaitsReply ? 1 : 0,
    asked_at: ticket.askedAt,
    told: JSON.stringify(ticket.told),
  };
}

/** As they are sorted. */
const ranks: Readonly<Record<Priority, number>> = { haute: 1, normale: 0, basse: -1 };

function toPriority(row: Row): Priority {
  const rank = readNumber(row, 'priority');
  return rank > 0 ? 'haute' : rank < 0 ? 'basse' : 'normale';
}

function closedAt(stage: Stage): number | null {
  return stage.status === 'closed' ? stage.at : null;
}

function toStored(row: Row | undefined): StoredTicket | null {
  if (!row) return null;
  return {
    ticket: {
      number: readNumber(row, 'number'),
      agent: readErasable(row, 'agent', readUserId),
      openedAt: readNumber(row, 'opened_at'),
      fiche: readTextOrNull(row, 'fiche'),
      step: readNumberOrNull(row, 'step'),
      ...(row['summary'] === null ? {} : { summary: readJson<string[]>(row, 'summary') }),
      answeredAt: readNumberOrNull(row, 'answered_at'),
      follows: readNumberOrNull(row, 'follows'),
      invited: readFlag(row, 'invited'),
      title: readTextOrNull(row, 'title'),
      priority: toPriority(row),
      reminder:
        row['remind_at'] === null
          ? null
          : { at: readNumber(row, 'remind_at'), by: readUserId(row, 'remind_by') },
      awaitsConsent: readFlag(row, 'awaits_consent'),
      stage: toStage(row),
      agentPresent: readFlag(row, 'agent_present'),
      activeAt: readNumber(row, 'active_at'),
      awaitsReply: readFlag(row, 'awaits_reply'),
      askedAt: readNumberOrNull(row, 'asked_at'),
      told: readJson<UserId[]>(row, 'told'),
    },
    address: readErasable(row, 'address', readAddress),
    salon: readRoomId(row, 'salon'),
    root: readOutgoingId(row, 'root'),
  };
}

function toStage(row: Row): Stage {
  switch (row['status']) {
    case 'waiting':
      return { status: 'waiting', since: readNumber(row, 'since'), reminded: readFlag(row, 'reminded') };
    case 'held':
      return { status: 'held', by: readUserId(row, 'holder') };
    default:
      return {
        status: 'closed',
        at: readNumber(row, 'closed_at'),
        reason: readText(row, 'reason') as ClosingReason,
        satisfaction: readText(row, 'satisfaction') as Satisfaction,
      };
  }
}
