import type { Block } from '../conversation/conversation.ts';
import type { TicketFigures } from '../store/ticket-figures.ts';
import type { DeskTools } from './desk-tools.ts';
import { hourIn } from './rules/opening-hours.ts';

const mostFiches = 3;

/** `!bilan`, and the weekly report: sentences, no name. */
export function composeReport(
  figures: TicketFigures,
  { since, until }: { readonly since: number; readonly until: number },
  { say, dayOf, content, timeZone }: DeskTools,
): Block[] {
  const heading: Block = {
    type: 'heading',
    text: say({ id: 'bilan.titre', values: { du: dayOf(since), au: dayOf(until - 1) } }),
  };
  const solved = figures.deflection.byFiche.reduce((sum, fiche) => sum + fiche.solved, 0);
  const answered = figures.resolved + figures.unresolved;
  const lines = [
    say({ id: 'bilan.demandes', values: { ouvertes: figures.opened, closes: figures.closed } }),
    ...durationLine('bilan.premiere-reponse', figures.medianFirstAnswer),
    ...durationLine('bilan.resolution', figures.medianMinutes),
    ...(figures.reopened === 0 ? [] : [say({ id: 'bilan.rouvertes', values: { nombre: figures.reopened } })]),
    ...(figures.asked === 0
      ? []
      : [
          say({
            id: 'bilan.satisfaction',
            values: {
              resolues: figures.resolved,
              reponses: answered,
              taux: percent(answered, figures.asked),
            },
          }),
        ]),
    ...(solved + figures.opened === 0
      ? []
      : [
          say({
            id: 'bilan.sans-humain',
            values: { resolus: solved, taux: percent(solved, solved + figures.opened) },
          }),
        ]),
    ...busiestHour(),
    ...handedOver(),
    ...(figures.proposals.sent + figures.proposals.discarded === 0
      ? []
      : [
          say({
            id: 'bilan.propositions',
            values: { envoyees: figures.proposals.sent, ecartees: figures.proposals.discarded },
          }),
        ]),
  ];
  return [heading, { type: 'bullets', items: lines.map((text) => ({ text })) }];

  function durationLine(id: 'bilan.premiere-reponse' | 'bilan.resolution', minutes: number | null): string[] {
    return minutes === null ? [] : [say({ id, values: { duree: formatMinutes(minutes) } })];
  }

  function busiestHour(): string[] {
    const hours = countHours(figures.openings, timeZone);
    const most = Math.max(...hours);
    if (most < 2) return [];
    const hour = hours.indexOf(most);
    return [say({ id: 'bilan.heure', values: { heure: hour, suivante: hour + 1, nombre: most } })];
  }

  /** The fiches that most often lead to a human. */
  function handedOver(): string[] {
    const titles = figures.deflection.byFiche.flatMap(({ key, handedOver: count }) => {
      const title = key === null ? undefined : content.fiches.get(key)?.title;
      return title === undefined || count === 0
        ? []
        : [say({ id: 'bilan.fiche', values: { titre: title, nombre: count } })];
    });
    if (titles.length === 0) return [];
    return [say({ id: 'bilan.fiches', values: { titres: titles.slice(0, mostFiches).join(' ; ') } })];
  }
}

/** How many in each hour of the day, as the salon's clock shows it. */
function countHours(moments: readonly number[], timeZone: string): number[] {
  const hours = Array.from({ length: 24 }, () => 0);
  for (const moment of moments) {
    const hour = hourIn(timeZone, moment);
    hours[hour] = (hours[hour] ?? 0) + 1;
  }
  return hours;
}

function percent(part: number, whole: number): number {
  return Math.round((100 * part) / whole);
}

function formatMinutes(minutes: number): string {
  const whole = Math.round(minutes);
  if (whole < 1) return 'moins d’une minute';
  if (whole < 60) return `${whole} min`;
  if (whole < 1_440) return `${Math.floor(whole / 60)} h ${String(whole % 60).padStart(2, '0')}`;
  const days = Math.floor(whole / 1_440);
  return `${days} j ${Math.floor((whole % 1_440) / 60)} h`;
}
