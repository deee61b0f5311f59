import type { Problem } from '../problem.ts';
import type { ContentFiles } from '../reading/content-files.ts';
import { listQuestions } from './list-questions.ts';

/** The same question in two places teaches the matcher a contradiction. */
export function checkDuplicates(files: ContentFiles): Problem[] {
  const firstOwner = new Map<string, string>();
  return listQuestions(files).flatMap(({ owner, file, path, folded }) => {
    const before = firstOwner.get(folded);
    if (before === undefined) {
      firstOwner.set(folded, owner);
      return [];
    }
    const here = before === owner;
    return [
      file.problemAt(path, {
        code: 'duplicate-question',
        message: here
          ? 'cette question est déjà dans ce fichier'
          : `cette question est déjà dans intents/${before}.yaml`,
        remedy: here ? 'Retirez-la.' : 'Gardez-la du côté où la réponse est la bonne.',
      }),
    ];
  });
}
