import type { Problem } from '../problem.ts';
import type { ContentFiles } from '../reading/content-files.ts';
import { sentenceCatalogue } from '../sentence-catalogue.ts';
import { suggestName } from '../suggest-name.ts';

const catalogue: Readonly<Record<string, readonly string[]>> = sentenceCatalogue;
const known = Object.keys(catalogue);

type Messages = NonNullable<ContentFiles['messages']>;

/** The sentences of the assistant: all there, none too many, and only the blanks that the code fills. */
export function checkSentences({ messages }: ContentFiles): Problem[] {
  return messages ? [...findMissing(messages), ...findUnknown(messages), ...findBlanks(messages)] : [];
}

function findMissing({ file, value }: Messages): Problem[] {
  return known
    .filter((id) => !(id in value.textes))
    .map((id) =>
      file.problemAt(['textes'], {
        code: 'missing-sentence',
        message: `il manque la phrase « ${id} »`,
        remedy: `Ajoutez « ${id}: "…" » sous « textes ».`,
      }),
    );
}

function findUnknown({ file, value }: Messages): Problem[] {
  return Object.keys(value.textes)
    .filter((id) => catalogue[id] === undefined)
    .map((id) => {
      const suggestion = suggestName(id, known);
      return file.problemAtKey(['textes'], id, {
        code: 'unknown-sentence',
        message: `l’assistant ne dit jamais la phrase « ${id} »`,
        remedy: suggestion ? `Vouliez-vous écrire « ${suggestion} » ?` : 'Retirez-la.',
      });
    });
}

function findBlanks({ file, value }: Messages): Problem[] {
  return Object.entries(value.textes).flatMap(([id, text]) => {
    const blanks = catalogue[id];
    if (!blanks) return [];
    const used = [...text.matchAll(/\{([^{}]*)\}/g)].map(([, blank = '']) =>
      blank.replace(/:[^|]*\|[^|]*$/, ''),
    );
    return used
      .filter((blank) => !blanks.includes(blank))
      .map((blank) =>
        file.problemAt(['textes', id], {
          code: 'unknown-blank',
          message: `{${blank}} n’est pas rempli dans cette phrase`,
          remedy:
            blanks.length > 0
              ? `Vous pouvez utiliser ${blanks.map((name) => `{${name}}`).join(', ')}.`
              : 'Cette phrase n’a aucun mot à remplir : retirez les accolades.',
        }),
      );
  });
}
