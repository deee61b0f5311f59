import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSeq, type Node, parseDocument, stringify } from 'yaml';
import { readContent } from '../load-content.ts';
import { formatProblem, isError } from '../problem.ts';
import { questionsOfIntent } from '../reading/questions-of-intent.ts';
import { suggestName } from '../suggest-name.ts';
import { replaceFile } from './replace-file.ts';

export type Adoption =
  | { readonly type: 'adopted'; readonly file: string; readonly count: number }
  /** `reason` says what is wrong and what to do; the file is as it was. */
  | { readonly type: 'refused'; readonly reason: string };

/**
 * Adds a question to intents/<fiche>.yaml and checks everything again; a question that makes an error is taken back,
 * so that a running bot never refuses its files because of it.
 */
export async function adoptQuestion(root: string, fiche: string, question: string): Promise<Adoption> {
  const before = await readContent(root);
  if (!before.content) {
    return {
      type: 'refused',
      reason: 'Les fichiers ont déjà des erreurs : corrigez-les d’abord (npm run check).',
    };
  }
  const intents = before.content.intents.map(({ id }) => id);
  if (!intents.includes(fiche)) {
    const suggestion = suggestName(fiche, intents);
    const hint = suggestion
      ? ` Vouliez-vous écrire « ${suggestion} » ?`
      : ` Existent : ${intents.join(', ')}.`;
    return { type: 'refused', reason: `La fiche « ${fiche} » n’existe pas.${hint}` };
  }
  const file = `intents/${fiche}.yaml`;
  const path = join(root, file);
  const old = await readFile(path, 'utf8');
  const added = addQuestion(old, question.replace(/\s+/g, ' ').trim());
  await replaceFile(path, added);
  const after = await readContent(root);
  const errors = after.problems.filter(isError);
  if (errors.length > 0) {
    await replaceFile(path, old);
    return {
      type: 'refused',
      reason: `Cette question n’est pas ajoutée, elle ferait une erreur :\n\n${errors.map(formatProblem).join('\n\n')}`,
    };
  }
  const shaped = after.files.intents.get(fiche);
  return { type: 'adopted', file, count: shaped ? questionsOfIntent(shaped.value).length : 0 };
}

/**
 * One more line after the last of `questions`, the rest of the file letter for letter as it was; else as `yaml` prints
 * it. What agents asked is nobody's voice: each is somebody else.
 */
export function addQuestion(text: string, question: string): string {
  const document = parseDocument(text);
  const questions = document.get('questions');
  const last = isSeq(questions) ? (questions.items.at(-1) as Node | undefined) : undefined;
  const [start, end] = last?.range ?? [];
  if (start !== undefined && end !== undefined) {
    const line = `- ${stringify(question, { lineWidth: 0, defaultStringType: 'PLAIN' }).trim()}\n`;
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    const indent = /^ */.exec(text.slice(lineStart))?.[0] ?? '';
    const lineEnd = text.indexOf('\n', end - 1);
    const before = lineEnd < 0 ? `${text}\n` : text.slice(0, lineEnd + 1);
    const simple = `${before}${indent}${line}${lineEnd < 0 ? '' : text.slice(lineEnd + 1)}`;
    if (lastQuestion(simple) === question) return simple;
  }
  document.addIn(['questions'], question);
  return document.toString({ lineWidth: 0 });
}

function lastQuestion(text: string): unknown {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  const { questions } = (document.toJS() ?? {}) as { questions?: unknown };
  return Array.isArray(questions) ? questions.at(-1) : undefined;
}
