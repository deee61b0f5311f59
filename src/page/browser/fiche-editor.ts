import type { FicheCheck, FicheSource, FicheVersions, SaveAnswer } from '../page-view.ts';
import { buildElement } from './build-element.ts';
import { checkFiche, readFicheSource, readNames, readService, saveFiche } from './call-host.ts';
import { cleanHtml } from './clean-html.ts';
import { listFicheFields } from './fiche-fields.ts';
import { button, createFicheForm, fromLines, toLines, type Values } from './fiche-form.ts';

/** Milliseconds without a key before the fiche is checked: typing is not held up, and the answer is there as one looks. */
const quiet = 80;
/** Milliseconds between two looks at what the bot knows, and how long it may take to learn. */
const [look, longestLearning] = [1_000, 180_000];

export interface EditorOptions {
  readonly canEdit: boolean;
  /** Of a new fiche. */
  readonly questions: readonly string[];
  readonly onSaved: () => void;
  /** Back to the list; the fiche that was edited, if any. */
  readonly onClose: (id: string | null) => void;
}

/** One fiche being edited, or a new one: its fields, what is wrong under each, and what agents will read. */
export async function openFicheEditor(
  id: string | null,
  { canEdit, questions: asked, onSaved, onClose }: EditorOptions,
): Promise<HTMLElement> {
  const [names, source] = await Promise.all([
    readNames(),
    id === null ? newFiche(asked) : readFicheSource(id),
  ]);
  const values: Values = structuredClone({ ...source.fiche });
  let ficheId = source.id;
  let questions = [...source.questions];
  let versions: FicheVersions = source.versions;
  let timer = 0;
  let turn = 0;
  let dirty = false;

  const state = buildElement('div', { 'aria-live': 'polite', class: 'page-editor-state' });
  const outcome = buildElement('div', { role: 'status' });
  const preview = buildElement('div', {
    class: 'page-phone',
    tabindex: 0,
    role: 'region',
    'aria-label': 'Aperçu',
  });
  const questionsField = buildQuestions();
  const form = createFicheForm(values, listFicheFields(names), changed);
  const save = buildElement(
    'button',
    { type: 'button', class: 'fr-btn', onclick: () => void press() },
    'Enregistrer',
  );
  save.disabled = !canEdit || names.readOnly !== null;
  const commit = buildElement('input', { type: 'checkbox', id: 'commit' });
  await check();
  return buildElement(
    'div',
    { class: 'page-editor' },
    buildElement(
      'div',
      { class: 'page-editor-bar' },
      button('Retour aux fiches', 'Retour aux fiches', close),
      buildElement(
        'h2',
        { class: 'fr-h5 fr-mb-0' },
        id === null ? 'Nouvelle fiche' : String(source.fiche['titre'] ?? id),
      ),
    ),
    names.readOnly !== null || !canEdit
      ? buildElement(
          'p',
          { class: 'fr-message fr-message--info' },
          names.readOnly ?? 'Lecture seule : vous pouvez essayer, pas enregistrer.',
        )
      : null,
    buildElement(
      'div',
      { class: 'page-editor-columns' },
      buildElement('div', {}, id === null ? buildIdentifier() : null, form.element, questionsField.element),
      buildElement(
        'div',
        { class: 'page-preview' },
        buildElement('h3', { class: 'fr-text--md' }, 'Ce que lira l’agent'),
        preview,
      ),
    ),
    buildElement(
      'div',
      { class: 'page-save-bar' },
      state,
      outcome,
      buildElement(
        'div',
        { class: 'page-save-buttons' },
        source.canCommit
          ? buildElement(
              'label',
              { class: 'page-check', for: 'commit' },
              commit,
              ' Faire aussi un commit git à mon nom',
            )
          : null,
        save,
      ),
    ),
  );

  function buildIdentifier(): HTMLElement {
    const input = buildElement('input', {
      class: 'fr-input',
      id: 'identifiant',
      type: 'text',
      oninput: () => {
        ficheId = input.value.trim();
        changed();
      },
    });
    return buildElement(
      'div',
      { class: 'fr-input-group' },
      buildElement(
        'label',
        { class: 'fr-label', for: 'identifiant' },
        'Identifiant',
        buildElement(
          'span',
          { class: 'fr-hint-text' },
          'Minuscules, chiffres et tirets, par exemple tchap-notifications.',
        ),
      ),
      input,
    );
  }

  function buildQuestions(): { element: HTMLElement; messages: HTMLElement } {
    const messages = buildElement('div', { 'aria-live': 'polite' });
    const input = buildElement('textarea', {
      class: 'fr-input',
      id: 'questions',
      rows: 12,
      oninput: () => {
        questions = fromLines(input.value);
        changed();
      },
    });
    input.value = toLines(questions);
    const voices =
      source.voices > 0 ? ` ${source.voices} autres, de personnes nommées, restent dans le fichier.` : '';
    const element = buildElement(
      'div',
      { class: 'fr-input-group' },
      buildElement(
        'label',
        { class: 'fr-label', for: 'questions' },
        'Questions des agents',
        buildElement(
          'span',
          { class: 'fr-hint-text' },
          `Une par ligne, telles qu’ils les écrivent.${voices}`,
        ),
      ),
      input,
      messages,
    );
    return { element, messages };
  }

  function changed(): void {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(() => void check(), quiet);
  }

  async function check(): Promise<void> {
    turn += 1;
    const asked = turn;
    if (!/^[a-z0-9-]+$/.test(ficheId)) {
      state.replaceChildren(
        buildElement(
          'p',
          { class: 'fr-message fr-message--info' },
          'Donnez d’abord un identifiant à la fiche.',
        ),
      );
      return;
    }
    try {
      const found = await checkFiche({ id: ficheId, fiche: values, questions });
      // An answer that comes after a later question is of no use.
      if (asked === turn) show(found);
    } catch (error) {
      say('error', error instanceof Error ? error.message : String(error));
    }
  }

  function show({ fields, others, html }: FicheCheck): void {
    form.show(fields.filter(({ file }) => file === 'knowledge'));
    const asked = fields.filter(({ file }) => file === 'intents');
    questionsField.messages.replaceChildren(
      ...asked.map(({ severity, message, remedy, path }) => {
        const question =
          path[0] === 'questions' && typeof path[1] === 'number' ? questions[path[1]] : undefined;
        const about = question === undefined ? '' : `« ${question} » : `;
        return buildElement(
          'p',
          { class: `fr-message fr-message--${severity}` },
          `${about}${message}. ${remedy}`,
        );
      }),
    );
    const errors = fields.filter(({ severity }) => severity === 'error').length + others.length;
    const warnings = fields.length + others.length - errors;
    state.replaceChildren(
      buildElement(
        'p',
        { class: `fr-message fr-message--${errors > 0 ? 'error' : warnings > 0 ? 'warning' : 'valid'}` },
        errors > 0
          ? `${errors} ${errors > 1 ? 'erreurs' : 'erreur'} à corriger avant d’enregistrer.`
          : warnings > 0
            ? `Rien n’empêche d’enregistrer ; ${warnings} ${warnings > 1 ? 'avertissements' : 'avertissement'}.`
            : 'Rien à redire.',
      ),
      ...others.map((text) => buildElement('pre', { class: 'page-problem', tabindex: 0 }, text)),
    );
    if (html !== null)
      preview.replaceChildren(buildElement('div', { class: 'page-bubble' }, cleanHtml(html, 'h4')));
    else if (errors > 0 && preview.childElementCount === 0)
      preview.replaceChildren(
        buildElement('p', { class: 'fr-hint-text' }, 'L’aperçu viendra une fois les erreurs corrigées.'),
      );
  }

  async function press(): Promise<void> {
    save.disabled = true;
    say('info', 'Enregistrement…');
    try {
      await tell(
        await saveFiche({ id: ficheId, fiche: values, questions, versions, commit: commit.checked }),
      );
    } catch (error) {
      say('error', error instanceof Error ? error.message : String(error));
    } finally {
      save.disabled = false;
    }
  }

  async function tell(answer: SaveAnswer): Promise<void> {
    switch (answer.type) {
      case 'refused':
        outcome.replaceChildren(
          buildElement('p', { class: 'fr-message fr-message--error' }, 'Rien n’est enregistré.'),
          ...answer.reasons.map((text) => buildElement('pre', { class: 'page-problem', tabindex: 0 }, text)),
        );
        return;
      case 'conflict':
        outcome.replaceChildren(buildConflict(answer));
        return;
      case 'saved': {
        dirty = false;
        onSaved();
        versions = (await readFicheSource(ficheId)).versions;
        if (answer.notCommitted !== null) say('warning', answer.notCommitted);
        await awaitLearning(answer.version);
      }
    }
  }

  /** The bot learns the file in some twenty seconds; until then it answers as before. */
  async function awaitLearning(version: string): Promise<void> {
    const start = Date.now();
    while (Date.now() - start < longestLearning) {
      if ((await readService()).version === version) {
        say('valid', 'Enregistré, et repris par l’assistant : il répond avec cette fiche.');
        return;
      }
      const seconds = Math.round((Date.now() - start) / 1_000);
      say('info', `Enregistré. L’assistant l’apprend, et répond encore comme avant (${seconds} s)…`);
      await new Promise((resolve) => setTimeout(resolve, look));
    }
    say('warning', 'Enregistré, mais l’assistant ne l’a pas encore repris : regardez l’onglet Fiches.');
  }

  function buildConflict(answer: Extract<SaveAnswer, { type: 'conflict' }>): HTMLElement {
    const text = (
      title: string,
      { knowledge, intents }: { knowledge: string; intents: string },
    ): HTMLElement =>
      buildElement(
        'div',
        {},
        buildElement('h4', { class: 'fr-text--md' }, title),
        buildElement(
          'pre',
          { class: 'page-problem', tabindex: 0, role: 'region', 'aria-label': title },
          `${knowledge}\n${intents}`,
        ),
      );
    return buildElement(
      'div',
      {},
      buildElement(
        'p',
        { class: 'fr-message fr-message--error' },
        'Quelqu’un a enregistré cette fiche pendant que vous la modifiiez. Rien n’est perdu : voici les deux.',
      ),
      buildElement(
        'div',
        { class: 'page-both' },
        text('La vôtre', answer.yours),
        text('Celle qui est enregistrée', answer.theirs),
      ),
      button('Enregistrer la mienne à la place', 'Enregistrer la mienne à la place', () => {
        versions = answer.versions;
        void press();
      }),
      button('Reprendre celle qui est enregistrée', 'Reprendre celle qui est enregistrée', () =>
        onClose(ficheId),
      ),
    );
  }

  function say(kind: 'info' | 'valid' | 'warning' | 'error', text: string): void {
    outcome.replaceChildren(buildElement('p', { class: `fr-message fr-message--${kind}` }, text));
  }

  function close(): void {
    if (dirty && canEdit && !confirm('Vos changements ne sont pas enregistrés. Les abandonner ?')) return;
    clearTimeout(timer);
    onClose(id);
  }
}

async function newFiche(questions: readonly string[]): Promise<FicheSource> {
  const today = new Date();
  const day = (date: Date): string => date.toISOString().slice(0, 10);
  const inAYear = new Date(today.getTime() + 365 * 86_400_000);
  return {
    id: '',
    versions: { knowledge: null, intents: null },
    fiche: { etapes: [{}], 'revu-le': day(today), 'a-revoir-avant': day(inAYear) },
    questions,
    voices: 0,
    canCommit: false,
  };
}
