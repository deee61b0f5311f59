import type { Problem } from '../problem.ts';
import type { ContentFiles } from '../reading/content-files.ts';
import { findSharedTexts } from './find-shared-texts.ts';

/** Vague starts that call for two questions of intents/vagues.yaml: which one is asked is then chance. */
export function findSharedTriggers({ diagnostics }: Pick<ContentFiles, 'diagnostics'>): Problem[] {
  if (!diagnostics) return [];
  const triggers = diagnostics.value.questions.flatMap(({ id, declencheurs }, question) =>
    declencheurs.map((text, index) => ({
      owner: id,
      text,
      path: ['questions', question, 'declencheurs', index],
    })),
  );
  return findSharedTexts(triggers).map(({ shared, first }) =>
    diagnostics.file.problemAt(shared.path, {
      severity: 'warning',
      code: 'duplicate-trigger',
      message: `ce début appelle déjà la question « ${first.owner} »`,
      remedy: 'Gardez-le sous une seule des deux questions.',
    }),
  );
}
