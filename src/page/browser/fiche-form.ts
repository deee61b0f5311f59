import type { FicheCheck } from '../page-view.ts';
import { buildElement } from './build-element.ts';
import type { Field } from './fiche-fields.ts';
import { buildBySlot, buildNames, buildTarget, buildWhen } from './fiche-parts.ts';
import { followSteps } from './follow-steps.ts';

export type Values = Record<string, unknown>;
type Path = readonly (string | number)[];

export interface FicheForm {
  readonly element: HTMLElement;
  /** Shows each problem under its field; those of a field that is not shown go to the nearest one above. */
  show(problems: FicheCheck['fields']): void;
}

/** What a text of several lines looks like in a field of one text a line. */
const lineBreak = ' ⏎ ';
export const toLines = (texts: readonly unknown[]): string =>
  texts.map((text) => String(text).replaceAll('\n', lineBreak)).join('\n');
export const fromLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replaceAll(lineBreak.trim(), '\n')
        .replace(/ *\n */g, '\n'),
    )
    .filter((line) => line !== '');

/** A form over `values`, which it changes in place; `onChange` after each change. */
export function createFicheForm(values: Values, fields: readonly Field[], onChange: () => void): FicheForm {
  const places = new Map<string, HTMLElement>();
  let counter = 0;
  const element = buildElement('div', { class: 'page-form-fields' });
  draw();
  return { element, show };

  function draw(): void {
    places.clear();
    element.replaceChildren(...fields.map((field) => buildField(field, values, [])));
  }

  /** The form is drawn anew when a list changes; what was open stays open, and the caret goes where it is useful. */
  function redraw(focus: Path | null): void {
    const open = new Set(
      [...element.querySelectorAll<HTMLDetailsElement>('details[open]')].map((one) => one.dataset['path']),
    );
    draw();
    for (const one of element.querySelectorAll<HTMLDetailsElement>('details')) {
      const path = one.dataset['path'] ?? '';
      if (open.has(path) || (focus !== null && JSON.stringify(focus).startsWith(path.slice(0, -1))))
        one.open = true;
    }
    if (focus)
      places
        .get(JSON.stringify(focus))
        ?.querySelector<HTMLElement>('input, textarea, select, summary')
        ?.focus();
    onChange();
  }

  function buildField(field: Field, owner: Values, parent: Path): HTMLElement {
    const path = [...parent, field.key];
    switch (field.kind) {
      case 'text':
      case 'date':
      case 'long':
      case 'lines':
        return place(path, buildText(field, owner));
      case 'select':
      case 'target':
      case 'names':
      case 'when':
      case 'by-slot':
        return place(path, buildChoice(field, owner, path));
      case 'list':
        return place(path, buildList(field, owner, path));
      case 'group':
        return place(path, buildGroup(field, owner, path));
    }
  }

  function nextId(): string {
    counter += 1;
    return `champ-${counter}`;
  }

  function place(path: Path, content: HTMLElement): HTMLElement {
    const messages = buildElement('div', { class: 'page-problem-list', 'aria-live': 'polite' });
    const placed = buildElement('div', { class: 'page-field' }, content, messages);
    places.set(JSON.stringify(path), placed);
    return placed;
  }

  function buildText(
    field: Extract<Field, { kind: 'text' | 'date' | 'long' | 'lines' }>,
    owner: Values,
  ): HTMLElement {
    const id = nextId();
    const value = owner[field.key];
    const shown = field.kind === 'lines' ? toLines(Array.isArray(value) ? value : []) : String(value ?? '');
    const write = (event: Event): void => {
      const typed = (event.target as HTMLInputElement | HTMLTextAreaElement).value;
      owner[field.key] = field.kind === 'lines' ? fromLines(typed) : typed;
      onChange();
    };
    const lines = Math.min(12, Math.max(2, shown.split('\n').length + Math.floor(shown.length / 70)));
    const input =
      field.kind === 'long' || field.kind === 'lines'
        ? buildElement('textarea', { class: 'fr-input', id, rows: lines, oninput: write })
        : buildElement('input', {
            class: 'fr-input',
            id,
            type: field.kind === 'date' ? 'date' : 'text',
            oninput: write,
          });
    input.value = shown;
    return labelled(field, id, input);
  }

  function buildChoice(
    field: Extract<Field, { kind: 'select' | 'target' | 'names' | 'when' | 'by-slot' }>,
    owner: Values,
    path: Path,
  ): HTMLElement {
    const id = nextId();
    const change = (value: unknown, structural = false): void => {
      if (value === undefined) delete owner[field.key];
      else owner[field.key] = value;
      if (structural) redraw(path);
      else onChange();
    };
    switch (field.kind) {
      case 'select': {
        const options = [
          ...(field.none === undefined ? [] : [{ id: '', title: field.none }]),
          ...field.options,
        ];
        const select = buildElement(
          'select',
          { class: 'fr-select', id, onchange: () => change(select.value === '' ? undefined : select.value) },
          ...options.map((option) => buildElement('option', { value: option.id }, option.title)),
        );
        select.value = String(owner[field.key] ?? '');
        return labelled(field, id, select);
      }
      case 'target':
        return labelled(
          field,
          id,
          buildTarget(field.options, values, String(owner[field.key] ?? 'suite'), id, change),
        );
      case 'names':
        return buildNames(field, (owner[field.key] ?? []) as string[], id, (names) => change(names, true));
      case 'when':
        return buildWhen(field, (owner[field.key] ?? {}) as Record<string, string[]>, change);
      case 'by-slot':
        return buildBySlot(
          field,
          (owner[field.key] ?? {}) as Record<string, Record<string, string>>,
          path,
          change,
        );
    }
  }

  function buildList(field: Extract<Field, { kind: 'list' }>, owner: Values, path: Path): HTMLElement {
    const items = (owner[field.key] ?? []) as Values[];
    const set = (changed: Values[], order: readonly (number | null)[], focus: Path): void => {
      if (field.key === 'etapes' && path.length === 1) followSteps(values, order);
      owner[field.key] = changed;
      redraw(focus);
    };
    const kept = items.map((_, index) => index);
    return fieldset(
      field,
      ...items.map((item, index) => {
        const name = `${field.one} ${index + 1}`;
        const move = (by: number): void => {
          const order = [...kept];
          [order[index], order[index + by]] = [index + by, index];
          set(
            order.map((from) => items[from] ?? {}),
            order,
            [...path, index + by],
          );
        };
        const content = buildElement(
          'details',
          { class: 'page-item', 'data-path': JSON.stringify([...path, index]) },
          buildElement('summary', {}, `${name} : ${titleOf(item)}`),
          buildElement(
            'div',
            { class: 'page-item-tools' },
            button('Monter', `Monter ${name}`, index === 0 ? null : () => move(-1)),
            button('Descendre', `Descendre ${name}`, index === items.length - 1 ? null : () => move(1)),
            button('Retirer', `Retirer ${name}`, () =>
              set(
                items.filter((other) => other !== item),
                kept.filter((from) => from !== index),
                path,
              ),
            ),
          ),
          ...field.fields.map((inner) => buildField(inner, item, [...path, index])),
        );
        return place([...path, index], content);
      }),
      button(field.add, field.add, () =>
        set([...items, {}], [...kept, null], [...path, items.length, field.fields[0]?.key ?? '']),
      ),
    );
  }

  function buildGroup(field: Extract<Field, { kind: 'group' }>, owner: Values, path: Path): HTMLElement {
    const value = owner[field.key] as Values | undefined;
    if (value === undefined) {
      return fieldset(
        field,
        button(field.add, field.add, () => {
          owner[field.key] = { question: '', choix: [{}, {}] };
          redraw([...path, field.fields[0]?.key ?? '']);
        }),
      );
    }
    return fieldset(
      field,
      ...field.fields.map((inner) => buildField(inner, value, path)),
      button(`Retirer : ${field.label}`, `Retirer : ${field.label}`, () => {
        delete owner[field.key];
        redraw(path);
      }),
    );
  }

  function show(problems: FicheCheck['fields']): void {
    for (const placed of places.values()) {
      placed.querySelector(':scope > .page-problem-list')?.replaceChildren();
      placed.classList.remove('page-field--error');
    }
    for (const { path, severity, message, remedy } of problems) {
      let length = path.length;
      while (length > 0 && !places.has(JSON.stringify(path.slice(0, length)))) length -= 1;
      const placed = places.get(JSON.stringify(path.slice(0, length))) ?? element.firstElementChild;
      placed
        ?.querySelector(':scope > .page-problem-list')
        ?.append(buildElement('p', { class: `fr-message fr-message--${severity}` }, `${message}. ${remedy}`));
      if (severity === 'error') placed?.classList.add('page-field--error');
    }
  }
}

function titleOf(item: Values): string {
  const text = String(item['texte'] ?? item['titre'] ?? item['si'] ?? item['id'] ?? '');
  return text === '' ? 'à écrire' : text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function labelled(field: { label: string; hint?: string }, id: string, input: HTMLElement): HTMLElement {
  return buildElement(
    'div',
    { class: 'fr-input-group' },
    buildElement(
      'label',
      { class: 'fr-label', for: id },
      field.label,
      field.hint === undefined ? null : buildElement('span', { class: 'fr-hint-text' }, field.hint),
    ),
    input,
  );
}

function fieldset(field: { label: string; hint?: string }, ...content: readonly HTMLElement[]): HTMLElement {
  return buildElement(
    'fieldset',
    { class: 'page-fieldset' },
    buildElement(
      'legend',
      { class: 'fr-label' },
      field.label,
      field.hint === undefined ? null : buildElement('span', { class: 'fr-hint-text' }, field.hint),
    ),
    ...content,
  );
}

/** null: there, and not to be pressed. */
export function button(text: string, label: string, press: (() => void) | null): HTMLButtonElement {
  return buildElement(
    'button',
    {
      type: 'button',
      class: 'fr-btn fr-btn--tertiary fr-btn--sm',
      'aria-label': label === text ? null : label,
      disabled: press === null,
      onclick: () => press?.(),
    },
    text,
  );
}
