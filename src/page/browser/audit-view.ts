import type { AuditView, Visitor } from '../page-view.ts';
import { buildElement } from './build-element.ts';
import { readAudit } from './call-host.ts';
import { nameAction } from './name-action.ts';

export interface AuditTab {
  readonly element: HTMLElement;
  refresh(): Promise<void>;
}

/** Who changed what, and when; latest first. */
export function createAuditView(): AuditTab {
  const content = buildElement('div', { 'aria-live': 'polite' });
  const element = buildElement(
    'div',
    {},
    buildElement('h2', { class: 'fr-h5' }, 'Journal de l’atelier'),
    buildElement(
      'p',
      { class: 'fr-hint-text' },
      'Ce qui a été fait depuis cette page, par qui et quand, pendant un an. Le texte des agents n’y est jamais.',
    ),
    content,
  );
  return { element, refresh };

  async function refresh(): Promise<void> {
    try {
      content.replaceChildren(buildTable(await readAudit()));
    } catch (error) {
      content.replaceChildren(
        buildElement('p', { role: 'alert' }, error instanceof Error ? error.message : String(error)),
      );
    }
  }
}

/** What the header says of whoever looks. */
export function describeVisitor({ name, role }: Visitor): string {
  return role === 'editor' ? `${name} : peut modifier` : `${name} : lecture seule`;
}

function buildTable(entries: AuditView): HTMLElement {
  if (entries.length === 0) return buildElement('p', {}, 'Rien pour le moment.');
  return buildElement(
    'div',
    { class: 'page-scroll', tabindex: 0, role: 'region', 'aria-label': 'Journal' },
    buildElement(
      'table',
      { class: 'page-table page-table--plain' },
      buildElement('caption', { class: 'fr-sr-only' }, 'Journal de l’atelier'),
      buildElement(
        'thead',
        {},
        buildElement(
          'tr',
          {},
          ...['Quand', 'Qui', 'Quoi'].map((title) => buildElement('th', { scope: 'col' }, title)),
        ),
      ),
      buildElement(
        'tbody',
        {},
        ...entries.map(({ at, who, action, object }) =>
          buildElement(
            'tr',
            {},
            buildElement(
              'td',
              {},
              new Date(at).toLocaleString('fr-FR', { dateStyle: 'medium', timeStyle: 'short' }),
            ),
            buildElement('td', {}, who),
            buildElement(
              'td',
              {},
              object === null ? nameAction(action) : `${nameAction(action)} : ${object}`,
            ),
          ),
        ),
      ),
    ),
  );
}
