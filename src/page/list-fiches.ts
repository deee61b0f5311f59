import { createHash } from 'node:crypto';
import { renderReply } from '../conversation/rendering/render-reply.ts';
import { respond } from '../conversation/respond.ts';
import { createSoloMind } from '../conversation/targets/create-solo-mind.ts';
import { checkAside, type WholeCheck } from '../knowledge/checks/check-aside.ts';
import type { Content, Fiche } from '../knowledge/content.ts';
import { formatProblem } from '../knowledge/problem.ts';
import { readFolders } from '../knowledge/reading/read-folders.ts';
import type { Understanding } from '../understanding/understanding.ts';
import type { CheckView, FichesView, FicheView } from './page-view.ts';

/** The check of the files as they are on the disk now; made once for the same files and day, and by several who ask at once. */
export type CheckFiles = () => Promise<CheckView>;

export function createFilesCheck(root: string, clock: () => number): CheckFiles {
  let last: { readonly key: string; readonly view: Promise<CheckView> } | null = null;
  return async () => {
    const today = new Date(clock()).toISOString().slice(0, 10);
    const { texts } = await readFolders(root);
    const hash = createHash('sha256').update(today);
    for (const { file, text } of texts) hash.update(`\0${file}\0${text}`);
    const key = hash.digest('hex');
    if (last?.key !== key) {
      const view = checkAside(root, today).then(describeCheck);
      last = { key, view };
      // A check that failed is made again when somebody asks again.
      view.catch(() => {
        last = null;
      });
    }
    return last.view;
  };
}

function describeCheck({ problems }: WholeCheck): CheckView {
  return {
    errors: problems.filter(({ severity }) => severity === 'error').length,
    warnings: problems.filter(({ severity }) => severity === 'warning').length,
    problems: problems.map((problem) => ({
      severity: problem.severity,
      file: problem.file,
      text: formatProblem(problem),
    })),
  };
}

/** The fiches in use. */
export function listFiches(content: Content): FichesView {
  const themes = [...content.sentences.themes].map(([id, title]) => ({
    title,
    fiches: [...content.fiches.values()]
      .filter(({ theme }) => theme === id)
      .map((fiche) => describeFiche(fiche, content)),
  }));
  return {
    version: content.version,
    questions: content.intents.reduce((sum, { questions }) => sum + questions.length, 0),
    themes: themes.filter(({ fiches }) => fiches.length > 0),
  };
}

function describeFiche(fiche: Fiche, content: Content): FicheView {
  return {
    id: fiche.id,
    title: fiche.title,
    question: fiche.question,
    source: fiche.source,
    reviewed: fiche.reviewed,
    reviewBefore: fiche.reviewBefore,
    html: replyOf(fiche, content),
    questions: content.intents.find(({ id }) => id === fiche.id)?.questions ?? [],
  };
}

/** The fiche as an agent reads it, all its variants shown, as if the matcher had been sure of it. */
export function replyOf(fiche: Fiche, content: Content): string {
  const sure: Understanding = {
    decision: 'answer',
    candidates: [{ id: fiche.id, score: 1 }],
    confidence: 1,
    choices: [],
    alsoAsked: [],
    nearest: [],
    thresholds: { answer: 0, refuse: 0 },
    reading: { normalised: '', words: [], corrections: [], products: [], outOfScopeProducts: [] },
  };
  const turn = respond(
    null,
    { type: 'text', text: fiche.question },
    { turnId: 'page', place: 'dm', now: 0, interactive: false, handoff: 'none' },
    content,
    createSoloMind({ understand: () => sure }),
  );
  return turn.replies.map((reply) => renderReply(reply).html).join('');
}
