import { isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import { ficheFile, intentFile } from './fiche-files.ts';

/** Keys whose value, or list, names fiches: a contact may have the name of a fiche. */
const naming = ['liens', 'mene-a', 'fiche', 'choix', 'attend'];

/** The texts once the fiche has its new name, in every file that named it; only those that change, null: taken away. */
export function renameFiche(
  texts: ReadonlyMap<string, string>,
  id: string,
  to: string,
): Map<string, string | null> {
  const changed = new Map<string, string | null>();
  for (const [file, text] of texts) {
    const renamed = renameIn(text, id, to);
    const own = file === ficheFile(id) ? ficheFile(to) : file === intentFile(id) ? intentFile(to) : file;
    if (own !== file) changed.set(file, null);
    if (own !== file || renamed !== text) changed.set(own, renamed);
  }
  return changed;
}

/** Files that name a fiche, beside its own two. */
export function listNaming(texts: ReadonlyMap<string, string>, id: string): string[] {
  return [...texts]
    .filter(
      ([file, text]) => file !== ficheFile(id) && file !== intentFile(id) && renameIn(text, id, '') !== text,
    )
    .map(([file]) => file);
}

/** In the text itself, name by name: nothing else of the file changes. */
function renameIn(text: string, id: string, to: string): string {
  if (!text.includes(id)) return text;
  const places: { start: number; end: number; value: string }[] = [];
  visit(parseDocument(text), {
    Scalar(_key, node, path) {
      if (typeof node.value !== 'string' || !node.range) return;
      const value = renamed(node.value, id, to, keyOf(path));
      if (value !== null) places.push({ start: node.range[0], end: node.range[1], value });
    },
  });
  let result = text;
  for (const { start, end, value } of places.reverse()) {
    const quote = /^["']/.exec(text.slice(start, end))?.[0] ?? '';
    result = `${result.slice(0, start)}${quote}${value}${quote}${result.slice(end)}`;
  }
  return result;
}

function renamed(value: string, id: string, to: string, key: string): string | null {
  if (value === `fiche:${id}`) return `fiche:${to}`;
  if (value.startsWith(`fait:${id}/`)) return `fait:${to}/${value.slice(`fait:${id}/`.length)}`;
  return value === id && naming.includes(key) ? to : null;
}

/** The key under which a value stands, itself or in a list. */
function keyOf(path: readonly unknown[]): string {
  const pair = path.findLast((node) => !isSeq(node) && !isMap(node)) as { key?: unknown } | undefined;
  return isScalar(pair?.key) ? String(pair.key.value) : '';
}
