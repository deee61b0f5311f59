import type { Decision } from '../understanding/understanding.ts';
import type { LabelledQuestion } from './labelled-question.ts';

/** What the bot would do of a question: give `fiche`, propose some, or refuse. */
export interface ReadAnswer {
  readonly decision: Decision;
  readonly fiche: string | null;
  readonly choices: readonly string[];
}

/** What was learnt of one state of the files, as far as answers go. */
export interface LearntAnswers {
  /** One for each labelled question, in their order. */
  readonly labelled: readonly ReadAnswer[];
  /** Each question of the fiches, read by who has not learnt it: what was found, null for out of scope. */
  readonly own: readonly {
    readonly text: string;
    readonly expected: string | null;
    readonly found: string | null;
  }[];
}

export interface ChangedAnswer {
  /** Of the test sets, or of the fiches. */
  readonly from: 'sets' | 'fiches';
  readonly text: string;
  /** null: out of scope. */
  readonly expected: string | null;
  readonly before: string;
  readonly after: string;
  readonly verdict: 'better' | 'worse' | 'other';
}

export interface Impact {
  readonly asked: number;
  /** Those that change answer, worse first. */
  readonly changes: readonly ChangedAnswer[];
}

const order = { worse: 0, better: 1, other: 2 } as const;

/** Which questions change answer from one state of the files to another, for better or worse. */
export function compareAnswers(
  questions: readonly LabelledQuestion[],
  before: LearntAnswers,
  after: LearntAnswers,
): Impact {
  const ofSets = questions.flatMap((question, index): ChangedAnswer[] => {
    const [old, now] = [before.labelled[index], after.labelled[index]];
    if (!old || !now || describe(old) === describe(now)) return [];
    const gain = worth(question, now) - worth(question, old);
    const verdict = gain > 0 ? 'better' : gain < 0 ? 'worse' : 'other';
    const { text, label } = question;
    return [{ from: 'sets', text, expected: label, before: describe(old), after: describe(now), verdict }];
  });
  const known = new Map(before.own.map((question) => [question.text, question]));
  const ofFiches = after.own.flatMap(({ text, expected, found }): ChangedAnswer[] => {
    const old = known.get(text);
    // A question that was moved from one fiche to another is judged by where it is now.
    if (!old || old.found === found) return [];
    const verdict = found === expected ? 'better' : old.found === expected ? 'worse' : 'other';
    return [{ from: 'fiches', text, expected, before: nameOf(old.found), after: nameOf(found), verdict }];
  });
  return {
    asked: questions.length + after.own.length,
    changes: [...ofSets, ...ofFiches].sort((a, b) => order[a.verdict] - order[b.verdict]),
  };
}

/** The right fiche, the right fiche among others, nothing, and the wrong one; the other way round out of scope. */
function worth({ label, also }: LabelledQuestion, { decision, fiche, choices }: ReadAnswer): number {
  const isRight = (id: string | null): boolean => id !== null && (id === label || also.includes(id));
  switch (decision) {
    case 'answer':
      return label !== null && isRight(fiche) ? 3 : 0;
    case 'clarify':
      return label === null ? 1 : choices.some(isRight) ? 2 : 0.5;
    case 'refuse':
      return label === null ? 3 : 1;
  }
}

function describe({ decision, fiche, choices }: ReadAnswer): string {
  switch (decision) {
    case 'answer':
      return nameOf(fiche);
    case 'clarify':
      return `au choix : ${choices.join(', ')}`;
    case 'refuse':
      return nameOf(null);
  }
}

function nameOf(id: string | null): string {
  return id ?? 'hors sujet';
}
