import { foldText } from '../../text/fold-text.ts';
import type { Problem } from '../problem.ts';
import type { ContentFiles } from '../reading/content-files.ts';
import { findSharedTexts } from './find-shared-texts.ts';
import { listQuestions } from './list-questions.ts';

/** Ways of asking a fact that are, word for word, a question of another fiche or a way of asking a fact of another one. */
export function findFactsAskedElsewhere(files: ContentFiles): Problem[] {
  const demands = [...files.fiches].flatMap(([owner, shaped]) =>
    shaped
      ? shaped.value.faits.flatMap(({ id, demandes }, fact) =>
          demandes.map((text, index) => ({
            ...{ owner, text, fact: id, file: shaped.file },
            path: ['faits', fact, 'demandes', index],
          })),
        )
      : [],
  );
  const askedOf = new Map(listQuestions(files).map(({ folded, owner }) => [folded, owner]));
  const asQuestions = demands.flatMap(({ owner, text, file, path }) => {
    const other = askedOf.get(foldText(text));
    if (other === undefined || other === owner) return [];
    return [
      file.problemAt(path, {
        severity: 'warning',
        code: 'fact-asked-elsewhere',
        message: `cette demande est déjà une question de intents/${other}.yaml`,
        remedy: 'Gardez-la du côté où la réponse est la bonne.',
      }),
    ];
  });
  const spellings = [...listSpellings(files)];
  const atStart = demands.filter(({ text }) => isForStart(text, spellings));
  const asDemands = findSharedTexts(atStart).map(({ shared: { file, path }, first }) =>
    file.problemAt(path, {
      severity: 'warning',
      code: 'fact-asked-elsewhere',
      message: `cette demande est déjà une façon de demander le fait « ${first.fact} » de ${first.owner}`,
      remedy:
        'Gardez-la du côté où la réponse est la bonne. Seule une demande faite après la fiche, sans nom d’outil ou commencée par « et », peut servir à plusieurs.',
    }),
  );
  return [...asQuestions, ...asDemands];
}

function listSpellings({ lexicon }: ContentFiles): Set<string> {
  const products = Object.values(lexicon?.value.produits ?? {});
  return new Set(products.flatMap(({ nom, ecritures }) => [nom, ...ecritures]).map(foldText));
}

/** « L'adresse ? » and « et COMU ? » are asked after a fiche, whose fact it then is: several fiches may have them. */
function isForStart(text: string, spellings: readonly string[]): boolean {
  const words = ` ${foldText(text)} `;
  return !words.startsWith(' et ') && spellings.some((spelling) => words.includes(` ${spelling} `));
}
