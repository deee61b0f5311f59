import type { Figures } from '../page-view.ts';
import { buildElement } from './build-element.ts';
import { readFigures } from './call-host.ts';
import { buildBarTable, buildColumns } from './chart.ts';
import { buildDeskFigures, formatMinutes } from './desk-figures.ts';
import { nameOutcome } from './name-outcome.ts';

export interface FiguresTab {
  readonly element: HTMLElement;
  refresh(): Promise<void>;
}

/** How the bot is used, over 7, 30 or 90 days. */
export function createFiguresView(): FiguresTab {
  const content = buildElement('div', { 'aria-live': 'polite' });
  const period = buildElement(
    'select',
    { class: 'fr-select', id: 'periode', onchange: () => void refresh() },
    buildElement('option', { value: 7 }, '7 derniers jours'),
    buildElement('option', { value: 30, selected: true }, '30 derniers jours'),
    buildElement('option', { value: 90 }, '90 derniers jours'),
  );
  const element = buildElement(
    'div',
    {},
    buildElement('h2', { class: 'fr-h5' }, 'Chiffres'),
    buildElement(
      'div',
      { class: 'fr-select-group page-period' },
      buildElement('label', { class: 'fr-label', for: 'periode' }, 'Période'),
      period,
    ),
    content,
  );
  return { element, refresh };

  async function refresh(): Promise<void> {
    try {
      content.replaceChildren(...buildFigures(await readFigures(Number(period.value))));
    } catch (error) {
      content.replaceChildren(
        buildElement('p', { role: 'alert' }, error instanceof Error ? error.message : String(error)),
      );
    }
  }
}

function buildFigures(figures: Figures): HTMLElement[] {
  const asked = figures.perDay.reduce((sum, { questions }) => sum + questions, 0);
  const today = figures.perDay.at(-1)?.questions ?? 0;
  const solved = figures.feedback.reduce((sum, fiche) => sum + fiche.solved, 0);
  const judged = solved + figures.feedback.reduce((sum, fiche) => sum + fiche.unsolved, 0);
  const tiles = [
    tile(`${today}`, 'questions aujourd’hui'),
    tile(`${asked}`, `questions en ${figures.days} jours`),
    tile(judged === 0 ? '-' : `${Math.round((100 * solved) / judged)} %`, `résolues, sur ${judged} avis`),
    tile(`${figures.unanswered.length}`, 'questions sans bonne réponse'),
    ...(figures.tickets ? [tile(`${figures.tickets.waiting.length}`, 'demandes en attente')] : []),
  ];
  return [
    buildElement('ul', { class: 'page-tiles' }, ...tiles),
    buildElement(
      'div',
      { class: 'fr-grid-row fr-grid-row--gutters' },
      column(buildPerDay(figures), 12),
      column(buildOutcomes(figures), 6),
      column(buildTopFiches(figures), 6),
      column(buildFeedback(figures), 6),
      column(buildTickets(figures), 6),
      column(buildUnanswered(figures), 12),
    ),
  ];
}

function tile(value: string, label: string): HTMLElement {
  return buildElement(
    'li',
    { class: 'page-figure-tile' },
    buildElement('span', { class: 'page-figure' }, value),
    buildElement('span', {}, label),
  );
}

function column(content: HTMLElement, width: number): HTMLElement {
  return buildElement('div', { class: `fr-col-12 fr-col-lg-${width}` }, content);
}

function card(title: string, ...content: readonly (HTMLElement | string)[]): HTMLElement {
  return buildElement(
    'figure',
    { class: 'page-chart' },
    buildElement('figcaption', {}, buildElement('h3', { class: 'fr-h6' }, title)),
    ...content,
  );
}

function nothing(text: string): HTMLElement {
  return buildElement('p', { class: 'fr-hint-text' }, text);
}

function buildPerDay({ perDay }: Figures): HTMLElement {
  const rows = perDay.map(({ day, questions }) => ({ label: formatDay(day), value: questions }));
  return card(
    'Questions par jour',
    buildColumns(rows),
    buildElement(
      'details',
      {},
      buildElement('summary', {}, 'Voir les valeurs'),
      buildElement(
        'table',
        { class: 'page-table page-table--plain' },
        buildElement('caption', { class: 'fr-sr-only' }, 'Questions par jour'),
        buildElement(
          'thead',
          {},
          buildElement(
            'tr',
            {},
            buildElement('th', { scope: 'col' }, 'Jour'),
            buildElement('th', { scope: 'col' }, 'Questions'),
          ),
        ),
        buildElement(
          'tbody',
          {},
          ...rows.map(({ label, value }) =>
            buildElement(
              'tr',
              {},
              buildElement('th', { scope: 'row' }, label),
              buildElement('td', {}, `${value}`),
            ),
          ),
        ),
      ),
    ),
  );
}

function buildOutcomes({ outcomes }: Figures): HTMLElement {
  if (outcomes.length === 0) return card('Ce qui a été répondu', nothing('Aucun message sur la période.'));
  const kinds = {
    answer: 'good',
    fallback: 'bad',
    smalltalk: 'quiet',
    clarify: 'main',
    handoff: 'main',
    silence: 'quiet',
  } as const;
  return card(
    'Ce qui a été répondu',
    buildBarTable({
      caption: 'Ce qui a été répondu aux messages',
      nameColumn: 'Réponse',
      valueColumn: 'Messages',
      rows: outcomes.map(({ outcome, count }) => ({
        name: nameOutcome(outcome),
        parts: [{ value: count, kind: kinds[outcome] }],
        value: `${count}`,
      })),
    }),
  );
}

function buildTopFiches({ topFiches }: Figures): HTMLElement {
  if (topFiches.length === 0)
    return card('Fiches les plus données', nothing('Aucune fiche donnée sur la période.'));
  return card(
    'Fiches les plus données',
    buildBarTable({
      caption: 'Fiches les plus données',
      nameColumn: 'Fiche',
      valueColumn: 'Fois',
      rows: topFiches.map(({ title, count }) => ({
        name: title,
        parts: [{ value: count, kind: 'main' }],
        value: `${count}`,
      })),
    }),
  );
}

function buildFeedback({ feedback }: Figures): HTMLElement {
  if (feedback.length === 0) return card('Résolu ou non', nothing('Aucun avis sur la période.'));
  return card(
    'Résolu ou non, par fiche',
    buildBarTable({
      caption: 'Avis des agents, par fiche',
      nameColumn: 'Fiche',
      valueColumn: 'Avis',
      rows: feedback.slice(0, 10).map(({ title, solved, unsolved }) => ({
        name: title,
        parts: [
          { value: solved, kind: 'good' },
          { value: unsolved, kind: 'bad' },
        ],
        value: `${solved} oui, ${unsolved} non`,
      })),
    }),
  );
}

function buildTickets({ tickets }: Figures): HTMLElement {
  if (!tickets) return card('Demandes à un humain', nothing('Aucun salon de support n’est réglé.'));
  const figures = buildDeskFigures(tickets);
  if (tickets.waiting.length === 0)
    return card('Demandes à un humain', nothing('Personne n’attend.'), ...figures);
  return card(
    'Demandes à un humain, par temps d’attente',
    buildBarTable({
      caption: 'Demandes en attente',
      nameColumn: 'Demande',
      valueColumn: 'Attente',
      rows: tickets.waiting.map(({ id, subject, minutes, claimed }) => ({
        name: `${id}, ${subject}${claimed ? ' (prise en charge)' : ''}`,
        parts: [{ value: minutes, kind: claimed ? 'quiet' : 'main' }],
        value: formatMinutes(minutes),
      })),
    }),
    ...figures,
  );
}

function buildUnanswered({ unanswered }: Figures): HTMLElement {
  const title = 'Questions sans bonne réponse';
  if (unanswered.length === 0) return card(title, nothing('Aucune sur la période.'));
  return card(
    title,
    buildElement('p', {}, 'L’onglet « À faire » les groupe, et dit ce qu’on peut en faire.'),
    buildElement(
      'div',
      { class: 'page-scroll', tabindex: 0, role: 'region', 'aria-label': title },
      buildElement(
        'table',
        { class: 'page-table page-table--plain' },
        buildElement('caption', { class: 'fr-sr-only' }, title),
        buildElement(
          'thead',
          {},
          buildElement(
            'tr',
            {},
            ...['ID', 'Question', 'Fiche la plus proche', 'Jour'].map((name) =>
              buildElement('th', { scope: 'col' }, name),
            ),
          ),
        ),
        buildElement(
          'tbody',
          {},
          ...unanswered.map(({ id, text, nearest, at }) =>
            buildElement(
              'tr',
              {},
              buildElement('td', {}, buildElement('code', {}, id)),
              buildElement('td', {}, text),
              buildElement('td', {}, nearest ?? 'aucune'),
              buildElement('td', {}, formatDay(new Date(at).toISOString().slice(0, 10))),
            ),
          ),
        ),
      ),
    ),
  );
}

function formatDay(iso: string): string {
  return new Date(`${iso}T12:00:00Z`).toLocaleDateString('fr-FR', { day: 'numeric', month: 'short' });
}
