import type { AuditView, Visitor } from '../page-view.ts';
import { buildElement } from './build-element.ts';
import { readAudit, readVisitor, undoSave } from './call-host.ts';
import { button } from './fiche-form.ts';
import { nameAction } from './name-action.ts';

export interface AuditTab {
  readonly element: HTMLElement;
  refresh(): Promise<void>;
}

/** Who changed what, and when; latest first. */
export function createAuditView(): AuditTab {
  const content = buildElement('div', { 'aria-live': 'polite' });
  const outcome = buildElement('div', { role: 'status' });
  const element = buildElement(
    'div',
    {},
    buildElement('h2', { class: 'fr-h5' }, 'Journal de l’atelier'),
    buildElement(
      'p',
      { class: 'fr-hint-text' },
      'Ce qui a été fait depuis cette page, par qui et quand, pendant un an. Le texte des agents n’y est jamais.',
    ),
    outcome,
    content,
  );
  return { element, refresh };

  async function refresh(): Promise<void> {
    try {
      const [entries, visitor] = await Promise.all([readAudit(), readVisitor()]);
      content.replaceChildren(buildTable(entries, visitor.role === 'editor' ? undo : null));
    } catch (error) {
      content.replaceChildren(
        buildElement('p', { role: 'alert' }, error instanceof Error ? error.message : String(error)),
      );
    }
  }

  async function undo(id: number): Promise<void> {
    try {
      const answer = await undoSave(id);
      const refused = answer.type === 'refused';
      outcome.replaceChildren(
        buildElement(
          'p',
          { class: `fr-message fr-message--${refused ? 'error' : 'valid'} page-pre` },
          refused
            ? answer.reasons.join('\n\n')
            : 'C’est annulé : les fichiers sont comme avant, et l’assistant les reprend.',
        ),
      );
    } catch (error) {
      outcome.replaceChildren(
        buildElement('p', { role: 'alert' }, error instanceof Error ? error.message : String(error)),
      );
    }
    await refresh();
  }
}

/** What the header says of whoever looks. */
export function describeVisitor({ name, role }: Visitor): string {
  return role === 'editor' ? `${name} : peut modifier` : `${name} : lecture seule`;
}

function buildTable(entries: AuditView, undo: ((id: number) => Promise<void>) | null): HTMLElement {
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
          ...['Quand', 'Qui', 'Quoi', 'Annuler'].map((title) => buildElement('th', { scope: 'col' }, title)),
        ),
      ),
      buildElement(
        'tbody',
        {},
        ...entries.map(({ id, at, who, action, object, undoable }) =>
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
            buildElement(
              'td',
              {},
              undoable && undo !== null
                ? button('Annuler', `Annuler : ${nameAction(action)}, ${object}`, () => void undo(id))
                : null,
            ),
          ),
        ),
      ),
    ),
  );
}
