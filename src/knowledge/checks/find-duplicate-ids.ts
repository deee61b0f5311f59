import type { Problem } from '../problem.ts';
import type { YamlFile, YamlPath } from '../reading/yaml-file.ts';

/** Items of the list at `path` whose id an item before has: one of the two would never be found. */
export function findDuplicateIds(
  file: YamlFile,
  path: YamlPath,
  items: readonly { readonly id: string }[],
): Problem[] {
  const known = new Set<string>();
  return items.flatMap(({ id }, index) => {
    if (!known.has(id)) {
      known.add(id);
      return [];
    }
    return [
      file.problemAt([...path, index, 'id'], {
        code: 'duplicate-id',
        message: `l’identifiant « ${id} » est déjà pris plus haut`,
        remedy: 'Donnez-lui un autre nom, ou réunissez les deux.',
      }),
    ];
  });
}
