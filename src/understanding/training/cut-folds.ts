import type { Example } from './train-classifiers.ts';

/** What folds are cut by. */
type Labelled = Pick<Example, 'label' | 'writer'>;

/** What is held out of the classifiers together. */
export interface Folds {
  /** `writers`: no question held out has a sibling by the same hand among those learnt. */
  readonly kind: 'writers' | 'random';
  /** The fold of each training question; `neverHeld` for one that is always learnt. */
  readonly of: Int32Array;
  readonly count: number;
}

const neverHeld = -1;
const randomFolds = 10;
/** More make training longer and the probabilities no better (docs/measurements/2026-11-28-voices.md). */
const writerFolds = 4;
/** With fewer writers, folds of them would tell more about each than about people not met. */
const fewestWriters = 6;
/** And with fewer questions of theirs, in scope or out of it, calibration and thresholds would hang on a few. */
const fewestQuestions = { inScope: 300, outOfScope: 100 };

/**
 * Folds of whole writers, several in each. What the house wrote is always learnt, since nobody knows how many it was,
 * but for the classes that no writer wrote for (small talk): without them the ranker would never see one be right.
 * Null with too few writers. `outOfScope`: the label of what is out of scope.
 */
export function cutByWriter(examples: readonly Labelled[], outOfScope: number): Folds | null {
  const written = examples.filter(({ writer }) => writer !== null);
  const writers = new Set(written.map(({ writer }) => writer));
  const beyond = written.filter(({ label }) => label === outOfScope).length;
  const hasOutOfScope = examples.some(({ label }) => label === outOfScope);
  if (writers.size < fewestWriters || written.length - beyond < fewestQuestions.inScope) return null;
  if (hasOutOfScope && beyond < fewestQuestions.outOfScope) return null;
  // By name, not by place: a line added to a file moves nobody.
  const byName = [...writers].sort();
  const foldOf = new Map(byName.map((writer, i) => [writer, i % writerFolds]));
  const writtenFor = new Set(written.map(({ label }) => label));
  const spread = spreadClasses(examples, writerFolds);
  const of = Int32Array.from(examples, ({ writer, label }, row) =>
    writtenFor.has(label) ? (foldOf.get(writer) ?? neverHeld) : (spread[row] as number),
  );
  return { kind: 'writers', of, count: writerFolds };
}

export function cutAtRandom(examples: readonly Labelled[]): Folds {
  return { kind: 'random', of: spreadClasses(examples, randomFolds), count: randomFolds };
}

/** Spreads each class over the folds, and small classes over different ones. */
function spreadClasses(examples: readonly Labelled[], folds: number): Int32Array {
  const seen = new Map<number, number>();
  return Int32Array.from(examples, ({ label }) => {
    const place = seen.get(label) ?? 0;
    seen.set(label, place + 1);
    return (place + label) % folds;
  });
}
