import { renderReply } from '../conversation/rendering/render-reply.ts';
import { respond } from '../conversation/respond.ts';
import { createSoloMind } from '../conversation/targets/create-solo-mind.ts';
import { lintContent } from '../knowledge/checks/lint-content.ts';
import type { Content, Fiche } from '../knowledge/content.ts';
import { type ContentReading, readContent } from '../knowledge/load-content.ts';
import { formatProblem, sortProblems } from '../knowledge/problem.ts';
import type { Understanding } from '../understanding/understanding.ts';
import type { FichesView, FicheView } from './page-view.ts';

/** The fiches in use, and the check of the files as they are on the disk now. */
export type ListFiches = (content: Content, root: string, now: number) => Promise<FichesView>;

/** The check compares thousands of questions, a second of the bot's time: its result is kept for the same files and day. */
export function createFichesList(): ListFiches {
  let last: { key: string; view: FichesView } | null = null;
  return async (content, root, now) => {
    const today = new Date(now).toISOString().slice(0, 10);
    const reading = await readContent(root);
    const key = `${content.version} ${reading.version} ${today}`;
    if (last?.key !== key) last = { key, view: describeAll(content, reading, today) };
    return last.view;
  };
}

function describeAll(content: Content, reading: ContentReading, today: string): FichesView {
  const lints = lintContent(reading.files, today);
  const problems = sortProblems([...reading.problems, ...lints]);
  const themes = [...content.sentences.themes].map(([id, title]) => ({
    title,
    fiches: [...content.fiches.values()]
      .filter(({ theme }) => theme === id)
      .map((fiche) => describeFiche(fiche, content)),
  }));
  return {
    version: content.version,
    questions: content.intents.reduce((sum, { questions }) => sum + questions.length, 0),
    errors: problems.filter(({ severity }) => severity === 'error').length,
    warnings: problems.filter(({ severity }) => severity === 'warning').length,
    problems: problems.map((problem) => ({
      severity: problem.severity,
      file: problem.file,
      text: formatProblem(problem),
    })),
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
function replyOf(fiche: Fiche, content: Content): string {
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
