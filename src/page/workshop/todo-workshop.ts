import { maskPersonalData } from '../../conversation/reading/mask-personal-data.ts';
import type { Content } from '../../knowledge/content.ts';
import { addOutOfScope } from '../../knowledge/editing/add-out-of-scope.ts';
import { addQuestion } from '../../knowledge/editing/adopt-question.ts';
import { intentFile } from '../../knowledge/editing/fiche-files.ts';
import { groupAlike } from '../../knowledge/editing/group-alike.ts';
import { formatProblem } from '../../knowledge/problem.ts';
import { unansweredId } from '../../store/feedback-table.ts';
import type { Store } from '../../store/open-store.ts';
import type { SaveAnswer, Todo } from '../page-view.ts';
import type { ContentFolder } from './content-folder.ts';

export type Gesture =
  | { readonly type: 'adopt'; readonly fiche: string; readonly text: string }
  | { readonly type: 'out-of-scope'; readonly text: string }
  | { readonly type: 'forget' };

export interface TodoWorkshop {
  /** Questions without a good answer over the last days: alike together, most frequent first, names and secrets masked. */
  list(days: number): Todo;
  /** What becomes of a group, whose questions are then no longer kept. */
  settle(who: string, ids: readonly string[], gesture: Gesture): Promise<SaveAnswer>;
}

const dayMilliseconds = 86_400_000;
const outOfScopeFile = 'intents/hors-sujet.yaml';
/** Longest retention (RETENTION_DAYS): a gesture finds its questions whatever the period shown. */
const allDays = 365;

export function createTodoWorkshop(
  folder: ContentFolder,
  content: () => Content,
  store: Store,
  clock: () => number,
): TodoWorkshop {
  const readSince = (days: number) => store.feedback.readUnanswered(clock() - days * dayMilliseconds);

  function forget(ids: readonly string[]): void {
    for (const { turnId } of readSince(allDays)) {
      if (ids.includes(unansweredId(turnId))) store.feedback.forgetText(turnId);
    }
  }

  return {
    list(days) {
      const masked = readSince(days)
        .reverse()
        .map((question) => ({ ...question, text: maskPersonalData(question.text) }));
      const groups = groupAlike(masked, ({ text }) => text);
      return {
        days,
        questions: masked.length,
        groups: groups.map((group) => {
          const nearest = group.find(({ nearest }) => nearest !== null)?.nearest ?? null;
          return {
            ids: group.map(({ turnId }) => unansweredId(turnId)),
            lastAt: Math.max(...group.map(({ at }) => at)),
            texts: [...new Map(group.map(({ text }) => [text.toLowerCase(), text])).values()].slice(0, 5),
            nearest: nearest !== null && content().fiches.has(nearest) ? nearest : null,
          };
        }),
      };
    },

    async settle(who, ids, gesture) {
      const about = ids.slice(0, 5).join(', ');
      if (gesture.type === 'forget') {
        store.transaction(() => {
          store.audit.record({ at: clock(), who, action: 'question-dismissed', object: about });
          forget(ids);
        });
        return { type: 'saved', version: content().version, entry: 0, notCommitted: null };
      }
      const text = gesture.text.replace(/\s+/g, ' ').trim();
      if (text === '') return refuse('Écrivez la question.');
      if (text.includes('…'))
        return refuse('Des mots sont masqués (…) : écrivez la question avec vos mots, sans nom ni numéro.');
      const file = gesture.type === 'adopt' ? intentFile(gesture.fiche) : outOfScopeFile;
      const written = await folder.change<SaveAnswer>(async (texts) => {
        const old = texts.get(file);
        if (old === undefined) return { instead: refuse(`Le fichier ${file} n’existe pas.`) };
        return gesture.type === 'adopt'
          ? {
              who,
              action: 'question-adopted',
              object: gesture.fiche,
              changes: new Map([[file, addQuestion(old, text)]]),
            }
          : {
              who,
              action: 'question-out-of-scope',
              object: about,
              changes: new Map([[file, addOutOfScope(old, text)]]),
            };
      });
      if ('instead' in written) return written.instead;
      if (written.type === 'refused')
        return { type: 'refused', reasons: written.problems.map(formatProblem) };
      store.transaction(() => forget(ids));
      return { type: 'saved', version: written.version, entry: written.entry, notCommitted: null };
    },
  };
}

function refuse(reason: string): SaveAnswer {
  return { type: 'refused', reasons: [reason] };
}
