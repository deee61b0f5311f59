import type { Content } from '../knowledge/content.ts';
import type { Store } from '../store/open-store.ts';
import { createTicketTable } from '../store/ticket-table.ts';
import type { TicketFigures } from './page-view.ts';

const minute = 60_000;

/** The tickets that are open now, and those closed since then; nobody's name. */
export function readTicketFigures(store: Store, content: Content, since: number, now: number): TicketFigures {
  const tickets = createTicketTable(store.database);
  const open = tickets.listOpen().map(({ ticket: { number, fiche, stage, openedAt } }) => ({
    id: `n° ${number}`,
    subject: (fiche === null ? undefined : content.fiches.get(fiche)?.title) ?? 'sans fiche',
    minutes: (now - (stage.status === 'waiting' ? stage.since : openedAt)) / minute,
    claimed: stage.status === 'held',
  }));
  const durations = store.database
    .all(
      `SELECT closed_at - opened_at AS lasted FROM ticket WHERE status = 'closed' AND closed_at >= ?`,
      since,
    )
    .map((row) => Number(row['lasted']) / minute)
    .sort((a, b) => a - b);
  const { resolved, unresolved } = tickets.countSatisfaction(since);
  return {
    waiting: open.sort((a, b) => Number(a.claimed) - Number(b.claimed) || b.minutes - a.minutes),
    closed: durations.length,
    medianMinutes: durations[Math.floor(durations.length / 2)] ?? null,
    resolved,
    unresolved,
  };
}
