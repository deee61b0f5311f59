import type { z } from 'zod';
import { plural } from '../../text/plural.ts';
import type { Problem } from '../problem.ts';
import { suggestName } from '../suggest-name.ts';
import type { YamlFile, YamlPath } from './yaml-file.ts';

export type Checked<T> = { readonly value: T } | { readonly problems: readonly Problem[] };

/** Holds a file's data against its shape; every mismatch becomes a problem at its place, in French. */
export function checkShape<S extends z.ZodType>(
  shape: S,
  file: YamlFile,
  knownKeys: readonly string[],
): Checked<z.output<S>> {
  const result = shape.safeParse(file.data);
  if (result.success) return { value: result.data };
  const issues = withoutConsequences(result.error.issues.flatMap(separateKeys), knownKeys);
  const told = issues.slice(0, mostProblems).flatMap((issue) => describeIssue(issue, file, knownKeys));
  const count = issues.length - mostProblems;
  if (count <= 0) return { problems: told };
  const others = file.problemAt([], {
    code: 'more-problems',
    message: `et ${count.toLocaleString('fr-FR')} ${plural(count, 'autre problème', 'autres problèmes')} dans ce fichier`,
    remedy: 'Corrigez d’abord ceux-ci, ou comparez avec un fichier voisin.',
  });
  return { problems: [...told, others] };
}

/** Problems told of one file: beyond that, something is wrong with the file as a whole. */
const mostProblems = 30;

/** One issue a key. */
function separateKeys(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => ({ ...issue, keys: [key] })) : [issue];
}

/** A key that is needed is not missing where it is mistyped. */
function withoutConsequences(
  issues: readonly z.core.$ZodIssue[],
  knownKeys: readonly string[],
): z.core.$ZodIssue[] {
  const unknown = issues.filter((issue) => issue.code === 'unrecognized_keys').slice(0, mostProblems);
  const meant = new Set(
    unknown.map(({ path, keys: [key = ''] }) => [...path, suggestName(key, knownKeys)].join('/')),
  );
  return issues.filter((issue) => issue.code !== 'invalid_type' || !meant.has(issue.path.join('/')));
}

function describeIssue(issue: z.core.$ZodIssue, file: YamlFile, knownKeys: readonly string[]): Problem[] {
  const path = issue.path as YamlPath;
  const name = path.length > 0 ? String(path.at(-1)) : 'le fichier';
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const suggestion = suggestName(key, knownKeys);
        return file.problemAtKey(path, key, {
          code: 'unknown-key',
          message: `la clé « ${key} » n’existe pas ici`,
          remedy: suggestion
            ? `Vouliez-vous écrire « ${suggestion} » ?`
            : `Clés connues : ${knownKeys.join(', ')}.`,
        });
      });
    case 'invalid_type':
      return [describeType(issue.expected, file, path, name)];
    case 'too_big':
      return [
        file.problemAt(path, {
          ...(issue.origin === 'string'
            ? {
                code: 'text-too-long',
                message: `ce texte est trop long (${issue.maximum} caractères au plus)`,
              }
            : { code: 'list-too-long', message: `il y en a trop (${issue.maximum} au plus)` }),
          remedy: 'Raccourcissez, ou coupez en deux.',
        }),
      ];
    case 'too_small':
      return [
        file.problemAt(path, {
          ...(issue.origin === 'string'
            ? { code: 'text-too-short', message: `« ${name} » est vide ou trop court` }
            : {
                code: 'list-too-short',
                message: `« ${name} » doit avoir au moins ${issue.minimum} ${plural(Number(issue.minimum), 'élément')}`,
              }),
          remedy: 'Complétez, ou retirez la clé.',
        }),
      ];
    case 'invalid_value':
      return [describeValue(issue.values.map(String), file, path, name)];
    case 'invalid_format':
    case 'custom':
      return [
        file.problemAt(path, {
          code: 'bad-format',
          message: `« ${name} » n’a pas la bonne forme : ${issue.message}`,
          remedy: 'Corrigez cette valeur.',
        }),
      ];
    case 'invalid_key':
      return [
        file.problemAtKey(path.slice(0, -1), name, {
          code: 'bad-format',
          message: `« ${name} » n’a pas la bonne forme : ${issue.issues[0]?.message ?? 'ce nom ne convient pas'}`,
          remedy: 'Corrigez ce nom.',
        }),
      ];
    case 'invalid_union': {
      const first = issue.errors[0]?.[0];
      return first ? describeIssue({ ...first, path: [...issue.path, ...first.path] }, file, knownKeys) : [];
    }
    default:
      return [
        file.problemAt(path, {
          code: 'bad-value',
          message: `« ${name} » ne convient pas`,
          remedy: 'Comparez avec un fichier voisin.',
        }),
      ];
  }
}

const expectedNames: Readonly<Record<string, string>> = {
  string: 'une phrase',
  array: 'une liste (une ligne par élément, avec un tiret)',
  object: 'un groupe de clés',
  record: 'un groupe de clés',
  number: 'un nombre',
};

function describeType(expected: string, file: YamlFile, path: YamlPath, name: string): Problem {
  const found = valueAt(file.data, path);
  if (found === undefined) {
    return file.problemAt(path, {
      code: 'missing-key',
      message: `il manque la clé « ${name} »`,
      remedy: `Ajoutez « ${name}: … » à cet endroit.`,
    });
  }
  if (expected === 'string' && typeof found === 'object' && found !== null && !Array.isArray(found)) {
    return file.problemAt(path, {
      code: 'colon-in-sentence',
      message: 'cette phrase a été lue comme « clé : valeur », à cause de ses deux-points',
      remedy: `Mettez-la entre guillemets doubles : "${file.sourceAt(path).split('\n')[0]?.replaceAll('"', "'")}"`,
    });
  }
  if (expected === 'string' && (found === null || typeof found !== 'object')) {
    return file.problemAt(path, {
      code: 'not-a-text',
      message: `« ${String(found)} » n’est pas lu comme un texte`,
      remedy: `Mettez la valeur entre guillemets doubles : "${file.sourceAt(path)}"`,
    });
  }
  return file.problemAt(path, {
    code: 'wrong-type',
    message: `ici il faut ${expectedNames[expected] ?? expected}`,
    remedy: found === null ? 'Complétez, ou retirez la clé.' : 'Comparez avec un fichier voisin.',
  });
}

/** A value that is none of the few that may stand here. */
function describeValue(allowed: readonly string[], file: YamlFile, path: YamlPath, name: string): Problem {
  const found = String(valueAt(file.data, path));
  const suggestion = suggestName(found, allowed);
  const choice = `${allowed.length > 1 ? 'Valeurs possibles' : 'Seule valeur possible'} : ${allowed.join(', ')}.`;
  return file.problemAt(path, {
    code: 'bad-value',
    message: `« ${found} » ne convient pas à « ${name} »`,
    remedy: suggestion ? `Vouliez-vous écrire « ${suggestion} » ? ${choice}` : choice,
  });
}

function valueAt(data: unknown, path: YamlPath): unknown {
  let value = data;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}
