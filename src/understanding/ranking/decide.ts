import type { Candidate, Decision } from '../understanding.ts';

/** What the answer depends on; training chooses them (choose-thresholds.ts). */
export interface Thresholds {
  /** Least probability of the best intent to answer. */
  readonly answer: number;
  /** Least probability of the choices, together, to offer them. */
  readonly refuse: number;
  /** Least likeness to a training question, whatever its intent. */
  readonly familiarity: number;
}

/** Small talk is answered from this probability on: who asks something odd is not to be met with « bonjour ». */
const sureSmallTalk = 0.8;
const fewestChoices = 2;
const mostChoices = 4;
/** A third or fourth choice less likely than this only makes the list longer. */
const leastChoice = 0.04;

/**
 * The choices that would be offered, best first, and the probability that one of them is right. Small talk is never one:
 * nobody picks « bonjour » from a list.
 */
export function chooseChoices(
  candidates: readonly Candidate[],
  fiches: ReadonlySet<string>,
): {
  readonly choices: Candidate[];
  readonly offered: number;
} {
  const choices = candidates
    .filter(({ id }) => fiches.has(id))
    .slice(0, mostChoices)
    .filter((choice, i) => i < fewestChoices || choice.score >= leastChoice);
  return { choices, offered: choices.reduce((sum, choice) => sum + choice.score, 0) };
}

/** `candidates`: best first. `fiches`: ids that may be offered. */
export function decide(
  candidates: readonly Candidate[],
  familiarity: number,
  thresholds: Thresholds,
  fiches: ReadonlySet<string>,
): { readonly decision: Decision; readonly choices: string[] } {
  if (familiarity < thresholds.familiarity) return { decision: 'refuse', choices: [] };
  const best = candidates[0];
  const needed =
    best !== undefined && !fiches.has(best.id)
      ? Math.max(thresholds.answer, sureSmallTalk)
      : thresholds.answer;
  if ((best?.score ?? 0) >= needed) return { decision: 'answer', choices: [] };
  const { choices, offered } = chooseChoices(candidates, fiches);
  return choices.length >= fewestChoices && offered >= thresholds.refuse
    ? { decision: 'clarify', choices: choices.map((choice) => choice.id) }
    : { decision: 'refuse', choices: [] };
}
