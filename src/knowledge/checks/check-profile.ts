import { exclusiveTools } from '../exclusive-tools.ts';
import type { Problem } from '../problem.ts';
import type { ContentFiles } from '../reading/content-files.ts';
import { suggestName } from '../suggest-name.ts';
import { findDuplicateIds } from './find-duplicate-ids.ts';
import { findSharedTexts } from './find-shared-texts.ts';

type Profile = NonNullable<ContentFiles['profile']>;

/** profil.yaml: no name twice, no word for two values of a slot, and what the code names is there. */
export function checkProfile({ profile, lexicon }: ContentFiles): Problem[] {
  if (!profile) return [];
  const { file, value } = profile;
  return [
    ...findDuplicateIds(file, ['emplacements'], value.emplacements),
    ...value.emplacements.flatMap(({ valeurs }, slot) =>
      findDuplicateIds(file, ['emplacements', slot, 'valeurs'], valeurs),
    ),
    ...findSharedWords(profile),
    ...checkExclusiveTools(profile, lexicon),
  ];
}

function findSharedWords({ file, value }: Profile): Problem[] {
  return value.emplacements.flatMap(({ valeurs }, slot) => {
    const words = valeurs.flatMap(({ id, mots }, index) =>
      mots.map((text, word) => ({
        owner: id,
        text,
        path: ['emplacements', slot, 'valeurs', index, 'mots', word],
      })),
    );
    return findSharedTexts(words).map(({ shared: { owner, path, text }, first }) =>
      file.problemAt(path, {
        code: 'duplicate-word',
        message: `« ${text} » dit déjà la valeur « ${first.owner} » : l’assistant ne saurait pas laquelle retenir`,
        remedy: `Gardez-le sous « ${first.owner} » ou sous « ${owner} », pas sous les deux.`,
      }),
    );
  });
}

/** A ministry whose lexicon has not all these tools needs nothing of this. */
function checkExclusiveTools({ file, value }: Profile, lexicon: ContentFiles['lexicon']): Problem[] {
  const { slot: wanted, tools } = exclusiveTools;
  if (!lexicon || !tools.every((tool) => tool in lexicon.value.produits)) return [];
  const why = `l’assistant s’en sert pour ne pas donner une procédure ${tools[0]} à qui travaille sur un ${tools[1]}, ni l’inverse`;
  const slots = value.emplacements;
  const slot = slots.findIndex(({ id }) => id === wanted);
  if (slot === -1) {
    const renamed = slots.findIndex(({ valeurs }) =>
      tools.every((tool) => valeurs.some(({ id }) => id === tool)),
    );
    return [
      file.problemAt(renamed === -1 ? ['emplacements'] : ['emplacements', renamed, 'id'], {
        code: 'missing-slot',
        message: `il manque l’emplacement « ${wanted} » : ${why}`,
        remedy:
          renamed === -1
            ? `Ajoutez l’emplacement « ${wanted} », avec les valeurs ${tools.join(' et ')}.`
            : `Remettez « id: ${wanted} » ici ; le titre, lui, peut changer.`,
      }),
    ];
  }
  const ids = slots[slot]?.valeurs.map(({ id }) => id) ?? [];
  const others = ids.filter((id) => !tools.some((tool) => tool === id));
  return tools
    .filter((tool) => !ids.includes(tool))
    .map((tool) => {
      const renamed = ids.indexOf(suggestName(tool, others) ?? '');
      const values = ['emplacements', slot, 'valeurs'];
      return file.problemAt(renamed === -1 ? values : [...values, renamed, 'id'], {
        code: 'missing-value',
        message: `il manque la valeur « ${tool} » de « ${wanted} » : ${why}`,
        remedy:
          renamed === -1
            ? `Remettez « id: ${tool} » ; le titre de la valeur, lui, peut changer.`
            : `Remettez « id: ${tool} » ici ; le titre, lui, peut changer.`,
      });
    });
}
