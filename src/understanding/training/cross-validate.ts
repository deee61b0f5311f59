import { createConsultation, type Opinions } from '../classifiers/consult-classifiers.ts';
import { collectEvidence } from '../ranking/collect-evidence.ts';
import type { ReadText } from '../reading/read-words.ts';
import type { Folds } from './cut-folds.ts';
import type { RankedCase } from './fit-ranker.ts';
import type { Example, Training } from './train-classifiers.ts';

const passesAFold = 1;
const fewestFolds = 3;
/** With so many questions ranked, calibration and thresholds no longer move. */
const enoughCases = 1500;

export interface ValidatedCase extends RankedCase {
  readonly example: Example;
}

/** How many folds at random are enough for calibration and thresholds; the folds of a large set have more questions. */
export function countEnoughFolds({ count }: Folds, examples: readonly Example[]): number {
  const needed = Math.ceil((enoughCases * count) / Math.max(1, examples.length));
  return Math.min(count, Math.max(fewestFolds, needed));
}

/**
 * Ranks training questions by classifiers that have not seen them: the first `count` folds are held out one after the
 * other. A fold's SVM starts from the full one, from which the held rows are taken back exactly (their dual variables
 * become 0), so that one more pass is enough. The classifiers are left as they were found.
 */
export function crossValidate(training: Training, folds: Folds, count: number): ValidatedCase[] {
  const { classifiers, svm, examples, changeWords } = training;
  const { outputs } = classifiers;
  const trained = svm.save();
  const cases: ValidatedCase[] = [];
  for (let fold = 0; fold < count; fold++) {
    const held = rowsWhere(folds.of, (other) => other === fold);
    if (held.length === 0) continue;
    svm.forget(held);
    svm.run(
      rowsWhere(folds.of, (other) => other !== fold),
      passesAFold,
    );
    changeWords(held, -1);
    const consultation = createConsultation(classifiers, held);
    for (const row of held) {
      const example = examples[row] as Example;
      const { message, vector, label } = example;
      const opine = (text: ReadText): Opinions =>
        consultation.opine(text, text === message.whole ? vector : undefined);
      const evidence = collectEvidence(opine, outputs.traits, message, label);
      cases.push({ example, evidence, right: evidence.classes.indexOf(label) });
    }
    changeWords(held, 1);
    svm.restore(trained);
  }
  return cases;
}

function rowsWhere(folds: Int32Array, isWanted: (fold: number) => boolean): Int32Array {
  const rows: number[] = [];
  for (const [row, fold] of folds.entries()) if (isWanted(fold)) rows.push(row);
  return Int32Array.from(rows);
}
