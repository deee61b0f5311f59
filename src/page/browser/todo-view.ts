import type { Names, SaveAnswer, Todo } from '../page-view.ts';
import { buildElement } from './build-element.ts';
import { readNames, readTodo, readVisitor, settleTodo, type TodoGesture } from './call-host.ts';
import { button } from './fiche-form.ts';

export interface TodoTab {
  readonly element: HTMLElement;
  refresh(): Promise<void>;
}

type Group = Todo['groups'][number];

/** What agents asked and had no good answer to: one gesture for each group. */
export function createTodoView(
  openNewFiche: (questions: readonly string[], onSaved: () => void) => void,
): TodoTab {
  const outcome = buildElement('div', { role: 'status' });
  const content = buildElement('div', { 'aria-live': 'polite' });
  const period = buildElement(
    'select',
    { class: 'fr-select', id: 'periode-a-faire', onchange: () => void refresh() },
    buildElement('option', { value: 7 }, '7 derniers jours'),
    buildElement('option', { value: 30, selected: true }, '30 derniers jours'),
    buildElement('option', { value: 365 }, 'Tout ce qui est gardé'),
  );
  const element = buildElement(
    'div',
    {},
    buildElement('h2', { class: 'fr-h5' }, 'À faire'),
    buildElement(
      'p',
      { class: 'fr-hint-text' },
      'Les questions restées sans réponse ou qui ont mal fini, par ressemblance, les plus fréquentes d’abord. Noms, numéros et secrets sont masqués (…).',
    ),
    buildElement(
      'div',
      { class: 'fr-select-group page-period' },
      buildElement('label', { class: 'fr-label', for: 'periode-a-faire' }, 'Questions posées'),
      period,
    ),
    outcome,
    content,
  );
  return { element, refresh };

  async function refresh(): Promise<void> {
    if (content.childElementCount === 0) content.replaceChildren(buildElement('p', {}, 'Chargement…'));
    try {
      const [todo, names, visitor] = await Promise.all([
        readTodo(Number(period.value)),
        readNames(),
        readVisitor(),
      ]);
      const canEdit = visitor.role === 'editor' && names.readOnly === null;
      content.replaceChildren(
        buildElement('p', {}, countOf(todo)),
        ...todo.groups.map((group, index) => buildGroup(group, index, names, canEdit)),
      );
    } catch (error) {
      say('error', error instanceof Error ? error.message : String(error));
    }
  }

  function buildGroup(group: Group, index: number, names: Names, canEdit: boolean): HTMLElement {
    const [first = '', ...others] = group.texts;
    const times = group.ids.length === 1 ? '1 fois' : `${group.ids.length} fois`;
    const text = buildElement('input', { class: 'fr-input', id: `question-${index}`, type: 'text' });
    text.value = first;
    const fiche = buildElement(
      'select',
      { class: 'fr-select', id: `fiche-de-${index}` },
      buildElement('option', { value: '' }, 'Choisir une fiche…'),
      ...names.fiches.map(({ id, title }) => buildElement('option', { value: id }, title)),
    );
    fiche.value = group.nearest ?? '';
    const settle = (gesture: TodoGesture, done: string) => () => void run(group, gesture, done);
    return buildElement(
      'section',
      { class: 'page-todo', 'aria-label': first },
      buildElement('h3', { class: 'fr-text--md fr-mb-1v' }, `« ${first} »`),
      buildElement(
        'p',
        { class: 'fr-hint-text' },
        `${times}, la dernière le ${new Date(group.lastAt).toLocaleDateString('fr-FR')}`,
      ),
      others.length > 0
        ? buildElement(
            'ul',
            { class: 'page-questions' },
            ...others.map((other) => buildElement('li', {}, other)),
          )
        : null,
      canEdit
        ? buildElement(
            'div',
            {},
            field(`question-${index}`, 'La question, telle qu’elle sera ajoutée', text),
            field(`fiche-de-${index}`, 'Fiche qui y répond', fiche),
            buildElement(
              'div',
              { class: 'page-tools' },
              button('Elle est de cette fiche', `Elle est de cette fiche : ${first}`, () => {
                if (fiche.value === '') say('error', 'Choisissez d’abord la fiche qui y répond.');
                else
                  void run(
                    group,
                    { type: 'adopt', fiche: fiche.value, text: text.value },
                    'Question ajoutée à la fiche ; l’assistant l’apprend.',
                  );
              }),
              button('Il faut une nouvelle fiche', `Il faut une nouvelle fiche : ${first}`, () =>
                openNewFiche(
                  group.texts.filter((one) => !one.includes('…')),
                  settle({ type: 'forget' }, 'Fiche créée.'),
                ),
              ),
              button(
                'Hors sujet',
                `Hors sujet : ${first}`,
                () =>
                  void run(
                    group,
                    { type: 'out-of-scope', text: text.value },
                    'Question mise hors sujet ; l’assistant l’apprend.',
                  ),
              ),
              button('Oublier', `Oublier : ${first}`, settle({ type: 'forget' }, 'Question oubliée.')),
            ),
          )
        : null,
    );
  }

  async function run(group: Group, gesture: TodoGesture, done: string): Promise<void> {
    try {
      const answer: SaveAnswer = await settleTodo([...group.ids], gesture);
      if (answer.type === 'refused') say('error', answer.reasons.join('\n\n'));
      else say('valid', done);
    } catch (error) {
      say('error', error instanceof Error ? error.message : String(error));
    }
    await refresh();
  }

  function say(kind: 'valid' | 'error', text: string): void {
    outcome.replaceChildren(buildElement('p', { class: `fr-message fr-message--${kind} page-pre` }, text));
    outcome.scrollIntoView({ block: 'nearest' });
  }
}

function countOf({ questions, groups }: Todo): string {
  if (questions === 0) return 'Rien à faire : aucune question sans bonne réponse sur la période.';
  const many = (count: number, one: string, more: string): string => `${count} ${count > 1 ? more : one}`;
  return `${many(questions, 'question', 'questions')} sans bonne réponse, en ${many(groups.length, 'groupe', 'groupes')}.`;
}

function field(id: string, label: string, input: HTMLElement): HTMLElement {
  return buildElement(
    'div',
    { class: 'fr-input-group' },
    buildElement('label', { class: 'fr-label', for: id }, label),
    input,
  );
}
