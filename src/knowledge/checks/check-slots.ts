import type { Complaint, Problem } from '../problem.ts';
import type { ContentFiles, Shaped } from '../reading/content-files.ts';
import type { FicheFile } from '../reading/file-shapes.ts';
import type { YamlFile, YamlPath } from '../reading/yaml-file.ts';
import { explainUnknown } from './explain-unknown.ts';
import { findDuplicateIds } from './find-duplicate-ids.ts';
import { listShownTexts } from './list-shown-texts.ts';

type Slots = NonNullable<ContentFiles['profile']>['value']['emplacements'];
type Slot = Slots[number];

/** What fiches say of the profile: slots and values of « selon » and « quand », and blanks such as {corps.domaine}. */
export function checkSlots(files: ContentFiles): Problem[] {
  // Slots of a profil.yaml that is misshapen are not known: its own problems come first.
  const slots = files.profile?.value.emplacements;
  const ofSlots = [...files.fiches.values()].flatMap((shaped) => {
    if (!shaped) return [];
    const ids = findDuplicateIds(shaped.file, ['faits'], shaped.value.faits);
    return slots ? [...ids, ...checkBySlot(shaped, slots), ...checkWhen(shaped, slots)] : ids;
  });
  return slots ? [...ofSlots, ...findStrayBlanks(files, slots)] : ofSlots;
}

function checkBySlot({ file, value }: Shaped<FicheFile>, slots: Slots): Problem[] {
  return listBySlot(value).flatMap(([path, bySlot]) =>
    Object.entries(bySlot).flatMap(([slotId, texts]) => {
      const slot = slots.find(({ id }) => id === slotId);
      if (slot === undefined) return [file.problemAtKey(path, slotId, explainSlot(slotId, slots))];
      return Object.entries(texts).flatMap(([valueId, text]) =>
        valueId === '*' || slot.valeurs.some(({ id }) => id === valueId)
          ? checkBlanks(file, [...path, slotId, valueId], text, slots, { slot, valueId })
          : [file.problemAtKey([...path, slotId], valueId, explainValue(valueId, slot))],
      );
    }),
  );
}

/** Every « selon » of a fiche, with its place. */
function listBySlot({
  etapes,
  variantes,
  faits,
}: FicheFile): [YamlPath, FicheFile['faits'][number]['selon']][] {
  const ofSteps = (steps: FicheFile['etapes'], path: YamlPath) =>
    steps.map(({ selon }, index): [YamlPath, typeof selon] => [[...path, index, 'selon'], selon]);
  return [
    ...ofSteps(etapes, ['etapes']),
    ...(variantes?.choix ?? []).flatMap((choice, index) =>
      ofSteps(choice.etapes, ['variantes', 'choix', index, 'etapes']),
    ),
    ...faits.map(({ selon }, index): [YamlPath, typeof selon] => [['faits', index, 'selon'], selon]),
  ];
}

/** `quand` of each variant: one slot, and values that it has. */
function checkWhen({ file, value }: Shaped<FicheFile>, slots: Slots): Problem[] {
  return (value.variantes?.choix ?? []).flatMap(({ quand = {} }, index) => {
    const path = ['variantes', 'choix', index, 'quand'];
    const [first = '', ...others] = Object.keys(quand);
    const tooMany = others.map((slotId) =>
      file.problemAtKey(path, slotId, {
        code: 'second-slot',
        message: `« ${first} » décide déjà de cette variante : « ${slotId} » n’est pas lu`,
        remedy: 'Gardez un seul emplacement sous « quand ».',
      }),
    );
    const unknown = Object.entries(quand).flatMap(([slotId, values]) => {
      const slot = slots.find(({ id }) => id === slotId);
      if (slot === undefined) return [file.problemAtKey(path, slotId, explainSlot(slotId, slots))];
      return values.flatMap((valueId, position) =>
        slot.valeurs.some(({ id }) => id === valueId)
          ? []
          : [file.problemAt([...path, slotId, position], explainValue(valueId, slot))],
      );
    });
    return [...tooMany, ...unknown];
  });
}

const explainSlot = (slotId: string, slots: Slots): Complaint =>
  explainUnknown(
    'unknown-slot',
    slotId,
    slots.map(({ id }) => id),
  );

const explainValue = (valueId: string, { id, valeurs }: Slot): Complaint =>
  explainUnknown(
    'unknown-value',
    valueId,
    valeurs.map((value) => value.id),
    `de « ${id} »`,
  );

/** Blanks of a text under « selon »: a slot, and what the values for which the text is said give. */
function checkBlanks(
  file: YamlFile,
  path: YamlPath,
  text: string,
  slots: Slots,
  said: { readonly slot: Slot; readonly valueId: string },
): Problem[] {
  return [...text.matchAll(/\{([^{}]*)\}/g)].flatMap(([blank, inside = '']) => {
    const [slotId = '', field = ''] = inside.split('.');
    const slot = slots.find(({ id }) => id === slotId);
    const isOwn = slot === said.slot && said.valueId !== '*';
    const fields = slot === undefined ? [] : fieldsOf(slot, isOwn ? said.valueId : null);
    if (inside === `${slotId}.${field}` && fields.includes(field)) return [];
    const known = slot ?? said.slot;
    const usable = fieldsOf(known, known === said.slot && said.valueId !== '*' ? said.valueId : null);
    const why = isOwn ? ` pour « ${said.valueId} »` : '';
    return [
      file.problemAt(path, {
        code: 'unknown-blank',
        message: `${blank} n’est rempli par rien${why} : ce texte ne serait jamais dit`,
        remedy: `Vous pouvez utiliser ${usable.map((name) => `{${known.id}.${name}}`).join(', ')}.`,
      }),
    ];
  });
}

/** What a value of the slot gives, or any of them when `valueId` is null; `nom` is its title. */
function fieldsOf({ valeurs }: Slot, valueId: string | null): string[] {
  const values = valueId === null ? valeurs : valeurs.filter(({ id }) => id === valueId);
  return [...new Set(['nom', ...values.flatMap(({ donne }) => Object.keys(donne))])];
}

/** A blank of the profile outside « selon » would be shown as it is. */
function findStrayBlanks(files: ContentFiles, slots: Slots): Problem[] {
  const shown = listShownTexts({ fiches: files.fiches, messages: null });
  return shown.flatMap(({ file, path, text }) => {
    if (path.includes('selon')) return [];
    const blanks = [...text.matchAll(/\{([a-z-]+)\.[a-z-]+\}/g)];
    return blanks
      .filter(([, slotId]) => slots.some(({ id }) => id === slotId))
      .map(([blank]) =>
        file.problemAt(path, {
          code: 'unknown-blank',
          message: `${blank} n’est rempli que sous « selon » : ici, l’agent lirait les accolades`,
          remedy: 'Mettez ce texte sous « selon », et gardez ici un texte qui convient à tous.',
        }),
      );
  });
}
