import type { Matcher, Understanding } from '../understanding/understanding.ts';
import type { LabelledQuestion } from './labelled-question.ts';

export interface MeasuredQuestion extends LabelledQuestion {
  readonly understanding: Understanding;
  /** The best candidate is right. */
  readonly isRight: boolean;
  readonly milliseconds: number;
}

/** Shares in [0, 1], null when there was nothing to count. Of the questions in scope, unless said otherwise. */
export interface Scores {
  /** Those in scope. */
  readonly questions: number;
  /** Top-1 accuracy: the expected intent is ranked first, whatever the decision. */
  readonly accuracy: number | null;
  readonly refused: number | null;
  readonly clarified: number | null;
  readonly answered: number | null;
  readonly rightAtOnce: number | null;
  readonly rightOrOffered: number | null;
  /** Answered with another fiche than the expected one. */
  readonly wrongProcedure: number | null;
  readonly accuracyAmongAnswered: number | null;
  readonly outOfScope: number;
  readonly outOfScopeRefused: number | null;
  readonly outOfScopeClarified: number | null;
  readonly outOfScopeAnswered: number | null;
  /** Of the questions out of scope that are near a fiche. */
  readonly nearAnswered: number | null;
  /** Of the questions out of scope that name a tool of the guide. */
  readonly namingToolAnswered: number | null;
  readonly medianMs: number;
  readonly p99Ms: number;
}

export function measureMatcher(matcher: Matcher, questions: readonly LabelledQuestion[]): MeasuredQuestion[] {
  return questions.map((question) => {
    const start = performance.now();
    const understanding = matcher.understand(question.text);
    const milliseconds = performance.now() - start;
    return {
      ...question,
      understanding,
      isRight: accepts(question, understanding.candidates[0]?.id),
      milliseconds,
    };
  });
}

export function scoreMeasures(measured: readonly MeasuredQuestion[]): Scores {
  const own = measured.filter(({ label }) => label !== null);
  const outOfScope = measured.filter(({ label }) => label === null);
  const near = outOfScope.filter((question) => question.near);
  const namingTool = outOfScope.filter(({ understanding }) => understanding.reading.products.length > 0);
  const answered = own.filter(({ understanding }) => understanding.decision === 'answer');
  const right = answered.filter(({ isRight }) => isRight);
  const times = measured.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const share = (some: readonly MeasuredQuestion[], of: readonly MeasuredQuestion[]): number | null =>
    of.length === 0 ? null : some.length / of.length;
  const deciding = (
    of: readonly MeasuredQuestion[],
    decision: Understanding['decision'],
  ): MeasuredQuestion[] => of.filter(({ understanding }) => understanding.decision === decision);
  return {
    questions: own.length,
    accuracy: share(
      own.filter(({ isRight }) => isRight),
      own,
    ),
    refused: share(deciding(own, 'refuse'), own),
    clarified: share(deciding(own, 'clarify'), own),
    answered: share(answered, own),
    rightAtOnce: share(right, own),
    rightOrOffered: share([...right, ...deciding(own, 'clarify').filter(isOffered)], own),
    wrongProcedure: share(
      answered.filter(({ isRight }) => !isRight),
      own,
    ),
    accuracyAmongAnswered: share(right, answered),
    outOfScope: outOfScope.length,
    outOfScopeRefused: share(deciding(outOfScope, 'refuse'), outOfScope),
    outOfScopeClarified: share(deciding(outOfScope, 'clarify'), outOfScope),
    outOfScopeAnswered: share(deciding(outOfScope, 'answer'), outOfScope),
    nearAnswered: share(deciding(near, 'answer'), near),
    namingToolAnswered: share(deciding(namingTool, 'answer'), namingTool),
    medianMs: times[Math.floor(times.length * 0.5)] ?? 0,
    p99Ms: times[Math.floor(times.length * 0.99)] ?? 0,
  };
}

/** One of the choices offered is right. */
export function isOffered(measured: MeasuredQuestion): boolean {
  return measured.understanding.choices.some((choice) => accepts(measured, choice));
}

function accepts(question: LabelledQuestion, id: string | undefined): boolean {
  return id !== undefined && (id === question.label || question.also.includes(id));
}
