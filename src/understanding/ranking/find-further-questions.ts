import type { Message } from '../reading/read-message.ts';
import type { ReadText } from '../reading/read-words.ts';
import type { Understanding } from '../understanding.ts';

export type Understood = Pick<Understanding, 'decision' | 'candidates' | 'choices'>;

const mostQuestions = 4;

/**
 * Several questions in one message: each clause that asks and that, alone, would be answered by a fiche of its own.
 * The message as a whole must think of that fiche too: a clause torn from its story is often misread.
 */
export function findFurtherQuestions(
  message: Message,
  clauses: readonly ReadText[],
  whole: Understood,
  understand: (message: Message) => Understood,
): { readonly understood: Understood; readonly alsoAsked: string[] } {
  if (clauses.length < 2) return { understood: whole, alsoAsked: [] };
  const thinkable = new Set(whole.candidates.map((candidate) => candidate.id));
  const found = new Map<string, Understood>();
  for (const clause of clauses.slice(0, mostQuestions)) {
    const understood = understand({ ...message, whole: clause, sentences: [] });
    const id = understood.candidates[0]?.id;
    if (understood.decision === 'answer' && id !== undefined && thinkable.has(id) && !found.has(id))
      found.set(id, understood);
  }
  const [first, ...others] = found.keys();
  if (first === undefined || others.length === 0) return { understood: whole, alsoAsked: [] };
  const best = whole.decision === 'answer' ? (whole.candidates[0]?.id ?? first) : first;
  const understood = whole.decision === 'answer' ? whole : (found.get(first) ?? whole);
  return { understood, alsoAsked: [...found.keys()].filter((id) => id !== best) };
}
