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
  const rarity = countGrams(questions);
  // Two questions that alike share one of their rarest trigrams, so only these are indexed (prefix filtering:
  // Chaudhuri, Ganti and Kaushik, "A primitive operator for similarity joins in data cleaning", 2006).
  const postings = new Map<string, Question[]>();
  const problems: Problem[] = [];
  for (const question of questions) {
    const shared = Math.ceil((alike / (2 - alike)) * question.grams.size);
    const rarest = [...question.grams]
      .sort((a, b) => (rarity.get(a) ?? 0) - (rarity.get(b) ?? 0) || (a < b ? -1 : 1))
      .slice(0, question.grams.size - shared + 1);
    const nearby = new Set(rarest.flatMap((gram) => postings.get(gram) ?? []));
    for (const gram of rarest) {
      const earlier = postings.get(gram);
      if (earlier) earlier.push(question);
      else postings.set(gram, [question]);
    }
    const twin = findTwin(question, nearby);
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
  }
  return problems;
}

function findTwin(question: Question, nearby: Iterable<Question>): Question | null {
  let twin: Question | null = null;
  let best = alike;
  for (const other of nearby) {
    // The very same question is an error that buildContent tells.
    if (other.owner === question.owner || other.folded === question.folded) continue;
    let common = 0;
    for (const gram of question.grams) if (other.grams.has(gram)) common += 1;
    const likeness = (2 * common) / (question.grams.size + other.grams.size);
    if (likeness >= best) [twin, best] = [other, likeness];
  }
  return twin;
}

function countGrams(questions: readonly Question[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { grams } of questions) {
    for (const gram of grams) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
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
