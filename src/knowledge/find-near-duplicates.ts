import type { ContentFiles } from './build-content.ts';
import type { Problem } from './problem.ts';
import type { YamlFile, YamlPath } from './yaml-file.ts';

interface Question {
  readonly owner: string;
  readonly file: YamlFile;
  readonly path: YamlPath;
  readonly text: string;
  readonly folded: string;
  readonly grams: ReadonlySet<string>;
}

/** Dice coefficient of character trigrams: a letter or an article apart, not a word apart. */
const alike = 0.88;

/** Questions of two different fiches (or of a fiche and hors-sujet) that differ by next to nothing. */
export function findNearDuplicates(files: ContentFiles): Problem[] {
  const questions = listQuestions(files);
  const postings = new Map<string, number[]>();
  const problems: Problem[] = [];
  questions.forEach((question, index) => {
    const shared = new Map<number, number>();
    for (const gram of question.grams) {
      const earlier = postings.get(gram);
      if (!earlier) postings.set(gram, [index]);
      else {
        for (const other of earlier) shared.set(other, (shared.get(other) ?? 0) + 1);
        earlier.push(index);
      }
    }
    let twin: Question | null = null;
    let best = alike;
    for (const [other, count] of shared) {
      const candidate = questions[other];
      if (!candidate || candidate.owner === question.owner || candidate.folded === question.folded) continue;
      const likeness = (2 * count) / (candidate.grams.size + question.grams.size);
      if (likeness >= best) [twin, best] = [candidate, likeness];
    }
    if (twin) {
      problems.push(
        question.file.problemAt(
          question.path,
          `presque la même question que « ${twin.text} » dans ${twin.file.file}`,
          'Gardez-la du côté où la réponse est la bonne, ou ajoutez le mot qui les distingue.',
          'warning',
        ),
      );
    }
  });
  return problems;
}

function listQuestions({ intents, outOfScope }: ContentFiles): Question[] {
  const questions = [...intents].flatMap(([owner, shaped]) =>
    (shaped?.value.questions ?? []).map((text, index) =>
      shaped ? [read(owner, shaped.file, ['questions', index], text)] : [],
    ),
  );
  const foreign = (outOfScope?.value.themes ?? []).flatMap((theme, themeIndex) =>
    theme.questions.map((text, index) =>
      outOfScope
        ? [read('hors-sujet', outOfScope.file, ['themes', themeIndex, 'questions', index], text)]
        : [],
    ),
  );
  return [...questions, ...foreign].flat();
}

function read(owner: string, file: YamlFile, path: YamlPath, text: string): Question {
  const folded = text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  const padded = `  ${folded} `;
  const grams = new Set<string>();
  for (let index = 0; index + 3 <= padded.length; index += 1) grams.add(padded.slice(index, index + 3));
  return { owner, file, path, text, folded, grams };
}
