import type { Outcome } from '../conversation/conversation.ts';
import { maskPersonalData } from '../conversation/reading/mask-personal-data.ts';
import type { Content } from '../knowledge/content.ts';
import { unansweredId } from '../store/feedback-table.ts';
import type { Store } from '../store/open-store.ts';
import type { TicketFigures } from '../store/ticket-figures.ts';
import type { Figures } from './page-view.ts';

const dayMilliseconds = 86_400_000;

/** Outcomes of a question; the others are small talk and silence. */
const asked: readonly Outcome[] = ['answer', 'clarify', 'fallback', 'handoff'];

/** What the store counts over the last `days` days, today included. */
export function readFigures(
  store: Store,
  content: Content,
  period: { readonly days: number; readonly now: number },
  tickets: TicketFigures | null,
): Figures {
  const { days, now } = period;
  const since = now - (days - 1) * dayMilliseconds;
  const firstDay = dayOf(since);
  const counts = store.feedback.readStatistics(firstDay);
  const sum = (wanted: typeof counts): number => wanted.reduce((total, { count }) => total + count, 0);
  const titleOf = (id: string): string => content.fiches.get(id)?.title ?? id;
  return {
    days,
    perDay: Array.from({ length: days }, (_, index) => {
      const day = dayOf(since + index * dayMilliseconds);
      return {
        day,
        questions: sum(counts.filter((row) => row.day === day && asked.includes(row.outcome))),
      };
    }),
    outcomes: [...Map.groupBy(counts, ({ outcome }) => outcome)]
      .filter(([outcome]) => outcome !== 'silence')
      .map(([outcome, rows]) => ({ outcome, count: sum(rows) }))
      .sort((a, b) => b.count - a.count),
    topFiches: [...Map.groupBy(counts, ({ fiche }) => fiche ?? '')]
      .filter(([fiche]) => fiche !== '')
      .map(([id, rows]) => ({ id, title: titleOf(id), count: sum(rows) }))
      .sort((a, b) => b.count - a.count)
      .slice(0, 10),
    feedback: store.feedback
      .readFeedback(Date.parse(firstDay))
      .map(({ fiche, solved, unsolved }) => ({ id: fiche, title: titleOf(fiche), solved, unsolved })),
    unanswered: store.feedback
      .readUnanswered(Date.parse(firstDay))
      .slice(-50)
      .reverse()
      .map(({ turnId, at, text, nearest }) => ({
        id: unansweredId(turnId),
        at,
        text: maskPersonalData(text),
        nearest: nearest === null ? null : titleOf(nearest),
      })),
    tickets: tickets && {
      ...countsOf(tickets),
      perHour: countHours(tickets.openings),
      deflectionByFiche: tickets.deflection.byFiche
        .slice(0, 10)
        .map(({ key, ...row }) => ({ name: key === null ? 'sans fiche' : titleOf(key), ...row })),
      deflectionByDay: tickets.deflection.byDay
        .toSorted((a, b) => a.key.localeCompare(b.key))
        .slice(-10)
        .map(({ key, ...row }) => ({ name: formatDay(key), ...row })),
      waiting: tickets.waiting.map(({ number, fiche, minutes, claimed }) => ({
        id: `n° ${number}`,
        subject: (fiche === null ? undefined : content.fiches.get(fiche)?.title) ?? 'sans fiche',
        minutes,
        claimed,
      })),
    },
  };
}

function countsOf({
  waiting: _waiting,
  openings: _openings,
  deflection: _deflection,
  ...counts
}: TicketFigures) {
  return counts;
}

const hourOfDay = new Intl.DateTimeFormat('fr-FR', {
  hour: 'numeric',
  hourCycle: 'h23',
  timeZone: 'Europe/Paris',
});

function countHours(moments: readonly number[]): number[] {
  const counts = Array.from({ length: 24 }, () => 0);
  for (const moment of moments) {
    const hour = Number.parseInt(hourOfDay.format(moment), 10);
    counts[hour] = (counts[hour] ?? 0) + 1;
  }
  return counts;
}

function formatDay(iso: string): string {
  const format = new Intl.DateTimeFormat('fr-FR', { day: 'numeric', month: 'long', timeZone: 'UTC' });
  return format.format(new Date(`${iso}T12:00:00Z`));
}

/** Days are those that the bot counts outcomes by: in UTC. */
function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
