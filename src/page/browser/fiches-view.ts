import type { CheckView, FichesView, FicheView, SaveAnswer } from '../page-view.ts';
import { buildElement } from './build-element.ts';
import { moveFiche, readFiches, readNames, readProblems, readVisitor, renameFiche } from './call-host.ts';
import { cleanHtml } from './clean-html.ts';
import { openFicheEditor } from './fiche-editor.ts';
import { button } from './fiche-form.ts';

export interface FichesTab {
  readonly element: HTMLElement;
  refresh(): Promise<void>;
  /** Opens one fiche and brings it to view. */
  show(id: string): Promise<void>;
  /** Opens a new fiche with these questions; `onSaved` once it is saved. */
  add(questions: readonly string[], onSaved: () => void): Promise<void>;
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
  const tools = buildElement('div', { class: 'page-tools' });
  const outcome = buildElement('div', { role: 'status' });
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
    tools,
    outcome,
    list,
  );
  let canEdit = false;
  let loading: Promise<void> | null = null;
  /** Id of a fiche's element → the text that the search field looks through. */
  const searched = new Map<string, string>();
  return { element, refresh, show, add: (questions, onSaved) => edit(null, questions, onSaved) };

  async function show(id: string): Promise<void> {
    await refresh();
    search.value = '';
    filter();
    const fiche = list.querySelector<HTMLDetailsElement>(`#fiche-${CSS.escape(id)}`);
    if (!fiche) return;
    fiche.open = true;
    fiche.scrollIntoView({ block: 'start' });
    fiche.querySelector('summary')?.focus();
  }

  function refresh(): Promise<void> {
    loading ??= load().finally(() => {
      loading = null;
    });
    return loading;
  }

  async function load(): Promise<void> {
    try {
      const [view, names, visitor] = await Promise.all([readFiches(), readNames(), readVisitor()]);
      canEdit = visitor.role === 'editor' && names.readOnly === null;
      const open = new Set([...list.querySelectorAll('details[open]')].map(({ id }) => id));
      state.replaceChildren(buildInService(view, null));
      void readProblems().then(
        (check) => state.replaceChildren(buildInService(view, check)),
        (error: unknown) => say(error instanceof Error ? error.message : String(error), 'error'),
      );
      tools.replaceChildren(
        ...(canEdit ? [button('Ajouter une fiche', 'Ajouter une fiche', () => void edit(null))] : []),
        ...(names.resting.length > 0 ? [buildResting(names.resting)] : []),
      );
      list.replaceChildren(
        ...view.themes.flatMap(({ title, fiches }) => [
          buildElement('h3', { class: 'fr-h6 fr-mt-3w page-theme' }, title),
          ...fiches.map((fiche) => {
            const element = buildFiche(fiche, open.has(`fiche-${fiche.id}`), () => buildGestures(fiche));
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

  async function edit(
    id: string | null,
    questions: readonly string[] = [],
    onSaved = () => {},
  ): Promise<void> {
    try {
      if (questions.length > 0) canEdit = true;
      const editor = await openFicheEditor(id, {
        canEdit,
        questions,
        onSaved,
        onClose: (closed) => {
          open(null);
          void (closed === null ? refresh() : show(closed));
        },
      });
      open(editor);
      editor.scrollIntoView({ block: 'start' });
      editor.querySelector<HTMLElement>('input, textarea')?.focus();
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), 'error');
    }
  }

  function buildGestures({ id, title }: FicheView): HTMLElement {
    return buildElement(
      'div',
      { class: 'page-tools' },
      button(canEdit ? 'Modifier' : 'Essayer un changement', `Modifier « ${title} »`, () => void edit(id)),
      ...(canEdit
        ? [
            button('Renommer', `Renommer « ${title} »`, () => {
              const to = prompt(
                'Nouvel identifiant (minuscules, chiffres et tirets). Les liens suivront.',
                id,
              );
              if (to !== null && to !== id)
                void run(
                  () => renameFiche(id, to.trim()),
                  `« ${id} » s’appelle maintenant « ${to.trim()} ».`,
                );
            }),
            button('Retirer du service', `Retirer du service « ${title} »`, () =>
              run(
                () => moveFiche(id, 'rest'),
                `« ${title} » n’est plus en service. Le Journal permet de revenir en arrière.`,
              ),
            ),
            button('Supprimer', `Supprimer « ${title} »`, () => {
              if (confirm(`Supprimer la fiche « ${title} » et ses questions ?`))
                void run(
                  () => moveFiche(id, 'away'),
                  `« ${title} » est supprimée. Le Journal permet de revenir en arrière.`,
                );
            }),
          ]
        : []),
    );
  }

  function buildResting(resting: readonly string[]): HTMLElement {
    return buildElement(
      'details',
      { class: 'page-item' },
      buildElement('summary', {}, `Fiches retirées du service (${resting.length})`),
      ...resting.map((id) =>
        buildElement(
          'p',
          {},
          `${id} `,
          canEdit
            ? button('Remettre en service', `Remettre en service ${id}`, () =>
                run(() => moveFiche(id, 'service'), `« ${id} » est remise en service.`),
              )
            : null,
        ),
      ),
    );
  }

  async function run(gesture: () => Promise<SaveAnswer>, done: string): Promise<void> {
    try {
      const answer = await gesture();
      if (answer.type === 'refused') say(answer.reasons.join('\n\n'), 'error');
      else say(done, 'valid');
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), 'error');
    }
    await refresh();
  }

  function say(text: string, kind: 'valid' | 'error'): void {
    outcome.replaceChildren(buildElement('p', { class: `fr-message fr-message--${kind} page-pre` }, text));
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

/** The editor stands in the place of the tabs, which hide what is beyond their frame: its bars stay in view. */
function open(editor: HTMLElement | null): void {
  document.querySelector('#atelier')?.replaceChildren(...(editor ? [editor] : []));
  document.querySelector('.page-tabs')?.toggleAttribute('hidden', editor !== null);
}

function buildInService(view: FichesView, check: CheckView | null): HTMLElement {
  const count = view.themes.reduce((sum, { fiches }) => sum + fiches.length, 0);
  const kind =
    check === null ? 'info' : check.errors > 0 ? 'error' : check.warnings > 0 ? 'warning' : 'success';
  const many = (number: number): string => (number > 1 ? 's' : '');
  const title = {
    info: 'Vérification des fichiers…',
    error: `${check?.errors} erreur${many(check?.errors ?? 0)} dans les fichiers : l’assistant garde la version précédente`,
    warning: `${check?.warnings} avertissement${many(check?.warnings ?? 0)} dans les fichiers`,
    success: 'Les fichiers sont en ordre',
  }[kind];
  return buildElement(
    'div',
    { class: 'fr-mb-3w' },
    buildElement(
      'div',
      { class: `fr-alert fr-alert--${kind} fr-alert--sm` },
      buildElement('p', {}, buildElement('strong', {}, title)),
      buildElement(
        'p',
        {},
        `${count} fiches et ${view.questions} questions en service, version ${view.version}.`,
      ),
    ),
    check !== null && check.problems.length > 0
      ? buildElement(
          'ul',
          { class: 'page-problems' },
          ...check.problems.map(({ text }) =>
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
function buildFiche(fiche: FicheView, open: boolean, gestures: () => HTMLElement): HTMLElement {
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
    if (element.open && element.childElementCount === 1) element.append(gestures(), buildFicheBody(fiche));
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
