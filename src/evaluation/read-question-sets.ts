import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { formatProblem, type Problem } from '../knowledge/problem.ts';
import { projectRoot } from '../knowledge/project-root.ts';
import { checkShape } from '../knowledge/reading/check-shape.ts';
import { parseYamlFile, type YamlFile } from '../knowledge/reading/yaml-file.ts';
import type { LabelledQuestion } from './labelled-question.ts';

/** The sets kept apart from training; docs/understanding.md says how they were written. */
export const questionsFolder = join(projectRoot, 'test/questions');

export interface QuestionSet {
  /** Name of the file, without its ending. */
  readonly name: string;
  readonly file: string;
  /** Counted when it is asked for by name; none of its lines is ever shown, or it would be blind no longer. */
  readonly sealed: boolean;
}

const sealedFolder = 'scelles';

const questionShape = z
  .strictObject({
    texte: z.string().trim().min(1),
    fiche: z.string().nullable(),
    aussi: z.array(z.string()).default([]),
    style: z.string(),
    proche: z.boolean().default(false),
    /** Who wrote it, where a set has several writers. */
    auteur: z.string().optional(),
  })
  .refine(({ fiche, proche }) => !proche || fiche === null, {
    error: '« proche » est pour une question hors sujet (fiche: null)',
    path: ['proche'],
  });
const fileShape = z.strictObject({ questions: z.array(questionShape) });
const knownKeys = ['questions', ...Object.keys(questionShape.shape)];

/** The sets of a folder, those of its `scelles` folder last. Reads names only. */
export async function listQuestionSets(folder: string): Promise<QuestionSet[]> {
  const list = async (inside: string, sealed: boolean): Promise<QuestionSet[]> =>
    (await readdir(inside))
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => ({ name: basename(name, '.yaml'), file: join(inside, name), sealed }));
  const sealed = await list(join(folder, sealedFolder), true).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return [...(await list(folder, false)), ...sealed];
}

/** `intents`: what a question may be labelled with. @throws Error that shows every problem of the file, with its place. */
export async function readQuestionSet(
  set: QuestionSet,
  intents: readonly string[],
): Promise<LabelledQuestion[]> {
  const parsed = parseYamlFile(set.file, await readFile(set.file, 'utf8'));
  if (!('data' in parsed)) throw explain(set, parsed);
  const checked = checkShape(fileShape, parsed, knownKeys);
  if ('problems' in checked) throw explain(set, checked.problems);
  const { questions } = checked.value;
  const unknown = findUnknownLabels(parsed, questions, intents);
  if (unknown.length > 0) throw explain(set, unknown);
  return questions.map(({ texte, fiche, aussi, style, proche }) => ({
    text: texte,
    label: fiche,
    also: aussi,
    style,
    near: proche,
  }));
}

/** The questions of all sets that are not sealed, set after set. */
export async function readOpenQuestions(
  intents: readonly string[],
  folder = questionsFolder,
): Promise<LabelledQuestion[]> {
  const open = (await listQuestionSets(folder)).filter(({ sealed }) => !sealed);
  return (await Promise.all(open.map((set) => readQuestionSet(set, intents)))).flat();
}

function findUnknownLabels(
  file: YamlFile,
  questions: z.output<typeof fileShape>['questions'],
  intents: readonly string[],
): Problem[] {
  return questions.flatMap(({ fiche, aussi }, index) =>
    [fiche, ...aussi]
      .filter((label) => label !== null && !intents.includes(label))
      .map((label) =>
        file.problemAt(['questions', index, 'fiche'], {
          code: 'unknown-fiche',
          message: `la fiche « ${label} » n’existe pas`,
          remedy: 'Donnez le nom d’un fichier de intents/, ou null pour une question hors sujet.',
        }),
      ),
  );
}

/** Of a sealed set, the places and codes alone: excerpts, messages and remedies quote its lines. */
function explain({ sealed }: QuestionSet, problems: readonly Problem[]): Error {
  const lines = problems.map((problem) =>
    sealed
      ? `${problem.file}:${problem.line}:${problem.column}: erreur : ${problem.code}`
      : formatProblem(problem),
  );
  return new Error(lines.join('\n'));
}
