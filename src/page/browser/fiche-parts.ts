import type { Name } from '../page-view.ts';
import { buildElement } from './build-element.ts';
import type { Field } from './fiche-fields.ts';
import type { Values } from './fiche-form.ts';

/** Where a branch leads: the next step, a step by number, the end, a human, another fiche. */
export function buildTarget(
  fiches: readonly Name[],
  fiche: Values,
  value: string,
  id: string,
  change: (value: unknown) => void,
): HTMLSelectElement {
  const steps = ((fiche['etapes'] ?? []) as Values[]).length;
  const variants = (fiche['variantes'] as { choix?: Values[] } | undefined)?.choix ?? [];
  const more = Math.max(0, ...variants.map(({ etapes }) => ((etapes ?? []) as unknown[]).length));
  const options: Name[] = [
    { id: 'suite', title: 'L’étape suivante' },
    ...Array.from({ length: steps + more }, (_, index) => ({
      id: `${index + 1}`,
      title: `L’étape ${index + 1}`,
    })),
    { id: 'persiste', title: 'Si le problème persiste' },
    { id: 'fin', title: 'C’est fini' },
    { id: 'humain', title: 'Un conseiller' },
    ...fiches.map(({ id, title }) => ({ id: `fiche:${id}`, title: `La fiche « ${title} »` })),
  ];
  if (!options.some((option) => option.id === value)) options.push({ id: value, title: value });
  const select = buildElement(
    'select',
    { class: 'fr-select', id, onchange: () => change(select.value === 'suite' ? undefined : select.value) },
    ...options.map((option) => buildElement('option', { value: option.id }, option.title)),
  );
  select.value = value;
  return select;
}

/** Names one under the other, each to move or take away, and a list of those to add. */
export function buildNames(
  field: Extract<Field, { kind: 'names' }>,
  names: readonly string[],
  id: string,
  change: (names: string[]) => void,
): HTMLElement {
  const titleOf = (name: string): string => field.options.find((option) => option.id === name)?.title ?? name;
  const press = (text: string, label: string, changed: () => string[], off = false): HTMLElement =>
    buildElement(
      'button',
      {
        type: 'button',
        class: 'fr-btn fr-btn--tertiary fr-btn--sm',
        'aria-label': label,
        disabled: off,
        onclick: () => change(changed()),
      },
      text,
    );
  const add = buildElement(
    'select',
    { class: 'fr-select', id, onchange: () => change([...names, add.value]) },
    buildElement('option', { value: '' }, 'Ajouter…'),
    ...field.options
      .filter((option) => !names.includes(option.id))
      .map((option) => buildElement('option', { value: option.id }, option.title)),
  );
  return buildElement(
    'fieldset',
    { class: 'page-fieldset' },
    buildElement(
      'legend',
      { class: 'fr-label' },
      field.label,
      field.hint === undefined ? null : buildElement('span', { class: 'fr-hint-text' }, field.hint),
    ),
    buildElement(
      'ol',
      { class: 'page-names' },
      ...names.map((name, index) =>
        buildElement(
          'li',
          {},
          buildElement('span', {}, titleOf(name)),
          press('Monter', `Monter ${titleOf(name)}`, () => swap(names, index), index === 0),
          press('Retirer', `Retirer ${titleOf(name)}`, () => names.filter((other) => other !== name)),
        ),
      ),
    ),
    buildElement('label', { class: 'fr-sr-only', for: id }, `Ajouter à : ${field.label}`),
    add,
  );
}

function swap(names: readonly string[], index: number): string[] {
  const moved = [...names];
  moved.splice(index - 1, 2, names[index] ?? '', names[index - 1] ?? '');
  return moved;
}

/** The values of one slot that are this case. */
export function buildWhen(
  field: Extract<Field, { kind: 'when' }>,
  when: Readonly<Record<string, readonly string[]>>,
  change: (value: unknown) => void,
): HTMLElement {
  const now: Record<string, string[]> = Object.fromEntries(
    Object.entries(when).map(([slot, values]) => [slot, [...values]]),
  );
  const boxes = field.slots.flatMap((slot) =>
    slot.values.map((value) => {
      const box = buildElement('input', {
        type: 'checkbox',
        onchange: () => {
          const values = (now[slot.id] ?? []).filter((other) => other !== value.id);
          if (box.checked) values.push(value.id);
          if (values.length > 0) now[slot.id] = values;
          else delete now[slot.id];
          change(Object.keys(now).length > 0 ? { ...now } : undefined);
        },
      });
      box.checked = now[slot.id]?.includes(value.id) ?? false;
      return buildElement('label', { class: 'page-check' }, box, ` ${slot.title} : ${value.title}`);
    }),
  );
  const chosen = field.slots.flatMap((slot) =>
    slot.values.filter(({ id }) => now[slot.id]?.includes(id)).map(({ title }) => title),
  );
  return buildElement(
    'details',
    { class: 'page-item' },
    buildElement('summary', {}, `${field.label} : ${chosen.join(', ') || 'aucun'}`),
    ...boxes,
  );
}

/** One text a value of the profile, or for any value that is known. */
export function buildBySlot(
  field: Extract<Field, { kind: 'by-slot' }>,
  texts: Readonly<Record<string, Readonly<Record<string, string>>>>,
  path: readonly (string | number)[],
  change: (value: unknown, structural?: boolean) => void,
): HTMLElement {
  const rows = Object.entries(texts).flatMap(([slot, values]) =>
    Object.entries(values).map(([value, text]) => ({ slot, value, text })),
  );
  const write = (changed: typeof rows, structural = false): void => {
    const grouped: Record<string, Record<string, string>> = {};
    for (const { slot, value, text } of changed) grouped[slot] = { ...grouped[slot], [value]: text };
    change(changed.length > 0 ? grouped : undefined, structural);
  };
  const options = field.slots.flatMap((slot) => [
    ...slot.values.map((value) => ({
      id: `${slot.id} ${value.id}`,
      title: `${slot.title} : ${value.title}`,
    })),
    { id: `${slot.id} *`, title: `${slot.title} : toute autre valeur connue` },
  ]);
  const titleOf = (key: string): string => options.find((option) => option.id === key)?.title ?? key;
  const add = buildElement(
    'select',
    {
      class: 'fr-select',
      'aria-label': `${field.label} : ajouter`,
      onchange: () => {
        const [slot = '', value = ''] = add.value.split(' ');
        write([...rows, { slot, value, text: '' }], true);
      },
    },
    buildElement('option', { value: '' }, 'Ajouter pour…'),
    ...options.map((option) => buildElement('option', { value: option.id }, option.title)),
  );
  return buildElement(
    'details',
    { class: 'page-item', 'data-path': JSON.stringify(path) },
    buildElement('summary', {}, `${field.label} (${rows.length})`),
    ...rows.map((row) => {
      const title = titleOf(`${row.slot} ${row.value}`);
      const input = buildElement('textarea', {
        class: 'fr-input',
        rows: 2,
        'aria-label': title,
        oninput: () => {
          row.text = input.value;
          write(rows);
        },
      });
      input.value = row.text;
      return buildElement(
        'div',
        { class: 'fr-input-group' },
        buildElement('p', { class: 'fr-label' }, title),
        input,
        buildElement(
          'button',
          {
            type: 'button',
            class: 'fr-btn fr-btn--tertiary fr-btn--sm',
            'aria-label': `Retirer ${title}`,
            onclick: () =>
              write(
                rows.filter((other) => other !== row),
                true,
              ),
          },
          'Retirer',
        ),
      );
    }),
    add,
  );
}
