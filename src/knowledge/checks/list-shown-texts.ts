import type { ContentFiles } from '../reading/content-files.ts';
import type { YamlFile, YamlPath } from '../reading/yaml-file.ts';

export interface ShownText {
  readonly file: YamlFile;
  readonly path: YamlPath;
  readonly text: string;
}

/** Keys whose strings are for the code or for editors: agents never see them. */
const hiddenKeys = ['note-editeur', 'mots', 'demandes', 'theme', 'produit', 'id', 'vers', 'liens', 'mene-a'];

/** Every string of knowledge/ that an agent may read, with its place. */
export function listShownTexts({ fiches, messages }: Pick<ContentFiles, 'fiches' | 'messages'>): ShownText[] {
  const files = [...fiches.values(), messages].flatMap((shaped) => (shaped ? [shaped.file] : []));
  return files.flatMap((file) => visit(file, [], file.data));
}

function visit(file: YamlFile, path: YamlPath, value: unknown): ShownText[] {
  if (typeof value === 'string') return [{ file, path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => visit(file, [...path, index], item));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    hiddenKeys.includes(key) ? [] : visit(file, [...path, key], item),
  );
}
