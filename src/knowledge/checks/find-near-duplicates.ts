import type { Problem } from '../problem.ts';
import type { ContentFiles } from '../reading/content-files.ts';
import { listQuestions, type WrittenQuestion } from './list-questions.ts';

/** A question with its trigrams as ascending numbers: the rarer a trigram, the smaller its number. */
type Numbered = WrittenQuestion & { readonly grams: Int32Array };

/** Least Dice coefficient of character trigrams: questions a letter or an article apart, not a word apart. */
const alike = 0.88;

/** Questions of two different fiches (or of a fiche and hors-sujet) that differ by next to nothing. */
export function findNearDuplicates(files: ContentFiles): Problem[] {
  // Two questions that alike share one of their rarest trigrams, so only these are indexed (prefix filtering:
  // Chaudhuri, Ganti and Kaushik, "A primitive operator for similarity joins in data cleaning", 2006).
  const postings = new Map<number, Numbered[]>();
  const problems: Problem[] = [];
  for (const question of numberGrams(listQuestions(files))) {
    const shared = Math.ceil((alike / (2 - alike)) * question.grams.length);
    const rarest = question.grams.subarray(0, question.grams.length - shared + 1);
    const nearby = new Set<Numbered>();
    for (const gram of rarest) {
      const earlier = postings.get(gram) ?? [];
      for (const other of earlier) nearby.add(other);
      if (earlier.push(question) === 1) postings.set(gram, earlier);
    }
    const twin = findTwin(question, nearby);
    if (twin) {
      problems.push(
        question.file.problemAt(question.path, {
          severity: 'warning',
          code: 'near-duplicate-question',
          message: `presque la même question que « ${twin.text} » dans ${twin.file.file}`,
          remedy: 'Gardez-la du côté où la réponse est la bonne, ou ajoutez le mot qui les distingue.',
        }),
      );
    }
  }
  return problems;
}

function findTwin(question: Numbered, nearby: Iterable<Numbered>): WrittenQuestion | null {
  let twin: WrittenQuestion | null = null;
  let best = alike;
  for (const other of nearby) {
    // The very same question is an error, which checkDuplicates tells.
    if (other.owner === question.owner || other.folded === question.folded) continue;
    const sizes = question.grams.length + other.grams.length;
    const common = countCommon(question.grams, other.grams, Math.ceil((best * sizes) / 2));
    if (common > 0) [twin, best] = [other, (2 * common) / sizes];
  }
  return twin;
}

/** How many numbers two ascending lists share, or 0 as soon as `wanted` is out of reach: most pairs differ in their rarest trigrams, which come first. */
function countCommon(a: Int32Array, b: Int32Array, wanted: number): number {
  let common = 0;
  let [i, j] = [0, 0];
  while (common + Math.min(a.length - i, b.length - j) >= wanted) {
    if (i === a.length || j === b.length) return common;
    const [x, y] = [a[i] as number, b[j] as number];
    if (x === y) common += 1;
    if (x <= y) i += 1;
    if (y <= x) j += 1;
  }
  return 0;
}

function numberGrams(questions: readonly WrittenQuestion[]): Numbered[] {
  const listed = questions.map(({ folded }) => listGrams(folded));
  const counts = new Map<string, number>();
  for (const grams of listed) for (const gram of grams) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  const rarestFirst = [...counts].sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1));
  const numbers = new Map(rarestFirst.map(([gram], index) => [gram, index]));
  return questions.map((question, index) => {
    const grams = [...(listed[index] ?? [])].map((gram) => numbers.get(gram) ?? 0);
    return { ...question, grams: Int32Array.from(grams).sort() };
  });
}

function listGrams(folded: string): Set<string> {
  const padded = `  ${folded} `;
  const grams = new Set<string>();
  for (let index = 0; index + 3 <= padded.length; index += 1) grams.add(padded.slice(index, index + 3));
  return grams;
}
