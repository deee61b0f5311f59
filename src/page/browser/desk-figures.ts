import type { TicketFigures } from '../page-view.ts';
import { buildElement } from './build-element.ts';
import { buildBarTable, buildColumns } from './chart.ts';

/** How the people who help fared over the period: what they did, when they are called, what the assistant spared them. */
export function buildDeskFigures(tickets: TicketFigures): HTMLElement[] {
  const answered = tickets.resolved + tickets.unresolved;
  const facts = [
    `${tickets.opened} ${agree(tickets.opened, 'demande ouverte', 'demandes ouvertes')}, ${tickets.closed} ${agree(tickets.closed, 'close', 'closes')}`,
    ...(tickets.medianFirstAnswer === null
      ? []
      : [`Première réponse en ${formatMinutes(tickets.medianFirstAnswer)} (médiane)`]),
    ...(tickets.medianMinutes === null
      ? []
      : [`De l’ouverture à la clôture : ${formatMinutes(tickets.medianMinutes)} (médiane)`]),
    `Rouvertes dans les 7 jours : ${tickets.reopened}`,
    ...(tickets.asked === 0
      ? []
      : [
          `Résolues : ${tickets.resolved}, non résolues : ${tickets.unresolved} ; ${Math.round((100 * answered) / tickets.asked)} % des agents interrogés ont répondu`,
        ]),
    `Propositions de l’assistant : ${tickets.proposals.sent} ${agree(tickets.proposals.sent, 'envoyée', 'envoyées')}, ${tickets.proposals.discarded} ${agree(tickets.proposals.discarded, 'écartée', 'écartées')}`,
  ];
  return [
    buildElement('ul', {}, ...facts.map((fact) => buildElement('li', {}, fact))),
    ...(tickets.opened === 0
      ? []
      : [
          buildElement('h4', { class: 'fr-text--md' }, 'Demandes ouvertes, heure par heure'),
          buildColumns(tickets.perHour.map((value, hour) => ({ label: `${hour} h`, value }))),
          buildElement(
            'details',
            {},
            buildElement('summary', {}, 'Voir les valeurs'),
            buildElement('p', {}, listHours(tickets.perHour)),
          ),
        ]),
    ...deflection('Résolu sans conseiller, par fiche', 'Fiche', tickets.deflectionByFiche),
    ...deflection('Résolu sans conseiller, par jour', 'Jour', tickets.deflectionByDay),
  ];
}

function deflection(
  title: string,
  nameColumn: string,
  rows: TicketFigures['deflectionByFiche'],
): HTMLElement[] {
  if (rows.length === 0) return [];
  return [
    buildElement('h4', { class: 'fr-text--md' }, title),
    buildBarTable({
      caption: title,
      nameColumn,
      valueColumn: 'Sans conseiller, transmis',
      rows: rows.map(({ name, solved, handedOver }) => ({
        name,
        parts: [
          { value: solved, kind: 'good' },
          { value: handedOver, kind: 'quiet' },
        ],
        value: `${solved} sans, ${handedOver} transmis`,
      })),
    }),
  ];
}

function listHours(perHour: readonly number[]): string {
  return perHour.flatMap((value, hour) => (value === 0 ? [] : [`${hour} h : ${value}`])).join(' ; ');
}

export function formatMinutes(minutes: number): string {
  if (minutes < 60) return `${Math.round(minutes)} min`;
  return `${Math.floor(minutes / 60)} h ${String(Math.round(minutes % 60)).padStart(2, '0')}`;
}

/** In French, zero is singular. The browser's side imports nothing of the host's. */
function agree(number: number, one: string, many: string): string {
  return number > 1 ? many : one;
}
