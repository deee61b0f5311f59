import { plural } from '../../text/plural.ts';
import { type Problem, problemOfFile } from '../problem.ts';
import type { ContentFiles } from '../reading/content-files.ts';
import { questionsOfIntent } from '../reading/questions-of-intent.ts';
import { smallTalkIntents } from '../small-talk.ts';
import { suggestName } from '../suggest-name.ts';

/** Fewer questions than this teach the matcher too little. */
export const fewestQuestions = 10;

/** Every fiche has its questions, every questions file its fiche, and each enough of them. */
export function checkPairs(files: ContentFiles): Problem[] {
  return [...findMissingQuestions(files), ...findMissingFiches(files), ...findFewQuestions(files)];
}

function findMissingQuestions({ fiches, intents }: ContentFiles): Problem[] {
  const ofFiches = [...fiches.keys()]
    .filter((id) => !intents.has(id))
    .map((id) =>
      problemOfFile(`knowledge/${id}.yaml`, {
        code: 'fiche-without-questions',
        message: 'aucune question ne mène à cette fiche',
        remedy: `Créez intents/${id}.yaml, avec au moins ${fewestQuestions} questions.`,
      }),
    );
  const ofSmallTalk = smallTalkIntents
    .filter((id) => !intents.has(id))
    .map((id) =>
      problemOfFile(`intents/${id}.yaml`, {
        code: 'missing-file',
        message: 'ce fichier manque',
        remedy: 'Ajoutez-le, avec au moins dix questions.',
      }),
    );
  return [...ofFiches, ...ofSmallTalk];
}

function findMissingFiches({ fiches, intents }: ContentFiles): Problem[] {
  const answered: readonly string[] = [...fiches.keys(), ...smallTalkIntents];
  return [...intents.keys()]
    .filter((id) => !answered.includes(id))
    .map((id) => {
      const suggestion = suggestName(id, answered);
      return problemOfFile(`intents/${id}.yaml`, {
        code: 'questions-without-fiche',
        message: 'aucune fiche ne répond à ces questions',
        remedy: suggestion
          ? `Créez knowledge/${id}.yaml, ou renommez ce fichier « ${suggestion}.yaml ».`
          : `Créez knowledge/${id}.yaml.`,
      });
    });
}

function findFewQuestions({ intents }: ContentFiles): Problem[] {
  return [...intents.values()].flatMap((shaped) => {
    if (!shaped) return [];
    const count = questionsOfIntent(shaped.value).length;
    if (count >= fewestQuestions) return [];
    return [
      shaped.file.problemAt(['questions'], {
        code: 'too-few-questions',
        message: `${count} ${plural(count, 'question')} seulement`,
        remedy: `Il en faut au moins ${fewestQuestions}, telles que les agents les écrivent ; 25 ou plus vont mieux.`,
      }),
    ];
  });
}
