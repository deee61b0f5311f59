import type { FichesView, FicheView } from '../page-view.ts';
import { buildElement } from './build-element.ts';
import { readFiches } from './call-host.ts';
import { cleanHtml } from './clean-html.ts';

export interface FichesTab {
  readonly element: HTMLElement;
  refresh(): Promise<void>;
  /** Opens one fiche and brings it to view. */
  show(id: string): Promise<void>;
}

/** Every fiche with its questions, and the state of the check. */
export function createFichesView(): FichesTab {
  const state = buildElement('div', { 'aria-live': 'polite' });
  const list = buildElement('div');
  const search = buildElement('input', {
    class: 'fr-input',
    type: 'search',
    id: 'chercher',
    oninput: filter,
  });
  const element = buildElement(
    'div',
    {},
    buildElement('h2', { class: 'fr-h5' }, 'Fiches'),
    state,
    buildElement(
      'div',
      { class: 'fr-input-group' },
      buildElement(
        'label',
        { class: 'fr-label', for: 'chercher' },
        'Chercher dans les titres et les questions',
      ),
      search,
    ),
    list,
  );
  let loading: Promise<void> | null = null;
  /** Id of a fiche's element → the text that the search field looks through. */
  const searched = new Map<string, string>();
  return {
    element,
    refresh,
    async show(id) {
      await refresh();
      search.value = '';
      filter();
      const fiche = list.querySelector<HTMLDetailsElement>(`#fiche-${CSS.escape(id)}`);
      if (!fiche) return;
      fiche.open = true;
      fiche.scrollIntoView({ block: 'start' });
      fiche.querySelector('summary')?.focus();
    },
  };

  function refresh(): Promise<void> {
    loading ??= load().finally(() => {
      loading = null;
    });
    return loading;
  }

  async function load(): Promise<void> {
    try {
      const view = await readFiches();
      const open = new Set([...list.querySelectorAll('details[open]')].map(({ id }) => id));
      state.replaceChildren(buildState(view));
      list.replaceChildren(
        ...view.themes.flatMap(({ title, fiches }) => [
          buildElement('h3', { class: 'fr-h6 fr-mt-3w page-theme' }, title),
          ...fiches.map((fiche) => {
            const element = buildFiche(fiche, open.has(`fiche-${fiche.id}`));
            searched.set(element.id, fold([fiche.title, fiche.id, ...fiche.questions].join('\n')));
            return element;
          }),
        ]),
      );
      filter();
    } catch (error) {
      state.replaceChildren(
        buildElement('p', { role: 'alert' }, error instanceof Error ? error.message : String(error)),
      );
    }
  }

  function filter(): void {
    const wanted = fold(search.value);
    for (const fiche of list.querySelectorAll<HTMLElement>('.page-fiche')) {
      fiche.hidden = !searched.get(fiche.id)?.includes(wanted);
    }
    for (const title of list.querySelectorAll<HTMLElement>('.page-theme')) {
      let next = title.nextElementSibling;
      let empty = true;
      for (; next instanceof HTMLDetailsElement; next = next.nextElementSibling)
        empty = empty && next.hidden !== false;
      title.hidden = empty;
    }
  }
}

function buildState(view: FichesView): HTMLElement {
  const count = view.themes.reduce((sum, { fiches }) => sum + fiches.length, 0);
  const kind = view.errors > 0 ? 'error' : view.warnings > 0 ? 'warning' : 'success';
  const title = {
    error: `${view.errors} erreur${view.errors > 1 ? 's' : ''} dans les fichiers : l’assistant garde la version précédente`,
    warning: `${view.warnings} avertissement${view.warnings > 1 ? 's' : ''} dans les fichiers`,
    success: 'Les fichiers sont en ordre',
  }[kind];
  return buildElement(
    'div',
    { class: 'fr-mb-3w' },
    buildElement(
      'div',
      { class: `fr-alert fr-alert--${kind}` },
      buildElement('h3', { class: 'fr-alert__title' }, title),
      buildElement(
        'p',
        {},
        `${count} fiches et ${view.questions} questions en service, version ${view.version}.`,
      ),
    ),
    view.problems.length > 0
      ? buildElement(
          'ul',
          { class: 'page-problems' },
          ...view.problems.map(({ text }) =>
            buildElement(
              'li',
              {},
              buildElement('pre', { tabindex: 0, role: 'region', 'aria-label': 'Problème' }, text),
            ),
          ),
        )
      : null,
  );
}

/** A fiche that folds. Its questions are built when it is first opened: thousands at once would slow a phone down. */
function buildFiche(fiche: FicheView, open: boolean): HTMLElement {
  const element = buildElement(
    'details',
    { class: 'page-fiche', id: `fiche-${fiche.id}`, ontoggle: fill },
    buildElement(
      'summary',
      {},
      buildElement('span', { class: 'page-fiche-title' }, fiche.title),
      buildElement('span', { class: 'fr-badge fr-badge--sm' }, `${fiche.questions.length} questions`),
    ),
  );
  element.open = open;
  return element;

  function fill(): void {
    if (element.open && element.childElementCount === 1) element.append(buildFicheBody(fiche));
  }
}

function buildFicheBody(fiche: FicheView): HTMLElement {
  return buildElement(
    'div',
    { class: 'page-fiche-body' },
    buildElement(
      'div',
      {},
      buildElement('h4', { class: 'fr-text--md' }, 'Ce que lit l’agent'),
      buildElement('div', { class: 'page-bubble' }, cleanHtml(fiche.html, 'h5')),
    ),
    buildElement(
      'div',
      {},
      buildElement('h4', { class: 'fr-text--md' }, 'Fichiers et source'),
      buildElement(
        'dl',
        { class: 'page-facts' },
        buildElement('dt', {}, 'Réponse'),
        buildElement('dd', {}, buildElement('code', {}, `knowledge/${fiche.id}.yaml`)),
        buildElement('dt', {}, 'Questions'),
        buildElement('dd', {}, buildElement('code', {}, `intents/${fiche.id}.yaml`)),
        buildElement('dt', {}, 'Section du guide'),
        buildElement('dd', {}, fiche.source),
        buildElement('dt', {}, 'Relue le'),
        buildElement('dd', {}, `${fiche.reviewed}, à revoir avant le ${fiche.reviewBefore}`),
      ),
      buildElement('h4', { class: 'fr-text--md' }, `Questions des agents (${fiche.questions.length})`),
      buildElement(
        'ul',
        { class: 'page-questions', tabindex: 0, 'aria-label': `Questions de la fiche ${fiche.title}` },
        ...fiche.questions.map((question) => buildElement('li', {}, question)),
      ),
    ),
  );
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
