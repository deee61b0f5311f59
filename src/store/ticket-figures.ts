import type { Database } from './open-database.ts';
import { type Row, readCount, readNumber, readNumberOrNull, readTextOrNull } from './read-row.ts';

const minute = 60_000;

/** How the desk fares: what is open now, what was opened and closed in a period. Nobody's name. */
export interface TicketFigures {
  /** Those that nobody holds first, longest wait first. */
  readonly waiting: readonly {
    readonly number: number;
    readonly fiche: string | null;
    readonly minutes: number;
    /** Somebody holds it: `minutes` counts from its opening, and otherwise from when it came into the queue. */
    readonly claimed: boolean;
  }[];
  readonly opened: number;
  readonly closed: number;
  /** From opening to the first word of a human, of those opened in the period; null when none has had one. */
  readonly medianFirstAnswer: number | null;
  /** From opening to closing; null when none was closed. */
  readonly medianMinutes: number | null;
  /** Opened within seven days of the end of another one of the same agent. */
  readonly reopened: number;
  /** Of those closed: asked whether it is solved, and what was answered. */
  readonly asked: number;
  readonly resolved: number;
  readonly unresolved: number;
  /** Moments of opening. */
  readonly openings: readonly number[];
  /** Proposals of the assistant to operators. */
  readonly proposals: { readonly sent: number; readonly discarded: number };
  /** Solved without a human, and handed over: by fiche (null: none) and by day (UTC, as outcomes are counted). */
  readonly deflection: {
    readonly byFiche: readonly Deflection<string | null>[];
    readonly byDay: readonly Deflection<string>[];
  };
}

export interface Deflection<Key> {
  readonly key: Key;
  readonly solved: number;
  readonly handedOver: number;
}

/** Between two moments, the second not included; `now` says how long what is open has waited. */
export function readTicketFigures(
  db: Database,
  since: number,
  until: number,
  open: TicketFigures['waiting'],
): TicketFigures {
  // What an operator began is no request.
  const opened = db.all(
    `SELECT opened_at, answered_at, follows FROM ticket
     WHERE opened_at >= ? AND opened_at < ? AND invited = 0 ORDER BY opened_at`,
    since,
    until,
  );
  const closed = db.all(
    `SELECT closed_at - opened_at AS lasted, satisfaction FROM ticket
     WHERE status = 'closed' AND closed_at >= ? AND closed_at < ? AND invited = 0 ORDER BY lasted`,
    since,
    until,
  );
  const count = (...kinds: readonly string[]) =>
    closed.filter((row) => kinds.includes(readTextOrNull(row, 'satisfaction') ?? '')).length;
  const [resolved, unresolved] = [count('resolved'), count('unresolved')];
  return {
    waiting: open,
    opened: opened.length,
    closed: closed.length,
    medianFirstAnswer: median(opened.flatMap(firstAnswer)),
    medianMinutes: median(closed.map((row) => readNumber(row, 'lasted') / minute)),
    reopened: opened.filter((row) => row['follows'] !== null).length,
    asked: count('asked', 'passed-over') + resolved + unresolved,
    resolved,
    unresolved,
    openings: opened.map((row) => readNumber(row, 'opened_at')),
    proposals: {
      sent: countProposals(db, 'sent', since, until),
      discarded: countProposals(db, 'discarded', since, until),
    },
    deflection: {
      byFiche: readDeflection(db, "nullif(fiche, '')", since, until),
      byDay: readDeflection<string>(db, `strftime('%Y-%m-%d', at / 1000, 'unixepoch')`, since, until),
    },
  };
}

function firstAnswer(row: Row): number[] {
  const answered = readNumberOrNull(row, 'answered_at');
  return answered === null ? [] : [(answered - readNumber(row, 'opened_at')) / minute];
}

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}

function countProposals(db: Database, status: string, since: number, until: number): number {
  return readCount(
    db.get(
      'SELECT count(*) AS n FROM ticket_proposal WHERE status = ? AND at >= ? AND at < ?',
      status,
      since,
      until,
    ),
  );
}

function readDeflection<Key extends string | null>(
  db: Database,
  key: string,
  since: number,
  until: number,
): Deflection<Key>[] {
  return db
    .all(
      `SELECT ${key} AS key, sum(solved) AS solved, sum(handed) AS handed FROM (
         SELECT fiche, at, solved, 0 AS handed FROM feedback
         UNION ALL SELECT fiche, opened_at, 0, 1 FROM ticket WHERE invited = 0
       ) WHERE at >= ? AND at < ? GROUP BY 1 HAVING solved + handed > 0 ORDER BY handed DESC, key`,
      since,
      until,
    )
    .map((row) => ({
      key: readTextOrNull(row, 'key') as Key,
      solved: readNumber(row, 'solved'),
      handedOver: readNumber(row, 'handed'),
    }));
}
