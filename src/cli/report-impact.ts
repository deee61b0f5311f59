import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChangedAnswer, compareAnswers, type Impact } from '../evaluation/compare-answers.ts';
import { learnAside } from '../evaluation/learn-aside.ts';
import { questionsFolder, readOpenQuestions } from '../evaluation/read-question-sets.ts';
import { loadContent } from '../knowledge/load-content.ts';
import { plural } from '../text/plural.ts';

/** Lines shown of each verdict; the counts are always whole. */
const mostShown = 40;

/**
 * What changes between the files of `before` (a folder; null: the last commit of `root`) and those of `root`.
 * @throws an Error in French when there is nothing to compare with, and ContentError when either has errors
 */
export async function findImpact(root: string, before: string | null): Promise<Impact> {
  if (before !== null) return compareFolders(before, root);
  const folder = mkdtempSync(join(tmpdir(), 'avant-'));
  try {
    extractLastCommit(root, folder);
    return await compareFolders(folder, root);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compareFolders(before: string, after: string): Promise<Impact> {
  const [old, now] = [await loadContent(before), await loadContent(after)];
  const intents = now.intents
    .map(({ id }) => id)
    .filter((id) => old.intents.some((other) => other.id === id));
  const questions = await readOpenQuestions(intents, questionsFolder);
  const texts = questions.map(({ text }) => text);
  // Side by side: on two processors the second costs no time.
  const [learntBefore, learntAfter] = await Promise.all([
    learnAside({ content: old, texts }),
    learnAside({ content: now, texts }),
  ]);
  return compareAnswers(questions, learntBefore, learntAfter);
}

function extractLastCommit(root: string, folder: string): void {
  try {
    const archive = execFileSync('git', ['-C', root, 'archive', 'HEAD', 'intents', 'knowledge'], {
      maxBuffer: 200_000_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
  } catch (cause) {
    throw new Error(
      `${root} n’a pas de commit git auquel se comparer : donnez le dossier d’avant, --avant DOSSIER.`,
      { cause },
    );
  }
}

export function formatImpact({ asked, changes }: Impact): string {
  const of = (verdict: ChangedAnswer['verdict']): ChangedAnswer[] =>
    changes.filter((change) => change.verdict === verdict);
  const [worse, better, other] = [of('worse'), of('better'), of('other')];
  if (changes.length === 0) return `Aucune des ${asked} questions essayées ne change de réponse.`;
  return [
    `${changes.length} ${plural(changes.length, 'question change', 'questions changent')} de réponse sur ${asked} : ${worse.length} en moins bien, ${better.length} en mieux, ${other.length} ni l’un ni l’autre.`,
    ...section('En moins bien', worse),
    ...section('En mieux', better),
    ...section('Ni mieux ni moins bien', other),
  ].join('\n');
}

function section(title: string, changes: readonly ChangedAnswer[]): string[] {
  if (changes.length === 0) return [];
  const shown = changes.slice(0, mostShown).map(({ from, text, expected, before, after }) => {
    const place = from === 'sets' ? 'jeux' : 'fiches';
    return `  [${place}] « ${text.replace(/\s+/g, ' ')} »\n      attendu : ${expected ?? 'hors sujet'} ; avant : ${before} ; après : ${after}`;
  });
  const more = changes.length - shown.length;
  return ['', `${title} :`, ...shown, ...(more > 0 ? [`  et ${more} autres`] : [])];
}
